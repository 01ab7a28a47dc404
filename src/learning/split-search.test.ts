import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { binFeatures } from './feature-bins.ts';
import type { CutRule } from './feature-bins.ts';
import { createBestSplit, findBestSplit, nodeWeight } from './split-search.ts';

interface Table {
  readonly rows: number;
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

const COLUMNS = 3;

function randomTable(seed: string): Table {
  const random = createRandom(seed);
  const rows = 5 + random.below(40);
  const values = Float64Array.from({ length: rows * COLUMNS }, () =>
    random.next() < 0.2 ? NaN : Math.round(random.normal() * 4) / 4,
  );
  return {
    rows,
    values,
    gradient: Float64Array.from({ length: rows }, () => random.normal()),
    hessian: Float64Array.from({ length: rows }, () => 0.05 + random.next()),
  };
}

interface Penalties {
  readonly lambda: number;
  readonly alpha: number;
  readonly minChildWeight: number;
}

/** The best gain over every threshold and both sides for missing values, straight from the definition. */
function bestGainByHand(table: Table, { lambda, alpha, minChildWeight }: Penalties): number {
  const score = (rows: number[]): number => {
    const g = rows.reduce((sum, row) => sum + table.gradient[row], 0);
    const h = rows.reduce((sum, row) => sum + table.hessian[row], 0);
    return h < minChildWeight || rows.length === 0 ? NaN : Math.max(Math.abs(g) - alpha, 0) ** 2 / (h + lambda);
  };
  const all = Array.from({ length: table.rows }, (_, row) => row);
  let best = 0;
  for (let column = 0; column < COLUMNS; column += 1) {
    const valueOf = (row: number): number => table.values[row * COLUMNS + column];
    for (const threshold of [-Infinity, ...all.map(valueOf).filter((value) => !Number.isNaN(value)), Infinity]) {
      for (const missingLeft of [true, false]) {
        const isLeft = (row: number): boolean => (Number.isNaN(valueOf(row)) ? missingLeft : valueOf(row) < threshold);
        const gain = score(all.filter(isLeft)) + score(all.filter((row) => !isLeft(row))) - score(all);
        if (gain > best) best = gain;
      }
    }
  }
  return best;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

function search(table: Table, cuts: CutRule, penalties: Penalties) {
  const bins = binFeatures({ rows: table.rows, columns: COLUMNS, values: table.values }, cuts, 256);
  const histogram = { gradient: new Float64Array(bins.slotCount), hessian: new Float64Array(bins.slotCount) };
  for (let row = 0; row < table.rows; row += 1) {
    for (let column = 0; column < COLUMNS; column += 1) {
      histogram.gradient[bins.slots[row * COLUMNS + column]] += table.gradient[row];
      histogram.hessian[bins.slots[row * COLUMNS + column]] += table.hessian[row];
    }
  }
  const best = createBestSplit();
  const query = {
    histogram,
    columns: Int32Array.of(0, 1, 2),
    gradient: sum(table.gradient),
    hessian: sum(table.hessian),
  };
  findBestSplit({ bins, cuts, ...penalties }, query, best);
  return best;
}

describe('findBestSplit', () => {
  for (const cuts of ['histogram', 'exact'] as const) {
    it(`finds the best of all splits by definition, and a threshold that makes it (${cuts})`, () => {
      for (let index = 0; index < 150; index += 1) {
        const table = randomTable(`split ${index}`);
        const penalties = { lambda: index % 3, alpha: (index % 4) / 4, minChildWeight: (index % 5) / 2 };
        const best = search(table, cuts, penalties);
        expect(best.gain).toBeCloseTo(bestGainByHand(table, penalties), 4);
        if (best.feature < 0) continue;
        let left = 0;
        for (let row = 0; row < table.rows; row += 1) {
          const value = table.values[row * COLUMNS + best.feature];
          if (Number.isNaN(value) ? best.defaultLeft : value < best.threshold) left += table.gradient[row];
        }
        expect(left).toBeCloseTo(best.leftGradient, 9);
      }
    });
  }

  it('gives a node lighter than the smallest child no weight', () => {
    const bins = binFeatures({ rows: 1, columns: 1, values: Float64Array.of(1) }, 'exact', 2);
    const rules = { bins, cuts: 'exact' as const, lambda: 1, alpha: 0.5, minChildWeight: 2 };
    expect(nodeWeight(rules, 3, 1.9)).toBe(0);
    expect(nodeWeight(rules, 3, 2)).toBe(Math.fround(-2.5 / 3));
    expect(nodeWeight(rules, -0.4, 2)).toBe(0);
  });
});
