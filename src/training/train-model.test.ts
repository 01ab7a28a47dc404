// Does training keep to its window, repeat itself, admit when it learnt nothing, and raise the alarm when it learnt too well?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFolds } from '../research/fold-plan.ts';
import { createRandom } from '../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { probabilityOf } from '../strategy/meta-model.ts';
import { variantsOf } from '../../test/scenarios/research/small-research.ts';
import type { Dataset } from './dataset.ts';
import type { ModelParams } from './model-params.ts';
import { createTrainer, trainModel } from './train-model.ts';
import { usableSamples } from './training-rows.ts';

const [{ model: params }] = variantsOf(['moderate'], ['model.min_train_samples=50']);
const WINDOW = { start: 0, end: 100 * DAY_MS, embargoMs: 0 };
const HORIZON = 24;

interface Invented {
  readonly samples: number;
  readonly seed: string;
  /** How strongly the first feature tells the label; 0: not at all. */
  readonly signal?: number;
  /** Signal from the row on where validation begins; default: the same. */
  readonly later?: number;
}

/** Samples two hours apart whose trades last up to a day; label 1 nets 2 %, label 0 loses 1 %. */
function inventedDataset({ samples, seed, signal = 0, later = signal }: Invented): Dataset {
  const random = createRandom(seed);
  const columns = 3;
  const values = Float64Array.from({ length: samples * columns }, () => random.normal());
  const time = Float64Array.from({ length: samples }, (_, row) => (row + 1) * 2 * HOUR_MS);
  const label = new Int8Array(samples);
  const entryIndex = new Int32Array(samples);
  const exitIndex = new Int32Array(samples);
  for (let row = 0; row < samples; row += 1) {
    const strength = row < 0.75 * samples ? signal : later;
    label[row] = strength * values[row * columns] + random.normal() > 0.4 ? 1 : 0;
    entryIndex[row] = time[row] / HOUR_MS;
    exitIndex[row] = entryIndex[row] + random.below(HORIZON);
  }
  const bars = 2 * samples + 2 * HORIZON;
  return {
    symbol: 'TESTUSDT',
    schemaHash: 'schema',
    names: ['telling', 'noise', 'direction'],
    bars,
    intervalMs: HOUR_MS,
    closeTime: Float64Array.from({ length: bars }, (_, bar) => (bar + 1) * HOUR_MS),
    ready: new Uint8Array(bars).fill(1),
    warmupBars: 0,
    x: { rows: samples, columns, values },
    time,
    direction: new Int8Array(samples).fill(1),
    labels: {
      length: samples,
      label,
      entryIndex,
      exitIndex,
      exitTime: Float64Array.from(exitIndex, (bar) => (bar + 1) * HOUR_MS),
      horizonTime: Float64Array.from(entryIndex, (bar) => (bar + HORIZON) * HOUR_MS),
      netReturn: Float64Array.from(label, (each) => (each === 1 ? 0.02 : -0.01)),
      barrier: new Uint8Array(samples).fill(3),
    },
  };
}

const SAMPLES = 1_200;
const train = (dataset: Dataset, seed = 'seed', own = params) => trainModel(dataset, WINDOW, { params: own, seed });

