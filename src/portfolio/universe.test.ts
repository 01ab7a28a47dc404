// Is a symbol in the universe exactly while it could be traded then, dead coins included, and never by later knowledge? (R15)
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCandleView, FLAG_FILLED, loadCandle, type Candle, type CandleSeries } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { createEmbeddedMarket } from '../simulation/embedded-market/create-embedded-market.ts';
import { createUniverse, type Universe, type UniverseParams, type UniverseStatus } from './universe.ts';

const START = Date.UTC(2024, 0, 1);
const PARAMS: UniverseParams = { minListingAgeDays: 30, minTradedValue24h: 0 };

const candle = (hour: number, more: Partial<Candle> = {}): Candle => {
  const openTime = START + hour * HOUR_MS;
  return { openTime, closeTime: openTime + HOUR_MS, open: 2, high: 2, low: 2, close: 2, volume: 50, flags: 0, ...more };
};
const closeAt = (hour: number): number => START + (hour + 1) * HOUR_MS;

/** Statuses at every close of `hours`, after the candles so far. */
function walk(candles: readonly Candle[], hours: number, params = PARAMS, listedAt?: number): UniverseStatus[] {
  const universe = createUniverse([{ symbol: 'A', listedAt }], HOUR_MS, params);
  const byClose = new Map(candles.map((each) => [each.closeTime, each]));
  return Array.from({ length: hours }, (_, hour) => {
    const now = byClose.get(closeAt(hour));
    if (now !== undefined) universe.update(0, now);
    return universe.status(0, closeAt(hour));
  });
}

const hoursFrom = (from: number, to: number): Candle[] =>
  Array.from({ length: to - from }, (_, index) => candle(from + index));

describe('a listing', () => {
  it('enters when it is old enough, to the candle, and leaves with its last candle', () => {
    const statuses = walk(hoursFrom(10, 900), 1_000);
    const first = 10 + 30 * 24 - 1;
    expect(statuses.slice(0, 10).every((status) => status === 'not-listed')).toBe(true);
    expect(statuses.slice(10, first).every((status) => status === 'too-young')).toBe(true);
    expect(statuses.slice(first, 900).every((status) => status === 'tradable')).toBe(true);
    expect(statuses.slice(900).every((status) => status === 'no-candle')).toBe(true);
  });

  it('counts its age from a listing time that is known, before or after its first candle', () => {
    const earlier = walk(hoursFrom(10, 900), 900, PARAMS, START - 20 * DAY_MS);
    expect(earlier.indexOf('tradable')).toBe(10 * 24 - 1);
    const later = walk(hoursFrom(0, 900), 900, PARAMS, START + 5 * DAY_MS);
    expect(later.lastIndexOf('not-listed')).toBe(5 * 24 - 1);
    expect(later.indexOf('tradable')).toBe(35 * 24 - 1);
  });

  it('is out during a hole and back after it', () => {
    const statuses = walk([...hoursFrom(0, 800), ...hoursFrom(810, 900)], 900);
    expect(statuses.slice(800, 810).every((status) => status === 'no-candle')).toBe(true);
    expect(statuses[799]).toBe('tradable');
    expect(statuses[810]).toBe('tradable');
  });

  it('needs the traded value of the last 24 hours, where one is asked for; filled candles traded nothing', () => {
    const params = { minListingAgeDays: 0, minTradedValue24h: 24 * 100 };
    expect(walk(hoursFrom(0, 40), 40, params).indexOf('tradable')).toBe(23);
    const filled = hoursFrom(0, 60).map((each, hour) => (hour === 30 ? { ...each, flags: FLAG_FILLED } : each));
    const statuses = walk(filled, 60, params);
    expect(statuses.map((status, hour) => (status === 'illiquid' ? hour : -1)).filter((hour) => hour > 23)).toEqual(
      Array.from({ length: 24 }, (_, index) => 30 + index),
    );
  });

  it('is not liquid where a volume is undefined, and unasked where any value will do', () => {
    const unknown = hoursFrom(0, 40).map((each) => ({ ...each, volume: NaN }));
    expect(walk(unknown, 40, { minListingAgeDays: 0, minTradedValue24h: 1 })[39]).toBe('illiquid');
    expect(walk(unknown, 40, { minListingAgeDays: 0, minTradedValue24h: 0 })[39]).toBe('tradable');
  });
});

/** What the rule says, from all candles that have closed by `time`. */
function byHand(candles: readonly Candle[], time: number, params: UniverseParams): boolean {
  const known = candles.filter(({ closeTime }) => closeTime <= time);
  if (known.length === 0 || known[known.length - 1].closeTime !== time) return false;
  if (time - known[0].openTime < params.minListingAgeDays * DAY_MS) return false;
  const value = known
    .filter(({ closeTime, flags }) => closeTime > time - DAY_MS && flags === 0)
    .reduce((sum, { close, volume }) => sum + close * volume, 0);
  return value >= params.minTradedValue24h;
}

