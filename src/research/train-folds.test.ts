// Is a fold judged by the labels of its own test window, all of them and no others, alone or beside others?
import { describe, expect, it } from 'vitest';
import {
  contextOf,
  inputOf,
  marketOf,
  variantsOf,
  type SmallRun,
} from '../../test/scenarios/research/small-research.ts';
import { mergedBins } from '../learning/calibration-bins.ts';
import { predictEnsemble } from '../learning/ensemble.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { buildDataset } from '../training/dataset.ts';
import { learnersOf, strategyOf } from './jobs.ts';
import { planSuite } from './plan-suite.ts';
import { trainFolds } from './train-folds.ts';

const { candles, funding } = createPlantedEdge({ seed: 'folds', bars: 130 * 24 });
const run: SmallRun = {
  markets: [marketOf(candles, funding)],
  variants: variantsOf(['moderate'], ['research.ensemble_variants=[true, false]']),
};
const [{ windows }] = planSuite(inputOf(run));
const [settings] = run.variants;
const { labeling, costs, features } = settings;
const strategy = strategyOf(settings, candles.intervalMs);
const dataset = buildDataset({ series: candles, funding, strategy, labeling, costs, atrPeriod: features.atrPeriod });
const params = run.variants.map(({ model }) => model);
const task = { dataset, windows, embargoHours: contextOf(run).embargoHours, seed: '1' };
const together = trainFolds({ ...task, params });

describe('the test metrics of a fold', () => {
  it('count every label decided in its window, by the probability that its own model gave', () => {
    let judged = 0;
    for (const fold of together.flat()) {
      if (fold.status === 'failed') throw new Error(fold.reason);
      const { window, trained, test } = fold;
      const rows = Array.from(dataset.time.keys()).filter(
        (row) =>
          dataset.time[row] >= window.testStart && dataset.time[row] < window.testEnd && dataset.labels.label[row] >= 0,
      );
      const { values, columns } = dataset.x;
      const samples = rows
        .map((row) => ({
          probability: predictEnsemble(trained.model.ensemble, values, row * columns),
          label: dataset.labels.label[row],
        }))
        .filter(({ probability }) => !Number.isNaN(probability));
      const sum = (pick: (bin: (typeof test.calibration)[number]) => number): number =>
        test.calibration.reduce((total, bin) => total + pick(bin), 0);
      expect(test.samples).toBe(samples.length);
      expect(sum(({ count }) => count)).toBe(samples.length);
      expect(sum(({ won }) => won)).toBe(samples.filter(({ label }) => label === 1).length);
      for (const { predicted, count, won } of test.calibration) {
        const low = Math.floor(predicted * 20) / 20;
        const own = samples.filter(({ probability }) => probability >= low && probability < low + 1 / 20);
        expect([own.length, own.filter(({ label }) => label === 1).length]).toEqual([count, won]);
      }
      const squares = samples.map(({ probability, label }) => (probability - label) ** 2);
      expect(test.brier).toBeCloseTo(squares.reduce((total, each) => total + each, 0) / samples.length, 12);
      judged += samples.length;
    }
    expect(judged).toBeGreaterThan(200);
    const bins = together.flat().flatMap((fold) => (fold.status === 'trained' ? fold.test.calibration : []));
    expect(mergedBins(bins).reduce((sum, { count }) => sum + count, 0)).toBe(judged);
  });
});

describe('folds of variants that share their boosting', () => {
  it('are trained by one task, and come out as if each were trained alone', () => {
    const groups = learnersOf([...run.variants, ...run.variants], candles.intervalMs);
    expect(groups.map((group) => group.map(({ variant }) => variant))).toEqual([
      ['ensemble/standard', 'boosting/standard'],
    ]);
    params.forEach((own, at) => expect(trainFolds({ ...task, params: [own] })[0]).toEqual(together[at]));
  });

  it('stand apart where boosting, rows or weights differ', () => {
    const others = [
      'model.bags=2',
      'model.boosting.trees=21',
      'model.validation_fraction=0.3',
      'model.sample_weights=none',
      'labeling.profit_barrier=0.03',
      'costs.taker_fee_bps=7',
    ].flatMap((set) => variantsOf(['moderate'], [set]));
    expect(learnersOf([settings, ...others], candles.intervalMs)).toHaveLength(others.length + 1);
    const shared = [
      'model.calibration=isotonic',
      'model.boosting_weight=0.5',
      'model.logistic.inverse_regularization=1',
      'model.min_train_samples=101',
      'risk.max_leverage=1.5',
    ].flatMap((set) => variantsOf(['moderate'], [set]));
    const [group, ...more] = learnersOf([settings, ...shared], candles.intervalMs);
    expect(more).toEqual([]);
    expect(group).toEqual([settings, ...shared.slice(0, -1)]);
  });
});
