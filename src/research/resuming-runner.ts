// How does an interrupted run go on? Tasks that were done before are answered from a store, every other one is kept there.
import { fromExactJson, toExactJson } from '../domain/exact-json.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { TaskStore } from '../ports/task-store.ts';

/** Tasks that are done together and kept apart, so that another run with some of the same parts finds these. */
export interface KeyedParts<Task, Result> {
  /** Names everything that the result of a part depends on. */
  readonly keyOf: (part: Task) => string;
  /** At least one; a task without parts is its own. */
  readonly split: (task: Task) => readonly Task[];
  /** The results of the parts, in their order. */
  readonly cut: (result: Result) => readonly Result[];
  readonly join: (parts: readonly Result[]) => Result;
}

/**
 * A runner that does only what `store` does not know, with `inner`, and keeps each result as soon as it is there: whenever
 * the run ends, by an error too, what was done is done. A key must name everything that a result depends on. A task of which
 * a part is missing is done as a whole.
 */
export function createResumingRunner<Task, Result>(
  inner: JobRunner<Task, Result>,
  store: TaskStore,
  keys: ((task: Task) => string) | KeyedParts<Task, Result>,
): JobRunner<Task, Result> {
  const { keyOf, split, cut, join } = typeof keys === 'function' ? wholeTasks<Task, Result>(keys) : keys;
  const known = async (keysOfParts: readonly string[]): Promise<Result | undefined> => {
    const parts: Result[] = [];
    for (const key of keysOfParts) {
      const text = await store.read(key);
      if (text === undefined) return undefined;
      parts.push(fromExactJson(text) as Result);
    }
    return join(parts);
  };
  return {
    async run(tasks, onDone) {
      const keysOf = tasks.map((task) => split(task).map(keyOf));
      const results = new Array<Result>(tasks.length);
      const open: number[] = [];
      for (const [index, own] of keysOf.entries()) {
        const result = await known(own);
        if (result === undefined) {
          open.push(index);
        } else {
          results[index] = result;
          onDone(index, result);
        }
      }
      const keeper = createKeeper(store);
      try {
        const fresh = await inner.run(
          open.map((index) => tasks[index]),
          (at, result) => {
            cut(result).forEach((part, own) => keeper.keep(keysOf[open[at]][own], part));
            onDone(open[at], result);
          },
        );
        fresh.forEach((result, at) => {
          results[open[at]] = result;
        });
      } finally {
        await keeper.settled();
      }
      keeper.throwIfFailed();
      return results;
    },
    close: () => inner.close(),
  };
}

function wholeTasks<Task, Result>(keyOf: (task: Task) => string): KeyedParts<Task, Result> {
  return { keyOf, split: (task) => [task], cut: (result) => [result], join: ([result]) => result };
}

interface Keeper {
  /** Begins to write; throws when an earlier write has failed, so that nobody works on for a store that is full. */
  keep(key: string, result: unknown): void;
  /** Resolves when no write is under way any more; never rejects. */
  settled(): Promise<void>;
  throwIfFailed(): void;
}

function createKeeper(store: TaskStore): Keeper {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const throwIfFailed = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    keep(key, result) {
      throwIfFailed();
      const write = store
        .write(key, toExactJson(result))
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(write));
      underWay.add(write);
    },
    async settled() {
      await Promise.all(underWay);
    },
    throwIfFailed,
  };
}
