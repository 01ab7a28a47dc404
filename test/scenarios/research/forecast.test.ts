// Does a forecast foretell what a suite then does? Held against a small suite whose tasks take invented times.
import { describe, expect, it } from 'vitest';
import { composeAblation } from '../../../src/cli/compose-ablation.ts';
import { probe } from '../../../src/cli/probe.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import type { JobRunner } from '../../../src/ports/job-runner.ts';
import { forecastOf } from '../../../src/research/forecast.ts';
import { datasetKeyOf, type ResearchTask, type ResearchTaskResult } from '../../../src/research/jobs.ts';
import { runSuite } from '../../../src/research/suite.ts';
import { suiteWorkOf, trainWorkOf } from '../../../src/research/suite-work.ts';
import { createRandomWalk } from '../../../src/simulation/embedded-market/null-markets.ts';
import { createInlineRunner } from '../inline-runner.ts';
import { composedOf, contextOf, HEADLINE, inputOf, marketOf, type SmallRun } from './small-research.ts';

const BARS = 100 * 24;
const composed = composedOf(['moderate'], ['research.ensemble_variants=[true, false]']);
const run: SmallRun = {
  markets: ['AUSDT', 'BUSDT'].map((symbol) => {
    const { candles, funding } = createRandomWalk({ symbol, seed: symbol, bars: BARS });
    return marketOf(candles, funding);
  }),
  variants: composed.map(({ settings }) => settings),
  ablations: composeAblation(composed, HEADLINE),
};

const START_MS = 400;
const DATASET_MS_PER_BAR = 0.5;
const TRAIN_MS_PER_WORK = 0.25;
const SIMULATE_MS_PER_DAY = 8;

/** One thread whose tasks take exactly so long as they should. */
function clocked(): { readonly runner: JobRunner<ResearchTask, ResearchTaskResult>; readonly now: () => number } {
  const inner = createInlineRunner(contextOf(run));
  let time = 1_000;
  let data = '';
  let isCold = true;
  const costOf = (task: ResearchTask): number => {
    const start = isCold ? START_MS : 0;
    isCold = false;
    if (task.kind === 'portfolio' || task.kind === 'stress-accounts') return start;
    if (task.kind !== 'train') {
      const days = task.folds.reduce((sum, { window }) => sum + (window.testEnd - window.testStart) / DAY_MS, 0);
      return start + days * SIMULATE_MS_PER_DAY * (task.kind === 'ablate' ? task.cases.length : 1);
    }
    const { series } = run.markets[task.symbolIndex];
    const [settings] = task.learners;
    const key = `${task.symbolIndex} ${datasetKeyOf(settings, series.intervalMs)}`;
    const building = key === data ? 0 : series.length * DATASET_MS_PER_BAR;
    data = key;
    return (
      start + building + task.windows.reduce((sum, each) => sum + trainWorkOf(settings, each) * TRAIN_MS_PER_WORK, 0)
    );
  };
  return {
    runner: {
      async run(tasks, onDone) {
        for (const task of tasks) time += costOf(task);
        return inner.run(tasks, onDone);
      },
      close: () => inner.close(),
    },
    now: () => time,
  };
}

describe('a forecast', () => {
  it('names the rows, models, tasks and seconds of the suite that follows', async () => {
    const input = { ...inputOf(run), foldsPerTask: 1 };
    const work = suiteWorkOf(input);
    const { runner, now } = clocked();
    const figures = await probe(input, { runner, now, threads: 1, residentBytes: 1e8 });
    const forecast = forecastOf(work, figures, { threads: 1, cores: 1 });

    const alone = clocked();
    const startedAt = alone.now();
    let total = 0;
    const suite = await runSuite(input, alone.runner, (_, count) => {
      total = count;
    });
    expect(forecast.seconds).toBeCloseTo((alone.now() - startedAt) / 1_000, 6);
    expect(forecast.rows).toBe(suite.outcomes.length);
    expect(forecast.models).toBe(suite.cards.length + suite.failedFolds.length);
    expect(work.tasks).toBe(total);
    const besides = suite.ablations.filter(({ part }) => part !== 'meta-model' && part !== 'logistic member');
    expect(besides.length).toBeGreaterThan(0);
    expect(work.simulations * run.markets.length).toBe(
      suite.outcomes.length + suite.primaryAlone.length + besides.length,
    );
    expect(suite.primaryAlone.every(({ variant }) => variant === HEADLINE)).toBe(true);
  });

  it('counts the models of two batches and those of the headline', () => {
    const [{ series, funding }] = run.markets;
    const markets = ['A', 'B', 'C', 'D', 'E'].map((symbol) => marketOf({ ...series, symbol }, funding));
    const heldOf = (more: readonly string[], symbolsPerBatch: number): number => {
      const others = composedOf(['moderate'], ['research.ensemble_variants=[false]', ...more]);
      const variants = [...run.variants.slice(0, 1), ...others.map(({ settings }) => settings)];
      const work = suiteWorkOf({ ...inputOf({ ...run, markets, variants, ablations: [] }), symbolsPerBatch });
      return work.heldModels / work.symbols[0].folds;
    };
    expect(heldOf([], 1)).toBe(5);
    expect(heldOf(['model.bags=2'], 1)).toBe(5 + 2);
    expect(heldOf(['model.bags=2'], 2)).toBe(5 + 4);
    expect(heldOf(['model.bags=2'], 4)).toBe(5 + 5);
  });

  it('rests on sizes that the probe has measured', async () => {
    const { runner, now } = clocked();
    const figures = await probe(inputOf(run), { runner, now, threads: 3, residentBytes: 1e8 });
    expect(figures.columns).toBeGreaterThan(10);
    expect(figures.modelBytes).toBeGreaterThan(5_000);
    expect(figures.outcomeBytes).toBeGreaterThan(1_000);
    expect(figures.residentBytes).toBe(1e8);
    // Three tasks one after the other take three times as long as each would beside the others.
    expect(figures.simulateSecondsPerDay).toBeCloseTo((3 * SIMULATE_MS_PER_DAY) / 1_000, 9);
  });
});