const history = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 30 }),
      volume: fc.integer({ min: 0, max: 9 }),
      isFilled: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((steps) => {
    let hour = -1;
    return steps.map(({ step, volume, isFilled }) => {
      hour += step > 20 ? step : 1;
      return candle(hour, { volume, flags: isFilled ? FLAG_FILLED : 0 });
    });
  });
const anyParams = fc.record({
  minListingAgeDays: fc.constantFrom(0, 0.5, 1, 2),
  minTradedValue24h: fc.constantFrom(0, 20, 80),
});

describe('any history', () => {
  it('follows the rule at every close, and nothing that comes later changes it', () => {
    fc.assert(
      fc.property(fc.array(history, { minLength: 1, maxLength: 3 }), anyParams, (histories, params) => {
        const symbols = histories.map((_, index) => ({ symbol: `S${index}` }));
        const universe = createUniverse(symbols, HOUR_MS, params);
        const last = Math.max(...histories.map((candles) => candles[candles.length - 1].closeTime));
        for (let time = START; time <= last + HOUR_MS; time += HOUR_MS) {
          histories.forEach((candles, index) => {
            const now = candles.find(({ closeTime }) => closeTime === time);
            if (now !== undefined) universe.update(index, now);
          });
          const expected = symbols.filter((_, index) => byHand(histories[index], time, params));
          expect(universe.tradable(time)).toEqual(expected.map(({ symbol }) => symbol));
        }
      }),
      { seed: 15, numRuns: 100 },
    );
  });

  it('does not depend on how many candles of other symbols were taken in between', () => {
    const [alone, together] = [1, 2].map((count) => {
      const symbols = Array.from({ length: count }, (_, index) => ({ symbol: `S${index}` }));
      const universe = createUniverse(symbols, HOUR_MS, { minListingAgeDays: 1, minTradedValue24h: 50 });
      return hoursFrom(0, 80).map((each) => {
        for (let index = count - 1; index >= 0; index -= 1) universe.update(index, each);
        return universe.status(0, each.closeTime);
      });
    });
    expect(together).toEqual(alone);
  });
});

describe('a market with a late listing and a dead coin', () => {
  const market = createEmbeddedMarket({ seed: 1, years: 2 });
  const seriesOf = (symbol: string): CandleSeries => {
    const series = market.candles(symbol);
    if (series === undefined) throw new Error(`${symbol} is missing`);
    return series;
  };
  const all = market.symbols.map(seriesOf);
  const start = Math.min(...all.map(({ openTime }) => openTime[0]));
  const end = Math.max(...all.map(({ openTime, length }) => openTime[length - 1])) + HOUR_MS;

  /** First and last close at which each symbol was tradable. */
  function spans(universe: Universe): Map<string, { first: number; last: number }> {
    const view = createCandleView();
    const cursor = all.map(() => 0);
    const found = new Map<string, { first: number; last: number }>();
    for (let time = start + HOUR_MS; time <= end; time += HOUR_MS) {
      all.forEach((series, index) => {
        if (series.openTime[cursor[index]] + HOUR_MS !== time) return;
        loadCandle(view, series, cursor[index]);
        cursor[index] += 1;
        universe.update(index, view);
      });
      for (const symbol of universe.tradable(time)) {
        found.set(symbol, { first: found.get(symbol)?.first ?? time, last: time });
      }
    }
    return found;
  }

  it('has the dead coin until its last candle, and the late one from its age on', () => {
    const found = spans(
      createUniverse(
        market.symbols.map((symbol) => ({ symbol })),
        HOUR_MS,
        PARAMS,
      ),
    );
    expect([...found.keys()].toSorted()).toEqual([...market.symbols].toSorted());
    const dead = seriesOf('FOXTROTUSDT');
    const lastClose = dead.openTime[dead.length - 1] + HOUR_MS;
    expect(lastClose).toBeLessThan(end);
    expect(found.get('FOXTROTUSDT')).toEqual({ first: start + 30 * DAY_MS, last: lastClose });
    const late = seriesOf('ECHOUSDT');
    expect(late.openTime[0]).toBeGreaterThan(start);
    expect(found.get('ECHOUSDT')).toEqual({ first: late.openTime[0] + 30 * DAY_MS, last: end });
  });
});

it('refuses a symbol that stands in it twice', () => {
  expect(() => createUniverse([{ symbol: 'A' }, { symbol: 'A' }], HOUR_MS, PARAMS)).toThrow('twice');
});
