// Is every price of a minute told once, however often the minute was looked at? Cut anywhere, what was seen adds up, and nothing is seen twice.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../domain/candle.ts';
import { isHole, joined, MINUTE_MS, newsOf, type SeenMinute } from './seen-minute.ts';

/** The state of a minute after these trades of one unit each. */
const stateOf = (prices: readonly number[], openTime = 0): Candle => ({
  openTime,
  closeTime: openTime + MINUTE_MS,
  open: prices[0],
  high: Math.max(...prices),
  low: Math.min(...prices),
  close: prices[prices.length - 1],
  volume: prices.length,
  flags: 0,
});

const trades = fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 2, maxLength: 12 });

describe('a minute that is looked at again and again', () => {
  it('tells of every look what is new in it: no extreme is lost, and none of before is told again', () => {
    fc.assert(
      fc.property(trades, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (prices, looks) => {
        let seen: SeenMinute | undefined;
        let whole: ReturnType<typeof joined> | undefined;
        let from = 0;
        for (let until = 1; until <= prices.length; until += 1) {
          if (!looks[until - 1] && until < prices.length) continue;
          const news = newsOf(seen, stateOf(prices.slice(0, until)), until === prices.length);
          // From the last price that was known: what was traded since lies within, unless an extreme of before was met again.
          const since = prices.slice(from === 0 ? 0 : from - 1, until);
          expect(news?.beat.close).toBe(prices[until - 1]);
          expect(news?.beat.volume).toBe(until - from);
          const before = prices.slice(0, from);
          const isNewHigh = Math.max(...since) > Math.max(...before);
          const isNewLow = Math.min(...since) < Math.min(...before);
          const ends = [since[0], prices[until - 1]];
          expect(news?.beat.high).toBe(isNewHigh ? Math.max(...since) : Math.max(...ends));
          expect(news?.beat.low).toBe(isNewLow ? Math.min(...since) : Math.min(...ends));
          seen = news?.minute;
          whole = news === undefined ? whole : joined(whole, news.beat);
          from = until;
        }
        const { high, low, close, volume } = stateOf(prices);
        expect(whole).toEqual({ high, low, close, volume });
      }),
    );
  });

  it('tells nothing after its end, and nothing of a minute before', () => {
    const over = newsOf(undefined, stateOf([100, 101], MINUTE_MS), true)?.minute;
    expect(newsOf(over, stateOf([100, 101, 99], MINUTE_MS), true)).toBeUndefined();
    expect(newsOf(over, stateOf([100], 0), true)).toBeUndefined();
  });

  it('is followed by the next one without a hole only when its end was seen', () => {
    const running = newsOf(undefined, stateOf([100]), false)?.minute;
    const over = newsOf(running, stateOf([100, 101]), true)?.minute;
    expect(isHole(undefined, 5 * MINUTE_MS)).toBe(false);
    expect(isHole(running, 0)).toBe(false);
    expect(isHole(running, MINUTE_MS)).toBe(true);
    expect(isHole(over, MINUTE_MS)).toBe(false);
    expect(isHole(over, 2 * MINUTE_MS)).toBe(true);
  });
});
