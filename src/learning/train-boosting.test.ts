import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { createRandom } from '../domain/random.ts';
import type { BoostingParams, BoostingRows } from './boosting-input.ts';
import { exponential, objectiveMetric } from './boosting-objective.ts';
import { classifierMetrics } from './classifier-metrics.ts';
import { predictMargin, predictProbability } from './predict-boosting.ts';
import { treesOf } from './boosting-model.ts';
import { trainBoosting } from './train-boosting.ts';
import { modelToXgboostJson } from './xgboost-json.ts';

const COLUMNS = 6;

/** Odds depend on two features and on their product; 5 % of one feature is missing. */
function planted(count: number, seed: string): { x: BoostingRows['x']; y: Uint8Array } {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: count * COLUMNS }, (_, index) =>
    index % COLUMNS === 3 && random.next() < 0.05 ? NaN : random.normal(),
  );
  const y = Uint8Array.from({ length: count }, (_, row) => {
    const at = row * COLUMNS;
    const odds = 1.5 * values[at] + 2 * values[at + 1] * values[at + 2];
    return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  return { x: { rows: count, columns: COLUMNS, values }, y };
}

const PARAMS: BoostingParams = {
  trees: 40,
  maxDepth: 3,
  learningRate: 0.2,
  lambda: 1,
  alpha: 0,
  gamma: 0,
  minChildWeight: 1,
  rowSampling: 1,
  columnSampling: 1,
  maxBins: 64,
  earlyStoppingRounds: 0,
};

const train = planted(1500, 'train');
const test = planted(1000, 'test');
const textOf = (params: Partial<BoostingParams>, seed: string): string =>
  JSON.stringify(modelToXgboostJson(trainBoosting({ train, params: { ...PARAMS, ...params }, seed }).model));

describe('trainBoosting', () => {
  it('learns a planted interaction well enough for unseen rows', () => {
    const { model } = trainBoosting({ train, params: PARAMS, seed: 'a' });
    const probabilities = Array.from({ length: test.x.rows }, (_, row) =>
      predictProbability(model, test.x.values, row * COLUMNS),
    );
    expect(classifierMetrics(probabilities, test.y).auc).toBeGreaterThan(0.8);
  });

  it('gives the same bytes for the same seed, with sampling other bytes for another', () => {
    const sampled = { rowSampling: 0.7, columnSampling: 0.5 };
    expect(textOf(sampled, 'a')).toBe(textOf(sampled, 'a'));
    expect(textOf(sampled, 'a')).not.toBe(textOf(sampled, 'b'));
    expect(textOf({}, 'a')).toBe(textOf({}, 'b'));
  });

  it('keeps every child as heavy and every split as good as asked for', () => {
    for (const cuts of ['histogram', 'exact'] as const) {
      const params = { ...PARAMS, maxDepth: 5, minChildWeight: 7, gamma: 1.5, rowSampling: 0.8 };
      const { model } = trainBoosting({ train, params, cuts, seed: 'a' });
      let splits = 0;
      for (const tree of treesOf(model)) {
        for (const [node, left] of tree.left.entries()) {
          if (node > 0) expect(tree.sumHessian[node]).toBeGreaterThanOrEqual(7 - 1e-4);
          if (left < 0) continue;
          splits += 1;
          if (cuts === 'histogram' || (tree.left[left] < 0 && tree.left[tree.right[node]] < 0)) {
            expect(tree.lossChange[node]).toBeGreaterThanOrEqual(1.5);
          }
        }
      }
      expect(splits).toBeGreaterThan(50);
    }
  });

  it('keeps margins during training that equal predictions afterwards, for rows left out of trees too', () => {
    const params = { ...PARAMS, trees: 15, rowSampling: 0.5 };
    const task = { train, validation: train, params, seed: 'a' };
    const { model, validationMetric } = trainBoosting(task);
    const margin = Float32Array.from({ length: train.x.rows }, (_, row) =>
      predictMargin(model, train.x.values, row * COLUMNS),
    );
    const weight = new Float32Array(margin.length).fill(1);
    const metric = objectiveMetric({ objective: 'binary:logistic', margin, y: Float32Array.from(train.y), weight });
    expect(validationMetric.at(-1)).toBe(metric);
    const unsampled = trainBoosting({ ...task, params: { ...params, rowSampling: 1 } }).validationMetric;
    for (let round = 1; round < unsampled.length; round += 1) {
      expect(unsampled[round]).toBeLessThan(unsampled[round - 1]);
    }
  });

  it('treats a whole-number weight as so many copies of the row', () => {
    const small = planted(200, 'copies');
    const weight = Float64Array.from({ length: 200 }, (_, row) => 1 + (row % 3));
    const rows = Array.from(weight, (copies, row) => Array.from({ length: copies }, () => row)).flat();
    const copied = {
      x: {
        rows: rows.length,
        columns: COLUMNS,
        values: Float64Array.from(
          rows.flatMap((row) => [...small.x.values.subarray(row * COLUMNS, (row + 1) * COLUMNS)]),
        ),
      },
      y: rows.map((row) => small.y[row]),
    };
    const options = { params: PARAMS, seed: 'a', cuts: 'exact' as const };
    const weighted = trainBoosting({ train: { ...small, weight }, ...options }).model;
    const repeated = trainBoosting({ train: copied, ...options }).model;
    for (let row = 0; row < 200; row += 1) {
      const [a, b] = [weighted, repeated].map((model) => predictMargin(model, small.x.values, row * COLUMNS));
      expect(a).toBeCloseTo(b, 4);
    }
  });

  it('stops early and keeps the trees up to the best round', () => {
    const params = { ...PARAMS, trees: 400, learningRate: 0.5, maxDepth: 5, earlyStoppingRounds: 8 };
    const trained = trainBoosting({ train, validation: test, params, seed: 'a' });
    const best = trained.validationMetric.indexOf(Math.min(...trained.validationMetric));
    expect(trained.model.flat.treeCount).toBe(best + 1);
    expect(trained.roundsRun).toBe(best + 1 + 8);
  });

  it('refuses what nothing can be trained from, naming every problem', () => {
    const refused = (task: Partial<Parameters<typeof trainBoosting>[0]>): string => {
      try {
        trainBoosting({ train, params: PARAMS, seed: 'a', ...task });
      } catch (error) {
        expect(error).toBeInstanceOf(PerpilotError);
        expect((error as PerpilotError).code).toBe('TRAINING_FAILED');
        return (error as PerpilotError).message;
      }
      return 'trained';
    };
    const tiny = { rows: 1, columns: 1, values: Float64Array.of(1) };
    expect(refused({ train: { x: { rows: 0, columns: 1, values: new Float64Array(0) }, y: [] } })).toContain(
      'no training rows',
    );
    expect(refused({ train: { x: { ...tiny, values: Float64Array.of(Infinity) }, y: [1] } })).toContain('infinite');
    expect(refused({ train: { x: tiny, y: [2] } })).toContain('label of row 0 is 2');
    expect(refused({ train: { x: tiny, y: [1], weight: [0] } })).toContain('all 0');
    expect(refused({ train: { x: tiny, y: [1], weight: [-1] } })).toContain('weight of row 0');
    expect(refused({ baseScore: 1 })).toContain('base score');
    const wrong = { ...PARAMS, trees: 0, rowSampling: 2, earlyStoppingRounds: 3 };
    expect(refused({ params: wrong })).toMatch(/trees must.*rowSampling must.*early stopping needs/);
  });
});

describe('exponential', () => {
  it('agrees with Math.exp far beyond single precision', () => {
    for (let x = -100; x <= 100; x += 0.0137) expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
  });
});
