import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { createRandom } from '../domain/random.ts';
import { classifierMetrics } from './classifier-metrics.ts';
import { ensembleFromJson, ensembleToJson, predictEnsemble } from './ensemble.ts';
import type { EnsembleModel } from './ensemble.ts';
import { createEnsembleFitter } from './fit-ensemble.ts';
import type { EnsembleData, EnsembleParams, LabeledRows } from './fit-ensemble.ts';

const NAMES = ['slope', 'spread', 'gap', 'noise'];
const PARAMS: EnsembleParams = {
  ensemble: true,
  boostingWeight: 0.7,
  logisticWeight: 0.3,
  calibration: 'platt',
  bags: 1,
  boosting: {
    trees: 40,
    maxDepth: 3,
    learningRate: 0.1,
    lambda: 5,
    alpha: 0,
    gamma: 0,
    minChildWeight: 2,
    rowSampling: 0.8,
    columnSampling: 0.8,
    maxBins: 32,
    earlyStoppingRounds: 0,
  },
  logistic: { inverseRegularization: 0.05 },
};

/** One linear feature, one that matters by its size, one that is missing at times, and noise; 30 % of labels are 1. */
function rowsOf(count: number, seed: string): LabeledRows {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: count * 4 }, (_, at) =>
    at % 4 === 2 && random.next() < 0.1 ? NaN : random.normal(),
  );
  const y = Uint8Array.from({ length: count }, (_, row) => {
    const odds = 1.2 * values[row * 4] + values[row * 4 + 1] ** 2 - 2;
    return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  return { x: { rows: count, columns: 4, values }, y, weight: Float64Array.from(y, () => 0.5 + random.next()) };
}

interface EnsembleTask extends EnsembleData {
  readonly params: EnsembleParams;
}

/** An ensemble of its own, sharing nothing. */
const fitEnsemble = ({ params, ...data }: EnsembleTask): EnsembleModel => createEnsembleFitter(data)(params).model;

const task: EnsembleTask = {
  train: rowsOf(1200, 'train'),
  validation: rowsOf(1000, 'validation'),
  featureNames: NAMES,
  params: PARAMS,
  seed: 'seed',
};
const model = fitEnsemble(task);
const unseen = rowsOf(3000, 'unseen');
const predictAll = (of: typeof model): Float64Array =>
  Float64Array.from({ length: unseen.x.rows }, (_, row) => predictEnsemble(of, unseen.x.values, row * 4));
const textOf = (of: typeof model): string => JSON.stringify(ensembleToJson(of));

const ones = (rows: LabeledRows): LabeledRows => ({ ...rows, y: rows.y.map(() => 1) });

describe('a fitted ensemble', () => {
  it('predicts unseen rows with skill and calibrated', () => {
    const metrics = classifierMetrics(predictAll(model), unseen.y);
    expect(metrics.auc).toBeGreaterThan(0.75);
    expect(metrics.brierSkill).toBeGreaterThan(0.1);
    expect(metrics.ece).toBeLessThan(0.04);
  });

  it('gives the same bytes twice, and others for another seed', () => {
    expect(textOf(fitEnsemble(task))).toBe(textOf(model));
    expect(textOf(fitEnsemble({ ...task, seed: 'other' }))).not.toBe(textOf(model));
  });

  it('fits nothing but the calibrator to the validation rows', () => {
    const other = fitEnsemble({ ...task, validation: rowsOf(400, 'other') });
    expect(other.boosting).toEqual(model.boosting);
    expect(other.logistic).toEqual(model.logistic);
    expect(other.calibrator).not.toEqual(model.calibrator);
  });

  it('lets the weights of the validation rows count in calibration', () => {
    const weight = task.validation.weight.map((one, row) => (task.validation.y[row] === 1 ? 3 * one : one));
    const heavier = fitEnsemble({ ...task, validation: { ...task.validation, weight } });
    const row = Float64Array.of(0, 0, 0, 0);
    expect(predictEnsemble(heavier, row, 0)).toBeGreaterThan(1.5 * predictEnsemble(model, row, 0));
  });

  it('looks at the ratio of the weights only, and at boosting alone where told', () => {
    const tenfold = fitEnsemble({ ...task, params: { ...PARAMS, boostingWeight: 7, logisticWeight: 3 } });
    expect(tenfold.boostingShare).toBeCloseTo(0.7, 12);
    const alone = fitEnsemble({ ...task, params: { ...PARAMS, ensemble: false } });
    expect(alone.logistic).toBeUndefined();
    expect(alone.boosting).toEqual(model.boosting);
  });

  it('falls back to Platt where isotonic calibration has too few labels, and says so', () => {
    const params = { ...PARAMS, calibration: 'isotonic' as const };
    expect(fitEnsemble({ ...task, params }).calibrator.kind).toBe('isotonic');
    const few = fitEnsemble({ ...task, params, validation: rowsOf(999, 'few') });
    expect(few.calibrator).toMatchObject({ kind: 'platt', requested: 'isotonic' });
  });

  it('stops early on the validation rows', () => {
    const boosting = { ...PARAMS.boosting, trees: 500, learningRate: 0.5, earlyStoppingRounds: 5 };
    expect(fitEnsemble({ ...task, params: { ...PARAMS, boosting } }).boosting.flat.treeCount).toBeLessThan(100);
  });

  it('refuses rows and settings that give no model, with the reason', () => {
    const none: LabeledRows = {
      x: { rows: 0, columns: 4, values: new Float64Array(0) },
      y: new Uint8Array(0),
      weight: new Float64Array(0),
    };
    const infinite = rowsOf(50, 'infinite');
    infinite.x.values[5] = Infinity;
    const cases: [RegExp, Partial<EnsembleTask>][] = [
      [/training rows with weight are of one class/, { train: ones(task.train) }],
      [/validation rows with weight are of one class/, { validation: ones(task.validation) }],
      [/no training rows/, { train: none }],
      [/no validation rows/, { validation: none }],
      [/4 features for 1 names/, { featureNames: ['a'] }],
      [/row 1, feature 1 is infinite/, { validation: infinite }],
      [/not both 0/, { params: { ...PARAMS, boostingWeight: 0, logisticWeight: 0 } }],
      [/of one class/, { train: { ...task.train, weight: task.train.weight.map(() => 0) } }],
    ];
    for (const [reason, change] of cases) {
      let caught: unknown;
      try {
        fitEnsemble({ ...task, ...change });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(PerpilotError);
      expect((caught as PerpilotError).code).toBe('TRAINING_FAILED');
      expect((caught as PerpilotError).message).toMatch(reason);
    }
  });
});

describe('predictEnsemble', () => {
  it('is undefined where a feature is missing that never was in training, or infinite', () => {
    expect(predictEnsemble(model, Float64Array.of(0, 0, 0, 0), 0)).toBeGreaterThan(0);
    expect(predictEnsemble(model, Float64Array.of(0, 0, NaN, 0), 0)).toBeGreaterThan(0);
    expect(predictEnsemble(model, Float64Array.of(0, NaN, 0, 0), 0)).toBeNaN();
    expect(predictEnsemble(model, Float64Array.of(0, Infinity, 0, 0), 0)).toBeNaN();
    expect(predictEnsemble(model, Float64Array.of(0, 0, -Infinity, 0), 0)).toBeNaN();
  });
});

const nothing = (): void => {};

const codeOf = (change: (document: any) => void, names: readonly string[] = NAMES): string => {
  const document = JSON.parse(textOf(model));
  change(document);
  try {
    ensembleFromJson(document, names);
  } catch (error) {
    return (error as PerpilotError).code;
  }
  return 'accepted';
};

describe('ensemble JSON', () => {
  it('gives back a model that predicts the same, bit for bit', () => {
    for (const calibration of ['platt', 'isotonic'] as const) {
      const fitted = fitEnsemble({ ...task, params: { ...PARAMS, calibration } });
      const again = ensembleFromJson(JSON.parse(textOf(fitted)), NAMES);
      expect(predictAll(again)).toEqual(predictAll(fitted));
      expect(textOf(again)).toBe(textOf(fitted));
    }
  });

  it('refuses other features, in number, name or order', () => {
    expect(codeOf(nothing)).toBe('accepted');
    expect(codeOf(nothing, ['spread', 'slope', 'gap', 'noise'])).toBe('MODEL_INCOMPATIBLE');
    expect(codeOf(nothing, NAMES.slice(1))).toBe('MODEL_INCOMPATIBLE');
    expect(codeOf(nothing, [...NAMES, 'more'])).toBe('MODEL_INCOMPATIBLE');
  });

  it('refuses damage', () => {
    const damages: ((document: any) => void)[] = [
      (d) => (d.format = 'other'),
      (d) => (d.version = 2),
      (d) => delete d.boosting,
      (d) => d.boosting.learner.gradient_booster.model.trees.pop(),
      (d) => (d.boosting.learner.objective.name = 'reg:squarederror'),
      (d) => (d.boostingShare = 1.5),
      (d) => (d.mayBeMissing[0] = 2),
      (d) => d.logistic.coefficients.pop(),
      (d) => (d.logistic.scale[0] = 0),
      (d) => (d.logistic.intercept = null),
      (d) => (d.calibrator.kind = 'none'),
      (d) => delete d.calibrator.slope,
      (d) => (d.calibrator = { kind: 'isotonic', requested: 'isotonic', x: [0, 0], y: [0, 1] }),
      (d) => (d.calibrator = { kind: 'isotonic', requested: 'isotonic', x: [], y: [] }),
      (d) => (d.calibrator = { kind: 'isotonic', requested: 'isotonic', x: [0, 1], y: [0, 2] }),
    ];
    for (const damage of damages) expect(codeOf(damage)).toBe('MODEL_CORRUPT');
  });
});