describe('no label crosses into the next set', () => {
  it('over all folds of any walk-forward plan, for the inner split and the test window', () => {
    const plan = fc.record({
      trainDays: fc.integer({ min: 5, max: 60 }),
      testDays: fc.integer({ min: 1, max: 30 }),
      embargoHours: fc.integer({ min: 0, max: 72 }),
      anchored: fc.boolean(),
      fraction: fc.double({ min: 0.05, max: 0.6, noNaN: true }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    });
    fc.assert(
      fc.property(plan, ({ trainDays, testDays, embargoHours, anchored, fraction, seed }) => {
        const dataset = inventedDataset({ samples: 1_000, seed: `${seed}` });
        const folds = planFolds({
          dataStart: 0,
          barMs: HOUR_MS,
          bars: dataset.bars,
          trainMs: trainDays * DAY_MS,
          testMs: testDays * DAY_MS,
          stepMs: testDays * DAY_MS,
          mode: anchored ? 'anchored' : 'rolling',
          keepPartial: false,
        });
        const embargoMs = embargoHours * HOUR_MS;
        for (const { trainStart, testStart } of folds) {
          const border = testStart - fraction * (testStart - trainStart);
          for (const [start, end] of [
            [trainStart, border],
            [border, testStart],
          ]) {
            const rows = usableSamples(dataset, { start, end, embargoMs });
            const everything = Array.from(dataset.time.keys()).filter(
              (row) =>
                dataset.time[row] >= start &&
                dataset.time[row] < end &&
                dataset.labels.horizonTime[row] + embargoMs <= end,
            );
            expect(rows).toEqual(everything);
          }
        }
      }),
      { seed: 3, numRuns: 25 },
    );
  });

  it('what lies after the window changes nothing of the model', () => {
    const dataset = inventedDataset({ samples: SAMPLES + 200, seed: 'after', signal: 1 });
    const other = inventedDataset({ samples: SAMPLES + 200, seed: 'after', signal: 1 });
    for (let row = 0; row < other.time.length; row += 1) {
      if (other.labels.horizonTime[row] <= WINDOW.end) continue;
      other.labels.label[row] = 1 - other.labels.label[row];
      other.labels.netReturn[row] = 9;
      other.x.values.fill(9, row * 3, row * 3 + 3);
    }
    expect(train(other).model).toEqual(train(dataset).model);
  });
});

/** A row whose first, telling feature is `value`. */
const row = (value: number): Float64Array => Float64Array.of(value, 0, 1);

const middle = (all: readonly number[]): number => all.reduce((sum, each) => sum + each, 0) / all.length;

/** The model, or why there is none. */
const outcomeOf = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return String(error);
  }
};

describe('models trained side by side', () => {
  const dataset = inventedDataset({ samples: SAMPLES, seed: 'side by side', signal: 0.5 });
  const quick = { ...params, boosting: { ...params.boosting, trees: 6 } };
  const settings = fc
    .record({
      ensemble: fc.boolean(),
      boostingWeight: fc.constantFrom(0.3, 1),
      calibration: fc.constantFrom('platt' as const, 'isotonic' as const),
      sampleWeights: fc.constantFrom('uniqueness' as const, 'none' as const),
      classWeights: fc.constantFrom('balanced' as const, 'none' as const),
      validationFraction: fc.constantFrom(0.2, 0.25),
      minTrainSamples: fc.constantFrom(50, 5_000),
      bags: fc.constantFrom(1, 2),
      trees: fc.constantFrom(5, 6),
      inverseRegularization: fc.constantFrom(0.05, 1),
    })
    .map(({ trees, inverseRegularization, ...own }): ModelParams => ({
      ...quick,
      ...own,
      boosting: { ...quick.boosting, trees },
      logistic: { inverseRegularization },
    }));
  it('are those that each would be alone, bit for bit, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(settings, { minLength: 2, maxLength: 6 }), (all) => {
        const together = createTrainer(dataset, WINDOW, 'seed');
        for (const own of all) {
          expect(outcomeOf(() => together(own))).toEqual(outcomeOf(() => train(dataset, 'seed', own)));
        }
      }),
      { seed: 8, numRuns: 15 },
    );
  });

  it('share the members that their settings agree in', () => {
    const together = createTrainer(dataset, WINDOW, 'seed');
    const { ensemble: both } = together(quick).model;
    const { ensemble: alone } = together({ ...quick, ensemble: false }).model;
    const { ensemble: isotonic } = together({ ...quick, boostingWeight: 0.1, calibration: 'isotonic' }).model;
    const { ensemble: other } = together({ ...quick, bags: quick.bags + 1 }).model;
    expect(alone.boosting).toBe(both.boosting);
    expect(isotonic.boosting).toBe(both.boosting);
    expect(isotonic.logistic).toBe(both.logistic);
    expect(alone.logistic).toBeUndefined();
    expect(other.boosting).not.toBe(both.boosting);
    expect(other.logistic).toBe(both.logistic);
  });
});

