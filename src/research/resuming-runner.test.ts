// Does a run that was broken off go on where it stopped, with the very same results?
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { createRandom } from '../domain/random.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { createResumingRunner } from './resuming-runner.ts';

const SEED = 20_240_604;

type Result = readonly [number, undefined, { readonly squares: Float64Array; readonly text: string }];

/** What a task comes to, in values that plain JSON would lose. */
function resultOf(task: number): Result {
  return [task === 0 ? -0 : NaN, undefined, { squares: Float64Array.of(task * task, NaN, -0), text: `task ${task}` }];
}

interface Runner {
  run(tasks: readonly number[], onDone: (index: number, result?: Result) => void): Promise<readonly Result[]>;
  close(): Promise<void>;
}

interface RunnerOptions {
  /** Order in which tasks end. */
  readonly seed: number;
  /** Throws instead of doing so many more tasks. */
  readonly limit?: number;
  /** Hands results over one by one, or only at the end. */
  readonly tells?: boolean;
}

function createRunner(done: number[], { seed, limit = Infinity, tells = true }: RunnerOptions): Runner {
  return {
    async run(tasks, onDone) {
      const random = createRandom(seed);
      const results = new Array<Result>(tasks.length);
      const left = tasks.map((_, index) => index);
      for (let count = 0; left.length > 0; count += 1) {
        if (count >= limit) throw new Error('broken off');
        const [index] = left.splice(random.below(left.length), 1);
        done.push(tasks[index]);
        results[index] = resultOf(tasks[index]);
        if (tells) onDone(index, results[index]);
        else onDone(index);
      }
      return results;
    },
    close: async () => undefined,
  };
}

function createMemoryStore(): TaskStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    read: async (key) => kept.get(key),
    async write(key, text) {
      // Later than at once, as on a disk.
      await Promise.resolve();
      kept.set(key, text);
    },
  };
}

const keyOf = (task: number): string => `key ${task}`;

describe('a run that is broken off and begun again', () => {
  it('does every task once and gives the results of a run that was not', async () => {
    const tasks = fc.uniqueArray(fc.nat({ max: 50 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(tasks, fc.array(fc.nat({ max: 5 }), { maxLength: 4 }), fc.nat(), async (own, breaks, seed) => {
        const store = createMemoryStore();
        const done: number[] = [];
        for (const limit of breaks) {
          const before = done.length;
          const runner = createResumingRunner(createRunner(done, { seed, limit }), store, keyOf);
          await runner.run(own, () => undefined).catch(() => undefined);
          expect(store.kept.size).toBe(done.length);
          expect(done.length - before).toBeLessThanOrEqual(limit);
        }
        const told: number[] = [];
        const last = createResumingRunner(createRunner(done, { seed: seed + 1 }), store, keyOf);
        const results = await last.run(own, (index) => told.push(index));
        expect(isDeepStrictEqual(results, own.map(resultOf))).toBe(true);
        expect(told.toSorted((a, b) => a - b)).toEqual(own.map((_, index) => index));
        expect(done.toSorted((a, b) => a - b)).toEqual(own.toSorted((a, b) => a - b));
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('keeps what a runner tells only at its end', async () => {
    const store = createMemoryStore();
    const runner = createResumingRunner(createRunner([], { seed: 1, tells: false }), store, keyOf);
    await runner.run([1, 2, 3], () => undefined);
    expect(store.kept.size).toBe(3);
  });

  it('does again what the store does not believe', async () => {
    const store = createMemoryStore();
    await createResumingRunner(createRunner([], { seed: 1 }), store, keyOf).run([1, 2, 3], () => undefined);
    store.kept.delete('key 2');
    const done: number[] = [];
    await createResumingRunner(createRunner(done, { seed: 1 }), store, keyOf).run([1, 2, 3], () => undefined);
    expect(done).toEqual([2]);
  });
});

describe('a store that cannot write', () => {
  it('ends the run with its reason, soon', async () => {
    const full: TaskStore = {
      read: async () => undefined,
      write: async () => {
        throw new PerpilotError('OUTPUT_UNWRITABLE', 'no space is left');
      },
    };
    const done: number[] = [];
    const slow: Runner = {
      async run(tasks, onDone) {
        const results: Result[] = [];
        for (const [index, task] of tasks.entries()) {
          // Time for the write of the task before to fail.
          for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
          done.push(task);
          results.push(resultOf(task));
          onDone(index, results[index]);
        }
        return results;
      },
      close: async () => undefined,
    };
    const run = createResumingRunner(slow, full, keyOf).run([1, 2, 3, 4], () => undefined);
    await expect(run).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(done).toEqual([1, 2]);
  });

  it('is heard when only the last write fails', async () => {
    const failing: TaskStore = {
      read: async () => undefined,
      write: async () => Promise.reject(new Error('no space')),
    };
    const run = createResumingRunner(createRunner([], { seed: 1 }), failing, keyOf).run([1], () => undefined);
    await expect(run).rejects.toThrow('no space');
  });
});
