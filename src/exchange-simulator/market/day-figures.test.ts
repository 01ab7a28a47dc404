// Do the figures of the last 24 hours, kept as time runs, equal those counted anew each time?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleAt, HOUR, START } from '../../../test/scenarios/simulated-market.ts';
import { FLAG_FILLED } from '../../domain/candle.ts';
import { DAY_MS } from '../../domain/time.ts';
import { createRollingDay } from './day-figures.ts';

const step = fc.record({
  hole: fc.integer({ min: 1, max: 40 }).map((hours) => (hours > 30 ? hours : 1)),
  prices: fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 4, maxLength: 4 }),
  volume: fc.integer({ min: 0, max: 1_000 }),
  filled: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
});

describe('the figures of a day', () => {
  it('equal a recount over the candles (property)', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
        const day = createRollingDay(HOUR);
        let hour = 0;
        const closed = steps.map(({ hole, prices, volume, filled }) => {
          hour += hole;
          const [open, close] = prices;
          const each = [open, Math.max(...prices), Math.min(...prices), close] as const;
          const candle = { ...candleAt(hour, each, { flags: filled ? FLAG_FILLED : 0 }), volume };
          day.update(candle);
          return candle;
        });
        for (const after of [0, 1, HOUR / 2, 5 * HOUR, 23 * HOUR]) {
          const now = closed[closed.length - 1].closeTime + after;
          const inside = closed.filter(({ closeTime }) => closeTime > now - DAY_MS);
          const traded = inside.map((candle) => (candle.flags === 0 ? candle.volume : 0));
          const figures = day.at(now);
          expect(figures.volume).toBeCloseTo(
            traded.reduce((sum, volume) => sum + volume, 0),
            6,
          );
          expect(figures.turnover).toBeCloseTo(
            traded.reduce((sum, volume, index) => sum + volume * inside[index].close, 0),
            4,
          );
          expect(figures.open).toBe(inside[0]?.open ?? NaN);
          expect(figures.high).toBe(inside.length === 0 ? NaN : Math.max(...inside.map(({ high }) => high)));
          expect(figures.low).toBe(inside.length === 0 ? NaN : Math.min(...inside.map(({ low }) => low)));
        }
      }),
    );
  });

  it('are unknown before the first candle', () => {
    expect(createRollingDay(HOUR).at(START)).toEqual({ open: NaN, high: NaN, low: NaN, volume: 0, turnover: 0 });
  });
});
