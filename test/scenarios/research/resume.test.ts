// Does a sweep that was broken off and begun again come to the very same trades and table as one that was not?
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { composeSweep, type ComposedSweep } from '../../../src/cli/compose-sweep.ts';
import { loadLevels } from '../../../src/cli/compose-variants.ts';
import { openTaskFolder } from '../../../src/cli/task-folder.ts';
import type { JobRunner } from '../../../src/ports/job-runner.ts';
import type { ResearchTask, ResearchTaskResult } from '../../../src/research/jobs.ts';
import { reportCsv } from '../../../src/research/report-csv.ts';
import { createResumingRunner } from '../../../src/research/resuming-runner.ts';
import { sensitivitySection } from '../../../src/research/sensitivity-section.ts';
import { gridCombinations, readDimensions } from '../../../src/research/sweep.ts';
import { runSuite, type SuiteResult } from '../../../src/research/suite.ts';
import { createTaskKeys } from '../../../src/research/task-key.ts';
import { createRandomWalk } from '../../../src/simulation/embedded-market/null-markets.ts';
import { createInlineRunner } from '../inline-runner.ts';
import { contextOf, inputOf, marketOf, QUICK, resultOf, type SmallRun } from './small-research.ts';

type Runner = JobRunner<ResearchTask, ResearchTaskResult>;

const LEVELS = ['moderate', 'aggressive'];

function smallSweep(): ComposedSweep {
  const dimensions = readDimensions(['labeling.profit_barrier=0.01..0.03/2', 'guard.enabled=true,false']);
  const levels = loadLevels({ overrides: QUICK }, LEVELS);
  return composeSweep({
    riskLevels: LEVELS,
    levels,
    fixed: QUICK,
    dimensions,
    combinations: gridCombinations(dimensions),
  });
}

const sweep = smallSweep();
const walk = createRandomWalk({ symbol: 'WALKUSDT', seed: 'resume', bars: 100 * 24 });
const run: SmallRun = {
  markets: [marketOf(walk.candles, walk.funding)],
  variants: sweep.variants.map(({ settings }) => settings),
};
const input = { ...inputOf(run), headlineVariant: sweep.headlineVariant, foldsPerTask: 1 };

/** Notes every task that is done, and throws instead of doing more than `limit` of them. */
function watched(done: ResearchTask[], limit = Infinity): Runner {
  const inner = createInlineRunner(contextOf(run), { cloned: true });
  return {
    async run(tasks, onDone) {
      const results: ResearchTaskResult[] = [];
      for (const [index, task] of tasks.entries()) {
        if (done.length >= limit) throw new Error('the power went off');
        const [result] = await inner.run([task], () => undefined);
        done.push(task);
        results.push(result);
        onDone(index, result);
      }
      return results;
    },
    close: () => inner.close(),
  };
}

const tableOf = (suite: SuiteResult): string => reportCsv(resultOf(run, suite));

describe('a sweep over a random walk', () => {
  let folder = '';
  let whole: SuiteResult;
  let total = 0;
  /** Tasks done so far by each run of the broken sweep, and what the last one came to. */
  const counts: number[] = [];
  let resumed: SuiteResult;

  const begin = async (runner: Runner, code = 'code 1'): Promise<SuiteResult> => {
    const symbols = run.markets.map(({ symbol, dataHash }) => ({ symbol, dataHash }));
    const store = await openTaskFolder(folder, { codeVersion: code, symbols }, createInterruptGuard());
    return runSuite(input, createResumingRunner(runner, store, createTaskKeys(code, contextOf(run))), () => undefined);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'perpilot-resume-'));
    whole = await runSuite(input, createInlineRunner(contextOf(run), { cloned: true }), (_, count) => {
      total = count;
    });
    const done: ResearchTask[] = [];
    for (const limit of [2, Math.floor(total / 2), total - 1]) {
      await expect(begin(watched(done, limit))).rejects.toThrow('the power went off');
      counts.push(done.length);
    }
    resumed = await begin(watched(done));
    counts.push(done.length);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same trades and the same table after three interruptions, and does nothing twice', () => {
    expect(counts).toEqual([2, Math.floor(total / 2), total - 1, total]);
    expect(resultOf(run, resumed).tradeHash).toBe(resultOf(run, whole).tradeHash);
    expect(tableOf(resumed)).toBe(tableOf(whole));
    expect(isDeepStrictEqual(resumed, whole)).toBe(true);
    expect(whole.outcomes.some(({ trades }) => trades.length > 0)).toBe(true);
  });

  it('does again the task whose file was damaged, and no other', async () => {
    const kept = readdirSync(folder).filter((name) => name !== 'run.json');
    expect(kept).toHaveLength(total);
    writeFileSync(join(folder, kept[0]), 'no longer what it was');
    const again: ResearchTask[] = [];
    expect(tableOf(await begin(watched(again)))).toBe(tableOf(whole));
    expect(again).toHaveLength(1);
  });

  it('is not resumed by other code', async () => {
    await expect(begin(watched([]), 'code 2')).rejects.toMatchObject({ code: 'MANIFEST_MISMATCH' });
  });

  it('trains once for all combinations that learn the same', () => {
    expect(whole.cards).toHaveLength(3 * whole.outcomes[0].folds.length);
    expect(whole.outcomes).toHaveLength(LEVELS.length * 5);
  });

  it('says how each setting moved the result', () => {
    const { rows } = resultOf(run, whole);
    const text = sensitivitySection({ sweep: sweep.record, rows }).join('\n');
    for (const level of LEVELS) expect(text).toContain(`### ${level}`);
    for (const value of ['0.01', '0.03', 'true', 'false']) expect(text).toContain(value);
  });
});
