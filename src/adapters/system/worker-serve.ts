// What does a worker thread do? Answers tasks one after another until it is ended.
import { parentPort } from 'node:worker_threads';
import { invariant, PerpilotError } from '../../domain/errors.ts';
import type { WorkerError, WorkerReply } from './worker-pool.ts';

/** Serves tasks with `handle`; errors go back to the pool instead of ending the thread. */
export function serveTasks<Task, Result>(handle: (task: Task) => Result): void {
  const port = parentPort;
  invariant(port !== null, 'tasks are served from a worker thread only');
  port.on('message', ({ index, task }: { index: number; task: Task }) => {
    port.postMessage(answer(handle, index, task));
  });
}

function answer<Task, Result>(handle: (task: Task) => Result, index: number, task: Task): WorkerReply<Result> {
  try {
    return { index, result: handle(task) };
  } catch (error) {
    return { index, error: describeError(error) };
  }
}

function describeError(error: unknown): WorkerError {
  if (error instanceof PerpilotError) {
    return { message: error.message, stack: error.stack, code: error.code, problems: error.problems };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack, code: undefined, problems: [] };
  return { message: String(error), stack: undefined, code: undefined, problems: [] };
}
