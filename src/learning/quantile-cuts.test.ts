import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binBounds } from './quantile-cuts.ts';

const columns = fc
  .array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.float({ noNaN: true, noDefaultInfinity: true })), {
    minLength: 1,
    maxLength: 400,
  })
  .map((values) => Float32Array.from(values, (value) => value + 0).sort());

describe('binBounds', () => {
  it('keeps every distinct value while they fit', () => {
    expect([...binBounds(Float32Array.of(1, 1, 2, 5, 5), 3)]).toEqual([1, 2, 5]);
    expect([...binBounds(new Float32Array(0), 4)]).toEqual([]);
  });

  it('gives rising values of the column, the lowest first, and no more than asked for', () => {
    fc.assert(
      fc.property(columns, fc.integer({ min: 2, max: 40 }), (sorted, maxBins) => {
        const bounds = binBounds(sorted, maxBins);
        expect(bounds.length).toBeLessThanOrEqual(maxBins);
        expect(bounds[0]).toBe(sorted[0]);
        for (const [index, bound] of bounds.entries()) {
          expect(sorted.includes(bound)).toBe(true);
          if (index > 0) expect(bound).toBeGreaterThan(bounds[index - 1]);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('fills the bins of distinct values nearly evenly', () => {
    const sorted = Float32Array.from({ length: 5000 }, (_, index) => index);
    const bounds = binBounds(sorted, 50);
    expect(bounds.length).toBe(50);
    const sizes = Array.from(bounds, (bound, index) => (bounds[index + 1] ?? sorted.length) - bound);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(85);
    expect(Math.max(...sizes)).toBeLessThan(125);
  });
});