describe('training', () => {
  const telling = inventedDataset({ samples: SAMPLES, seed: 'telling', signal: 1 });

  it('repeats itself by seed, and another seed gives another model', () => {
    expect(train(telling)).toEqual(train(telling));
    expect(train(telling).model.id).toMatch(/^[0-9a-f]{16}$/);
    expect(train(telling, 'other').model.id).not.toBe(train(telling).model.id);
  });

  it('ranks by what tells, and says what it learnt', () => {
    const { model, card } = train(telling);
    expect(model.skilled).toBe(true);
    expect(probabilityOf(model, row(2), 0)).toBeGreaterThan(probabilityOf(model, row(-2), 0) + 0.3);
    expect(model.edge.breakEven).toBeCloseTo(1 / 3, 10);
    expect(card.validationAuc).toBeGreaterThan(0.65);
    expect(card).toMatchObject({ modelId: model.id, leakSuspected: false, trainUntil: 75 * DAY_MS, seed: 'seed' });
    expect(card.trainSamples + card.validationSamples).toBeLessThan(SAMPLES);
    expect(card.effectiveTrainSamples).toBeLessThan(card.trainSamples / 3);
  });

  it('counts independent labels the same, whether they are weighted by uniqueness or not', () => {
    const flat = train(telling, 'seed', { ...params, sampleWeights: 'none' }).card;
    expect(flat.effectiveTrainSamples).toBe(train(telling).card.effectiveTrainSamples);
    expect(flat.effectiveValidationSamples).toBe(train(telling).card.effectiveValidationSamples);
  });

  it('lets the rarer label count more in fitting where told to, and knows the true base rate all the same', () => {
    const balanced = train(telling, 'seed', { ...params, classWeights: 'balanced' });
    const plain = train(telling);
    expect(balanced.model.id).not.toBe(plain.model.id);
    expect(plain.model.baseRate).toBeLessThan(0.45);
    expect(balanced.model.baseRate).toBe(plain.model.baseRate);
    expect(balanced.model.edge.breakEven).toBe(plain.model.edge.breakEven);
    // Fitted to classes of one weight, boosting begins at one half; calibration brings the mean back to the base rate.
    expect(balanced.model.ensemble.boosting.baseScore).toBeCloseTo(0.5, 6);
    expect(plain.model.ensemble.boosting.baseScore).toBeLessThan(0.45);
    const calibrated = [-2, -1, 0, 1, 2].map((value) => probabilityOf(balanced.model, row(value), 0));
    const own = [-2, -1, 0, 1, 2].map((value) => probabilityOf(plain.model, row(value), 0));
    expect(middle(calibrated)).toBeCloseTo(middle(own), 1);
  });

  it('without skill gives the base rate to every row', () => {
    const noise = Array.from({ length: 12 }, (_, seed) =>
      train(inventedDataset({ samples: SAMPLES, seed: `${seed}` })),
    );
    const unskilled = noise.filter(({ model }) => !model.skilled);
    expect(unskilled.length).toBeGreaterThan(2);
    for (const { model } of unskilled) {
      for (const value of [-3, 0, 3]) {
        expect(probabilityOf(model, Float64Array.of(value, value, 1), 0)).toBe(model.baseRate);
      }
    }
  });

  it('does not take a ranking that validation contradicts for skill, although calibration turns it over', () => {
    const contradicted = train(inventedDataset({ samples: SAMPLES, seed: 'turned', signal: 1, later: -1 }));
    expect(contradicted.card.validationAuc).toBeLessThan(0.4);
    expect(contradicted.model.skilled).toBe(false);
  });

  it('never calls a model skilled whose calibrator turns its ranking over', () => {
    let skilled = 0;
    for (let seed = 0; seed < 30; seed += 1) {
      const { model } = train(inventedDataset({ samples: 1_000, seed: `over ${seed}` }));
      const { calibrator } = model.ensemble;
      if (!model.skilled || calibrator.kind !== 'platt') continue;
      skilled += 1;
      expect(calibrator.platt.slope).toBeLessThanOrEqual(0);
    }
    expect(skilled).toBeGreaterThan(3);
  });

  it('raises the leak alarm when a feature holds the label', () => {
    const { card } = train(inventedDataset({ samples: SAMPLES, seed: 'leak', signal: 100 }));
    expect(card.validationAuc).toBeGreaterThan(0.95);
    expect(card.leakSuspected).toBe(true);
  });

  it.each([
    ['too few labels', { samples: 40 }, /usable labels, 50 are needed \(model\.min_train_samples\)/],
    ['no validation part', { samples: 700 }, /validation rows/],
  ])('says why it failed: %s', (_, { samples }, reason) => {
    const dataset = inventedDataset({ samples, seed: 'few' });
    expect(() => train(dataset)).toThrow(expect.objectContaining({ code: 'TRAINING_FAILED' }));
    expect(() => train(dataset)).toThrow(reason);
  });

  it('says that one class is not enough', () => {
    const dataset = inventedDataset({ samples: SAMPLES, seed: 'one' });
    dataset.labels.label.fill(0);
    expect(() => train(dataset)).toThrow(expect.objectContaining({ code: 'TRAINING_FAILED' }));
    expect(() => train(dataset)).toThrow(/of one class/);
  });
});
