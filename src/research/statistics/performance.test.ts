// Do performance figures keep the properties that any equity curve has?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../../domain/errors.ts';
import { createRandom } from '../../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';
import { performance } from './performance.ts';

const hourly = (count: number): Float64Array => Float64Array.from({ length: count }, (_, index) => index * HOUR_MS);

function walk(seed: number, count: number, start = 1_000): Float64Array {
  const random = createRandom(seed);
  const equity = new Float64Array(count).fill(start);
  for (let i = 1; i < count; i += 1) equity[i] = equity[i - 1] * (1 + 0.004 * random.normal());
  return equity;
}

const figures = (equity: Float64Array, extra = {}): ReturnType<typeof performance> =>
  performance({ time: hourly(equity.length), equity, trades: [], ...extra });

describe('performance', () => {
  it('does not depend on the size of the account', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -40, max: 40 }), (seed, exponent) => {
        const equity = walk(seed, 24 * 30);
        const small = figures(equity);
        const scaled = figures(equity.map((value) => value * 2 ** exponent));
        for (const name of ['sharpeDaily', 'sharpeBar', 'sharpeLo', 'sortinoDaily', 'maxDrawdown', 'calmar'] as const)
          expect(scaled[name]).toBe(small[name]);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it('keeps drawdown within 0 and 1, and it is the deepest pair of any earlier and later point', () => {
    const values = fc.array(fc.integer({ min: -5, max: 60 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, (points) => {
        const equity = Float64Array.from([50, ...points]);
        const result = figures(equity);
        const end = result.ruinedAtIndex ?? points.length;
        let deepest = 0;
        for (let i = 0; i <= end; i += 1)
          for (let j = i; j <= end && equity[i] > 0; j += 1)
            deepest = Math.max(deepest, 1 - Math.max(0, equity[j]) / equity[i]);
        expect(result.maxDrawdown).toBe(deepest);
        expect(deepest).toBeLessThanOrEqual(1);
        if (result.ruinedAtIndex !== undefined) expect(result.totalReturn).toBe(-1);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('finds the whole days of any step between points', () => {
    const time = Float64Array.from({ length: 40 }, (_, index) => 5 * HOUR_MS + index * 7 * HOUR_MS);
    const { dailyReturns } = performance({ time, equity: walk(5, 40), trades: [] });
    expect(dailyReturns.length).toBe(time.filter((at) => at % DAY_MS === 0).length - 1);
  });

  it('has no Sharpe ratio where returns do not vary, at any growth', () => {
    for (const growth of [0.9, 0.9999, 1, 1.000001, 1.01, 3]) {
      const equity = Float64Array.from({ length: 24 * 25 }, (_, index) => 7 * growth ** (index / 24));
      const result = figures(equity);
      expect(result.sharpeDaily).toBeUndefined();
      expect(result.sharpeBar).toBeUndefined();
      expect(result.sharpeNeweyWest).toBeUndefined();
      expect(result.sharpeLo).toBeUndefined();
      expect(result.sharpeCautious).toBeUndefined();
      expect(result.skew).toBeUndefined();
    }
  });

  it('gates on the smallest of the three Sharpe ratios', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { sharpeDaily, sharpeNeweyWest, sharpeLo, sharpeCautious } = figures(walk(seed, 24 * 40));
      const known = [sharpeDaily, sharpeNeweyWest, sharpeLo].filter((value) => value !== undefined);
      expect(known.length).toBeGreaterThanOrEqual(2);
      expect(sharpeCautious).toBe(Math.min(...known));
    }
    const short = figures(walk(1, 24 * 10));
    expect(short.sharpeLo).toBeUndefined();
    expect(short.sharpeCautious).toBe(short.sharpeDaily);
  });

  it('leaves exposure and turnover undefined where positions and fills are not given', () => {
    const result = figures(walk(6, 30));
    expect(result.exposureTime).toBeUndefined();
    expect(result.turnoverAnnual).toBeUndefined();
  });

  it('refuses equity that is not a number and columns of unequal length', () => {
    expect(() => figures(Float64Array.of(1, Number.NaN, 2))).toThrow(PerpilotError);
    expect(() => performance({ time: hourly(2), equity: Float64Array.of(1, 2, 3), trades: [] })).toThrow(PerpilotError);
    expect(() => figures(walk(1, 5), { positionNotional: new Float64Array(4) })).toThrow(PerpilotError);
  });
});
