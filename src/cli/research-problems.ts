// How does a person see everything that is wrong at once? Failures of several steps are gathered and thrown together.
import { PerpilotError, type ErrorCode, type Problem } from '../domain/errors.ts';

export interface ProblemCollector {
  /** The result of `action`; undefined when it failed, with its problems kept. */
  attempt<Value>(action: () => Value): Value | undefined;
  attemptAsync<Value>(action: () => Promise<Value>): Promise<Value | undefined>;
  /** Keeps the problems of `failure`; undefined: there are none. */
  add(failure: PerpilotError | undefined): void;
  /** @throws PerpilotError with the code of the first failure and every problem once */
  throwIfAny(): void;
}

/** A collector without problems. Bugs and interruptions are not collected: they pass through. */
export function createProblemCollector(): ProblemCollector {
  const problems = new Map<string, Problem>();
  let code: ErrorCode | undefined;
  const add = (failure: PerpilotError | undefined): void => {
    if (failure === undefined) return;
    code ??= failure.code;
    for (const problem of failure.problems) problems.set(`${problem.where} ${problem.message}`, problem);
  };
  const keep = (error: unknown): undefined => {
    if (!(error instanceof PerpilotError) || error.code === 'INVARIANT_BROKEN' || error.code === 'INTERRUPTED') {
      throw error;
    }
    add(error);
    return undefined;
  };
  return {
    add,
    attempt(action) {
      try {
        return action();
      } catch (error) {
        return keep(error);
      }
    },
    async attemptAsync(action) {
      try {
        return await action();
      } catch (error) {
        return keep(error);
      }
    },
    throwIfAny() {
      if (code !== undefined) throw new PerpilotError(code, [...problems.values()]);
    },
  };
}
