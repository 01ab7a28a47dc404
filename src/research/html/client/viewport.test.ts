// Does the chart stay on its candles, whatever a reader does, and does the pointer read what is drawn?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linePath } from '../plot/line.ts';
import { horizontal, vertical } from '../plot/scale.ts';
import { heightAt, pathPoints } from './read-lines.ts';
import { isListed, plainText } from './trade-list.ts';
import {
  barAtTime,
  barsPerCandle,
  clampViewport,
  moveViewport,
  priceRange,
  viewportAround,
  zoomViewport,
  type Viewport,
} from './viewport.ts';

const BARS = 500;
const deed = fc.oneof(
  fc
    .double({ min: 0.2, max: 5, noNaN: true })
    .map((factor) => (view: Viewport) => zoomViewport(view, { factor, anchor: view.from + 3 }, BARS)),
  fc.double({ min: -4, max: 4, noNaN: true }).map((share) => (view: Viewport) => moveViewport(view, share, BARS)),
  fc.integer({ min: -50, max: BARS + 50 }).map((bar) => () => viewportAround(bar, bar + 9, BARS)),
);

describe('viewport', () => {
  it('stays inside the candles and never closes', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
        let view: Viewport = { from: 0, to: BARS };
        for (const act of deeds) {
          view = act(view);
          expect(view.from).toBeGreaterThanOrEqual(0);
          expect(view.to).toBeLessThanOrEqual(BARS + 1e-6);
          expect(view.to - view.from).toBeGreaterThanOrEqual(12 - 1e-6);
        }
      }),
      { seed: 61 },
    );
  });

  it('keeps the bar under the pointer where it is', () => {
    const view = { from: 100, to: 200 };
    const closer = zoomViewport(view, { factor: 0.5, anchor: 125 }, BARS);
    expect((125 - closer.from) / (closer.to - closer.from)).toBeCloseTo(0.25, 9);
    expect(zoomViewport({ from: 0, to: BARS }, { factor: 2, anchor: 10 }, BARS)).toEqual({ from: 0, to: BARS });
  });

  it('shows all of a market with fewer candles than the least', () => {
    expect(clampViewport({ from: 2, to: 3 }, 5)).toEqual({ from: 0, to: 5 });
  });

  it('holds the trade it was asked for', () => {
    const { from, to } = viewportAround(490, 499, BARS);
    expect(from).toBeLessThan(490);
    expect(to).toBe(BARS);
  });
});

describe('candles', () => {
  it('are found by time as by looking at each', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.integer({ min: -5, max: 210 }), (given, time) => {
        const openTime = Float64Array.from(given).sort();
        const wanted = Math.max(0, openTime.filter((open) => open <= time).length - 1);
        expect(barAtTime(openTime, time)).toBe(wanted);
      }),
      { seed: 62 },
    );
  });

  it('are drawn together where there is no room for each', () => {
    expect(barsPerCandle({ from: 0, to: 100 }, 1000, 3)).toBe(1);
    expect(barsPerCandle({ from: 0, to: 10_000 }, 1000, 3)).toBe(30);
  });

  it('all fit between lowest and highest price', () => {
    const low = Float64Array.from([5, 4, 9]);
    const high = Float64Array.from([8, 7, 12]);
    const [bottom, top] = priceRange({ low, high }, { from: 0, to: 2 }, [10]);
    expect(bottom).toBeLessThan(4);
    expect(top).toBeGreaterThan(10);
    expect(top).toBeLessThan(12);
    expect(priceRange({ low: new Float64Array(0), high: new Float64Array(0) }, { from: 0, to: 1 }, [])).toEqual([0, 1]);
  });
});

describe('reading lines', () => {
  it('gives back the drawn values at every point, also where points were left out', () => {
    const values = fc.array(fc.constantFrom(0, 0, 0, 1, 2.5, 7), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(values, (ys) => {
        const x = horizontal(0, ys.length - 1);
        const y = vertical(-1, 9);
        const points = pathPoints(linePath({ xs: ys.map((_, index) => index), ys }, x, y));
        ys.forEach((value, index) => {
          // Points are drawn to a tenth of a unit: between two steep ones that moves the reading.
          expect(Math.abs(heightAt(points, x.at(index)) - y.at(value))).toBeLessThan(4);
        });
      }),
      { seed: 63 },
    );
    expect(heightAt([], 5)).toBeNaN();
  });
});

describe('trade list', () => {
  it('sorts trades into exactly one kind of exit', () => {
    for (const reason of ['stop', 'trailing-stop', 'target', 'time-exit', 'liquidation']) {
      const kinds = [3, 4, 5].filter((filter) =>
        isListed({ net: 1, reason } as Parameters<typeof isListed>[0], filter),
      );
      expect(kinds).toHaveLength(1);
    }
  });

  it('prints no minus before nothing', () => {
    expect(plainText(-0.001, 2)).toBe('0.00');
    expect(plainText(-1.5, 1)).toBe('−1.5');
    expect(plainText(null, 1)).toBe('n/a');
    expect(plainText(NaN, 1)).toBe('n/a');
  });
});
