// How does an interrupted run go on? Tasks that were done before are answered from a store, every other one is kept there.
import { fromExactJson, toExactJson } from '../domain/exact-json.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { TaskStore } from '../ports/task-store.ts';

/**
 * A runner that does only what `store` does not know, with `inner`, and keeps each result as soon as it is there: whenever
 * the run ends, by an error too, what was done is done. `keyOf` must name everything that a result depends on.
 */
export function createResumingRunner<Task, Result>(
  inner: JobRunner<Task, Result>,
  store: TaskStore,
  keyOf: (task: Task) => string,
): JobRunner<Task, Result> {
  return {
    async run(tasks, onDone) {
      const keys = tasks.map(keyOf);
      const results = new Array<Result>(tasks.length);
      const open: number[] = [];
      for (const [index, key] of keys.entries()) {
        const text = await store.read(key);
        if (text === undefined) {
          open.push(index);
        } else {
          results[index] = fromExactJson(text) as Result;
          onDone(index, results[index]);
        }
      }
      const keeper = createKeeper(store);
      try {
        const fresh = await inner.run(
          open.map((index) => tasks[index]),
          (at, result) => {
            keeper.keep(keys[open[at]], result);
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
