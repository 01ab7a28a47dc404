// Does the model of the remaining features predict what the whole model predicts when the last features have their values?
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { predictEnsemble } from './ensemble.ts';
import { createEnsembleFitter, type LabeledRows } from './fit-ensemble.ts';
import { fixLastFeatures } from './fix-features.ts';
import { predictMargin } from './predict-boosting.ts';
import { featureContributions } from './tree-shap.ts';

const KEPT = 4;
const GROUPS = 3;
const names = ['a', 'b', 'c', 'd', 'group=0', 'group=1', 'group=2'];

/** Rows whose label hangs on the features differently in every group. */
function rowsOf(seed: string, rows: number): LabeledRows {
  const random = createRandom(seed);
  const columns = KEPT + GROUPS;
  const values = new Float64Array(rows * columns);
  const y = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const group = random.below(GROUPS);
    for (let column = 0; column < KEPT; column += 1) {
      values[row * columns + column] = random.next() < 0.05 && column < 2 ? NaN : random.normal();
    }
    values[row * columns + KEPT + group] = 1;
    const pull = [1.5, -1.5, 0.2][group] * values[row * columns + 2] + (group - 1);
    y[row] = random.normal() < pull ? 1 : 0;
  }
  return { x: { rows, columns, values }, y, weight: new Float64Array(rows).fill(1) };
}

const fit = createEnsembleFitter({
  train: rowsOf('train', 2_000),
  validation: rowsOf('validation', 600),
  featureNames: names,
  seed: 'groups',
});
const boosting = {
  trees: 60,
  maxDepth: 4,
  learningRate: 0.1,
  lambda: 1,
  alpha: 0,
  gamma: 0,
  minChildWeight: 2,
  rowSampling: 0.8,
  columnSampling: 0.8,
  maxBins: 32,
  earlyStoppingRounds: 0,
};
const { model } = fit({
  ensemble: true,
  boostingWeight: 0.7,
  logisticWeight: 0.3,
  calibration: 'platt',
  bags: 2,
  boosting,
  logistic: { inverseRegularization: 1 },
});

describe('a model whose last features are fixed', () => {
  it('predicts as the whole model does for rows of that group, and needs no feature of the group', () => {
    const { x } = rowsOf('test', 240);
    const used = new Set<number>();
    for (let group = 0; group < GROUPS; group += 1) {
      const fixed = Float64Array.from({ length: GROUPS }, (_, at) => (at === group ? 1 : 0));
      const own = fixLastFeatures(model, fixed);
      expect(own.featureNames).toEqual(names.slice(0, KEPT));
      expect(own.boosting.featureCount).toBe(KEPT);
      for (let row = 0; row < x.rows; row += 1) {
        const values = x.values.slice(row * x.columns, (row + 1) * x.columns);
        if (values[KEPT + group] !== 1) continue;
        used.add(group);
        expect(predictMargin(own.boosting, values, 0)).toBe(predictMargin(model.boosting, values, 0));
        expect(predictEnsemble(own, values, 0)).toBeCloseTo(predictEnsemble(model, values, 0), 12);
        if (row % 8 > 0) continue;
        const parts = featureContributions(own.boosting, values.slice(0, KEPT), 0);
        const sum = parts.reduce((total, each) => total + each, 0);
        expect(sum).toBeCloseTo(predictMargin(own.boosting, values, 0), 4);
      }
    }
    expect(used.size).toBe(GROUPS);
  });

  it('differs from group to group', () => {
    const row = Float64Array.of(0.3, -0.2, 1.5, 0.1);
    const [first, second] = [0, 1].map((group) =>
      predictEnsemble(
        fixLastFeatures(
          model,
          Float64Array.from({ length: GROUPS }, (_, at) => Number(at === group)),
        ),
        row,
        0,
      ),
    );
    expect(Math.abs(first - second)).toBeGreaterThan(0.2);
  });
});
