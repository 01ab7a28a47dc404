// Does a scale put values where they belong, and does a range hold what it must show?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogram } from './histogram.ts';
import { linePath } from './line.ts';
import { horizontal, logShare, rangeOf, UNITS, vertical } from './scale.ts';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('scales', () => {
  it('map their borders to the borders of the chart, upwards and to the right', () => {
    const x = horizontal(10, 20);
    const y = vertical(-1, 1);
    expect([x.at(10), x.at(15), x.at(20)]).toEqual([0, UNITS / 2, UNITS]);
    expect([y.at(-1), y.at(0), y.at(1)]).toEqual([UNITS, UNITS / 2, 0]);
  });

  it('put everything into the middle of a range without width', () => {
    expect(horizontal(3, 3).at(3)).toBe(UNITS / 2);
    expect(vertical(NaN, NaN).at(1)).toBe(UNITS / 2);
  });

  it('keep every value of a range inside the chart', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 30 }),
        fc.array(finite, { maxLength: 3 }),
        (values, include) => {
          const y = vertical(...rangeOf([...values, NaN], { include }));
          for (const value of [...values, ...include]) {
            expect(y.at(value)).toBeGreaterThanOrEqual(-1e-6);
            expect(y.at(value)).toBeLessThanOrEqual(UNITS + 1e-6);
          }
        },
      ),
      { seed: 21 },
    );
    expect(rangeOf([])).toEqual([0, 1]);
    expect(rangeOf([2, 10], { include: [0], margin: 0.1 })).toEqual([0, 11]);
  });

  it('show one of many on a logarithmic scale, and nothing as nothing', () => {
    expect(logShare(0, 1000)).toBe(0);
    expect(logShare(1, 1000)).toBeGreaterThan(0.05);
    expect(logShare(1000, 1000)).toBe(1);
    expect(logShare(5, 0)).toBe(0);
  });
});

describe('histogram', () => {
  it('counts every finite value once, in bins that zero divides', () => {
    fc.assert(
      fc.property(fc.array(finite, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (values, wanted) => {
        const bins = histogram([...values, NaN, Infinity], wanted);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        for (const { from, to } of bins) expect(from < 0 && to > 0).toBe(false);
        for (const { from, to, count } of bins) {
          const inside = values.filter((value) => value >= from && value < to).length;
          const atEnd = bins.at(-1)?.to === to ? values.filter((value) => value === to).length : 0;
          // A border that is no double may move a value that lies on it by one bin.
          const onBorder = values.filter(
            (value) => Math.min(Math.abs(value - from), Math.abs(value - to)) < 1e-9 * (to - from),
          ).length;
          expect(Math.abs(count - inside - atEnd)).toBeLessThanOrEqual(onBorder);
        }
      }),
      { seed: 22 },
    );
    expect(histogram([], 5)).toEqual([]);
    expect(histogram([0, 0], 5)).toEqual([{ from: 0, to: 1, count: 2 }]);
  });
});

describe('line', () => {
  const x = horizontal(0, 4);
  const y = vertical(0, 10);

  it('breaks where a value is undefined and leaves out what says nothing', () => {
    expect(linePath({ xs: [0, 1, 2, 3, 4], ys: [0, 10, NaN, 5, 5] }, x, y)).toBe('M0 1000L250 0M750 500L1000 500');
    expect(linePath({ xs: [0, 1, 2, 3, 4], ys: [5, 5, 5, 5, 0] }, x, y)).toBe('M0 500L750 500L1000 1000');
    expect(linePath({ xs: [], ys: [] }, x, y)).toBe('');
  });
});
