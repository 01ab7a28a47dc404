// Who does independent pieces of work side by side? Runs tasks in any order and hands the results back in theirs.

export interface JobRunner<Task, Result> {
  /**
   * Runs every task; `onDone` is called with each result, in the order they end. Results stand in the order of the tasks.
   * A task that throws ends the whole run with its error; the remaining tasks are not begun.
   */
  run(tasks: readonly Task[], onDone: (index: number, result: Result) => void): Promise<readonly Result[]>;
  /** Ends the workers, running ones too. */
  close(): Promise<void>;
}
