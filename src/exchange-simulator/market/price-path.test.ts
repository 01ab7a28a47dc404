// Does the path stay inside its candle, touch all four prices, and find the first moment of a level?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleAt, HOUR, INSTRUMENT, seriesOf, START } from '../../../test/scenarios/simulated-market.ts';
import type { Candle } from '../../domain/candle.ts';
import { exactPriceAt, firstReach, grainOf, pathOf, priceAt, rangeOf } from './price-path.ts';

const ticks = (count: number): number => Number((count / 10).toFixed(1));

/** Candles on the tick grid around 100. */
const candles: fc.Arbitrary<Candle> = fc
  .array(fc.integer({ min: 900, max: 1_100 }), { minLength: 4, maxLength: 4 })
  .map((prices) => {
    const high = Math.max(...prices);
    const low = Math.min(...prices);
    return candleAt(0, [ticks(prices[0]), ticks(high), ticks(low), ticks(prices[1])]);
  });

describe('the path of a candle', () => {
  it('goes open, low, high, close when it rises, and open, high, low, close when it falls', () => {
    const rising = pathOf(candleAt(0, [100, 103, 98, 102]), []);
    expect([...rising.price]).toEqual([100, 98, 103, 102]);
    expect([...rising.time]).toEqual([START, START + HOUR / 3, START + (2 * HOUR) / 3, START + HOUR - 1]);
    expect([...pathOf(candleAt(0, [102, 103, 98, 100]), []).price]).toEqual([102, 103, 98, 100]);
  });

  it('starts at the open, ends at the close, and has the high and the low of the candle (property)', () => {
    fc.assert(
      fc.property(candles, (candle) => {
        const path = pathOf(candle, []);
        expect(priceAt(path, candle.openTime, INSTRUMENT)).toBe(candle.open);
        expect(priceAt(path, candle.closeTime - 1, INSTRUMENT)).toBe(candle.close);
        const { high, low } = candle;
        expect(rangeOf(path, { from: candle.openTime, until: candle.closeTime - 1 }, INSTRUMENT)).toEqual({
          high,
          low,
        });
      }),
    );
  });

  it('lies on the tick grid between the points (property)', () => {
    fc.assert(
      fc.property(candles, fc.integer({ min: 0, max: HOUR - 1 }), (candle, after) => {
        const price = priceAt(pathOf(candle, []), START + after, INSTRUMENT);
        expect(Math.round(price * 10) / 10).toBe(price);
        expect(price).toBeGreaterThanOrEqual(candle.low);
        expect(price).toBeLessThanOrEqual(candle.high);
      }),
    );
  });

  it('finds the first moment of a level as a walk over all moments would (property)', () => {
    const minute = 60_000;
    const way = fc.constantFrom('up' as const, 'down' as const);
    fc.assert(
      fc.property(candles, fc.integer({ min: 890, max: 1_110 }), way, (hour, level, direction) => {
        const candle = { ...hour, closeTime: START + minute };
        const path = pathOf(candle, []);
        const sign = direction === 'up' ? 1 : -1;
        for (const after of [START - 1, START + 12_345, START + 40_000, START + minute]) {
          let expected = Infinity;
          for (let time = Math.max(START, after + 1); time < START + minute; time += 1) {
            if (sign * (exactPriceAt(path, time) - ticks(level)) < 0) continue;
            expected = time;
            break;
          }
          expect(firstReach(path, ticks(level), direction, after)).toBe(expected);
        }
      }),
      { numRuns: 15 },
    );
  });
});

const minutes = (last: number): Candle[] =>
  Array.from({ length: 12 }, (_, index) => {
    const intervalMs = HOUR / 12;
    if (index === 0) return candleAt(index, [100, 104, 100, 103], { intervalMs });
    if (index === 7) return candleAt(index, [99, 99, 97, 98], { intervalMs });
    return candleAt(index, index === 11 ? [101, 101, 101, last] : [100, 101, 99, 100], { intervalMs });
  });

describe('finer candles', () => {
  const hour = candleAt(0, [100, 104, 97, 101]);
  it('make the path where they fill the candle and agree with it', () => {
    const series = seriesOf(minutes(101));
    expect(grainOf(hour, [series])?.count).toBe(12);
    const path = pathOf(hour, [series]);
    // The finer candles have the high at the beginning, though the candle rises.
    expect(firstReach(path, 104, 'up', START - 1)).toBeLessThan(START + HOUR / 12);
    expect(firstReach(path, 97, 'down', START - 1)).toBeGreaterThan(START + (7 * HOUR) / 12);
    expect(priceAt(path, START + HOUR - 1, INSTRUMENT)).toBe(101);
  });

  it('are left out where one is missing or they contradict the candle', () => {
    const whole = minutes(101);
    expect(grainOf(hour, [seriesOf(whole.filter((_, index) => index !== 5))])).toBeUndefined();
    expect(grainOf(hour, [seriesOf(minutes(101.5))])).toBeUndefined();
    expect(grainOf({ ...hour, high: 105 }, [seriesOf(whole)])).toBeUndefined();
    expect(pathOf(hour, [seriesOf(minutes(101.5))])).toEqual(pathOf(hour, []));
  });

  it('jump where one opens away from the close before', () => {
    const path = pathOf(hour, [seriesOf(minutes(101))]);
    const jump = START + (7 * HOUR) / 12;
    expect(priceAt(path, jump - 1, INSTRUMENT)).toBe(100);
    expect(priceAt(path, jump, INSTRUMENT)).toBe(99);
    expect(firstReach(path, 98.5, 'down', START - 1)).toBeGreaterThan(jump);
    expect(firstReach(path, 99, 'down', START + (6.9 * HOUR) / 12)).toBe(jump);
  });
});
