// Do results come back in order, errors as they were, and never silence?
import { afterEach, describe, expect, it } from 'vitest';
import type { FixtureResult, FixtureTask } from '../../../test/scenarios/research/worker-fixture.ts';
import type { JobRunner } from '../../ports/job-runner.ts';
import { createWorkerPool } from './worker-pool.ts';

const FIXTURE = new URL('../../../test/scenarios/research/worker-fixture.ts', import.meta.url);
const pools: JobRunner<FixtureTask, FixtureResult>[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOf(threads: number, module = FIXTURE): JobRunner<FixtureTask, FixtureResult> {
  const pool = createWorkerPool<FixtureTask, FixtureResult>({ module, threads, shared: { seed: 9 } });
  pools.push(pool);
  return pool;
}

const squares = (count: number): FixtureTask[] =>
  Array.from({ length: count }, (_, number) => ({ say: 'square', number }));
const ignore = (): void => undefined;

describe('createWorkerPool', () => {
  it('returns results in the order of the tasks, from all threads, with the shared data', async () => {
    const done: number[] = [];
    const results = await poolOf(2).run(squares(40), (index) => done.push(index));
    expect(results.map(({ square }) => square)).toEqual(squares(40).map(({ number }) => number * number));
    expect(done.toSorted((a, b) => a - b)).toEqual(squares(40).map(({ number }) => number));
    expect(results[0].shared).toEqual({ seed: 9 });
    expect(new Set(results.map(({ threadId }) => threadId)).size).toBe(2);
  });

  it('starts no more threads than there are tasks, and keeps them for the next run', async () => {
    const pool = poolOf(2);
    const [first] = await pool.run(squares(1), ignore);
    const [again] = await pool.run(squares(1), ignore);
    expect(again.threadId).toBe(first.threadId);
    expect(await pool.run([], ignore)).toEqual([]);
  });

  it('gives a failure back as it was thrown, and begins no further task', async () => {
    const tasks: FixtureTask[] = [{ say: 'refuse', number: 0 }, ...squares(20)];
    const done: number[] = [];
    await expect(poolOf(1).run(tasks, (index) => done.push(index))).rejects.toMatchObject({
      code: 'DATA_MISSING',
      problems: [{ message: 'nothing here', where: 'there' }],
    });
    expect(done).toEqual([]);
    const broken = poolOf(1).run([{ say: 'break', number: 0 }], ignore);
    await expect(broken).rejects.toMatchObject({
      message: 'x is undefined',
      stack: expect.stringContaining('worker-fixture'),
    });
  });

  it('says that a thread died instead of waiting for it, now and later', async () => {
    const pool = poolOf(1);
    await expect(pool.run([{ say: 'die', number: 0 }], ignore)).rejects.toThrow(/ended before its task was done/);
    await expect(pool.run(squares(1), ignore)).rejects.toThrow(/ended before its task was done/);
  });

  it('says that the module of its threads cannot be loaded', async () => {
    const nowhere = new URL('./nowhere.ts', import.meta.url);
    await expect(poolOf(1, nowhere).run(squares(2), ignore)).rejects.toThrow(/nowhere/);
  });
});
