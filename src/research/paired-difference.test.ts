import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { createDayResamples } from './day-resamples.ts';
import { dailyDifference, drawsOf, MIN_DAYS_APART, pairedDifference, sharedBlockOf } from './paired-difference.ts';

const DAYS = 120;
const returnsOf = (seed: string, spread = 0.01, drift = 0): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: DAYS }, () => drift + spread * random.normal());
};

const averageOn = (returns: Float64Array, days: readonly number[]): number =>
  days.reduce((sum, day) => sum + returns[day], 0) / days.length;

/** The same from the definition: both accounts read on the drawn days, replicates sorted, quantiles interpolated. */
function byBruteForce(whole: Float64Array, other: Float64Array, resamples: readonly Int32Array[]) {
  const everyDay = Array.from(whole.keys());
  const seen = 365 * (averageOn(whole, everyDay) - averageOn(other, everyDay));
  const drawn = resamples
    .map((days) => 365 * (averageOn(whole, [...days]) - averageOn(other, [...days])))
    .sort((a, b) => a - b);
  const quantile = (share: number): number => {
    const at = share * (drawn.length - 1);
    const below = Math.floor(at);
    return drawn[below] + (at - below) * ((drawn[below + 1] ?? drawn[below]) - drawn[below]);
  };
  const asFar = drawn.filter((value) => Math.abs(value - seen) >= Math.abs(seen)).length;
  return {
    perYear: seen,
    low: quantile(0.025),
    high: quantile(0.975),
    pValue: (1 + asFar) / (1 + drawn.length),
  };
}

describe('a paired difference', () => {
  it('is that of both accounts read on the same drawn days', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: -0.003, max: 0.003, noNaN: true }), (seed, drift) => {
        const whole = returnsOf(`whole ${seed}`, 0.01, drift);
        const other = returnsOf(`other ${seed}`);
        const resamples = createDayResamples(`test ${seed}`, 80).of(DAYS, 3);
        const found = pairedDifference(dailyDifference(whole, other), drawsOf(resamples, DAYS));
        const wanted = byBruteForce(whole, other, resamples);
        expect(found.daysApart).toBeGreaterThanOrEqual(MIN_DAYS_APART);
        expect(found.perYear).toBeCloseTo(wanted.perYear, 10);
        expect(found.interval?.low).toBeCloseTo(wanted.low, 10);
        expect(found.interval?.high).toBeCloseTo(wanted.high, 10);
        expect(found.pValue).toBe(wanted.pValue);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it('turns its sign with its accounts', () => {
    const [whole, other] = [returnsOf('a'), returnsOf('b')];
    const draws = drawsOf(createDayResamples('turn', 200).of(DAYS, 2), DAYS);
    const forth = pairedDifference(dailyDifference(whole, other), draws);
    const back = pairedDifference(dailyDifference(other, whole), draws);
    expect(back.perYear).toBeCloseTo(-(forth.perYear ?? NaN), 12);
    expect(back.interval?.low).toBeCloseTo(-(forth.interval?.high ?? NaN), 12);
    expect(back.pValue).toBe(forth.pValue);
  });

  it('sees a small gain that two separate intervals would lose in the market they share', () => {
    const market = returnsOf('market', 0.03);
    const noise = returnsOf('noise', 0.001);
    const whole = market.map((value, day) => value + noise[day] + 0.001);
    const draws = drawsOf(createDayResamples('paired', 500).of(DAYS, 2), DAYS);
    const { interval, pValue } = pairedDifference(dailyDifference(whole, market), draws);
    expect(interval?.low).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(0.01);
    const alone = pairedDifference(dailyDifference(whole, new Float64Array(DAYS)), draws);
    expect(alone.interval?.low).toBeLessThan(0);
  });

  it('finds a difference where there is none about as often as it says', () => {
    const draws = drawsOf(createDayResamples('null', 200).of(DAYS, 1), DAYS);
    const found = Array.from({ length: 300 }, (_, run) =>
      pairedDifference(dailyDifference(returnsOf(`x ${run}`), returnsOf(`y ${run}`)), draws),
    );
    const rejected = found.filter(({ pValue = 1 }) => pValue < 0.05).length / found.length;
    expect(rejected).toBeGreaterThan(0.015);
    expect(rejected).toBeLessThan(0.1);
  });

  it('says nothing of chance where the accounts hardly ever differ, and 0 where they never do', () => {
    const draws = drawsOf(createDayResamples('few', 100).of(DAYS, 2), DAYS);
    const few = new Float64Array(DAYS).fill(1e-9);
    for (let day = 0; day < MIN_DAYS_APART - 1; day += 1) few[day * 5] = 0.01;
    expect(pairedDifference(few, draws)).toMatchObject({
      daysApart: MIN_DAYS_APART - 1,
      interval: undefined,
      pValue: undefined,
    });
    few[119] = 0.01;
    expect(pairedDifference(few, draws)).toMatchObject({ daysApart: MIN_DAYS_APART, pValue: expect.any(Number) });
    expect(pairedDifference(new Float64Array(DAYS), draws)).toMatchObject({ daysApart: 0, perYear: 0 });
    expect(pairedDifference(new Float64Array(0), []).perYear).toBeUndefined();
  });

  it('is refused for accounts of other days', () => {
    expect(() => dailyDifference([1, 2], [1])).toThrow(/2 and 1 daily returns are not of the same days/);
  });
});

describe('the block that differences share', () => {
  it('is the longest that one of them asks for, but no longer than sparse days can carry', () => {
    const short = returnsOf('short');
    const trend = Float64Array.from({ length: DAYS }, (_, day) => Math.sin(day / 20));
    expect(sharedBlockOf([short])).toBeLessThan(sharedBlockOf([short, trend]));
    expect(sharedBlockOf([short, trend])).toBe(Math.ceil(2 * Math.cbrt(DAYS)));
    expect(sharedBlockOf([])).toBe(1);
  });
});
