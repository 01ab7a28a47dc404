import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { leafOf } from './boosting-tree.ts';
import { binFeatures } from './feature-bins.ts';
import { createGrower, growTree } from './grow-tree.ts';

const COLUMNS = 3;

describe('growTree', () => {
  it('adds to every row, grown on or left out, the output of the leaf that its values lead to', () => {
    for (const cuts of ['histogram', 'exact'] as const) {
      for (let run = 0; run < 40; run += 1) {
        const random = createRandom(`grow ${run}`);
        const rows = 20 + random.below(200);
        const values = Float64Array.from({ length: rows * COLUMNS }, () =>
          random.next() < 0.1 ? NaN : Math.round(random.normal() * 8) / 8,
        );
        const gradients = Float32Array.from({ length: 2 * rows }, (_, at) =>
          at % 2 === 0 ? random.normal() : 0.1 + random.next(),
        );
        const bins = binFeatures({ rows, columns: COLUMNS, values }, cuts, 8);
        const grower = createGrower({
          bins,
          cuts,
          maxDepth: 1 + (run % 6),
          gamma: run % 3,
          learningRate: 0.5,
          lambda: 1,
          alpha: 0,
          minChildWeight: 0.5,
        });
        const shared = new Float32Array(rows);
        for (let tree = 0; tree < 3; tree += 1) {
          const order = Array.from({ length: rows }, (_, row) => row).sort(() => random.next() - 0.5);
          grower.rowOrder.set(order);
          const rowCount = Math.floor(rows * 0.6);
          const before = shared.slice();
          const input = { rowCount, gradients, features: Int32Array.of(0, 1, 2) };
          const grown = growTree(grower, input, shared);
          let hessian = 0;
          for (const row of order.slice(0, rowCount)) hessian += gradients[2 * row + 1];
          expect(grown.sumHessian[0]).toBeCloseTo(hessian, 3);
          for (let row = 0; row < rows; row += 1) {
            const output = grown.value[leafOf(grown, values, row * COLUMNS)];
            expect(shared[row]).toBe(Math.fround(before[row] + output));
          }
        }
      }
    }
  });
});
