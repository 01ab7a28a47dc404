// Does shuffling a feature cost what the feature is worth, and nothing where it has no effect?
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { sigmoid } from './logistic-regression.ts';
import { permutationImportance } from './permutation-importance.ts';

const random = createRandom('permutation');
const rows = 4_000;
const values = Float64Array.from({ length: rows * 3 }, () => random.normal());
const x = { rows, columns: 3, values };
const odds = (row: number): number => 2 * values[row * 3] + values[row * 3 + 1];
const y = Uint8Array.from({ length: rows }, (_, row) => Number(random.next() < sigmoid(odds(row))));
const importanceOf = (predict: (all: Float64Array, offset: number) => number, labels = y) =>
  permutationImportance({ x, y: labels, predict, repeats: 3, random: createRandom('shuffle') });

describe('permutation importance', () => {
  it('ranks features by what they tell, and gives 0 to one that the model does not look at', () => {
    const [strong, weak, none] = importanceOf((all, offset) => sigmoid(2 * all[offset] + all[offset + 1]));
    expect(strong).toBeGreaterThan(2 * weak);
    expect(weak).toBeGreaterThan(0.05);
    expect(none).toBe(0);
  });

  it('is the rise of the log-loss, by brute force for one feature', () => {
    const [measured] = importanceOf((all, offset) => sigmoid(all[offset]));
    // Independent of the label, a shuffled feature costs the mean over all pairs of feature and label.
    const share = y.reduce((sum, each) => sum + each, 0) / rows;
    let whole = 0;
    let broken = 0;
    for (let row = 0; row < rows; row += 1) {
      const p = sigmoid(values[row * 3]);
      whole -= Math.log(y[row] === 1 ? p : 1 - p) / rows;
      broken -= (share * Math.log(p) + (1 - share) * Math.log(1 - p)) / rows;
    }
    expect(Math.abs(measured - (broken - whole))).toBeLessThan(0.02);
  });

  it('leaves the rows as they were, and repeats itself by seed', () => {
    const before = values.slice();
    const [first, second] = [1, 2].map(() => importanceOf((all, offset) => sigmoid(all[offset] - all[offset + 2])));
    expect(first).toEqual(second);
    expect(values).toEqual(before);
  });

  it('passes over rows that the model knows nothing of', () => {
    expect([...importanceOf(() => NaN)]).toEqual([0, 0, 0]);
  });
});
