// Is the volume of a day the sum over the candles that closed in it, holes and fillers and all?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { createTradedDay } from './traded-day.ts';

const history = fc
  .array(
    fc.record({
      gap: fc.constantFrom(0, 0, 0, 0, 1, 5, 30),
      volume: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 0, max: 100 }) },
        { weight: 1, arbitrary: fc.constant(NaN) },
      ),
      close: fc.integer({ min: 1, max: 50 }),
      isFilled: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .chain((bars) => fc.tuple(fc.constant(bars), fc.constantFrom(HOUR_MS, 4 * HOUR_MS, DAY_MS)))
  .map(([bars, barMs]) => {
    let openTime = 0;
    const candles = bars.map(({ gap, volume, close, isFilled }): Candle => {
      openTime += (gap + 1) * barMs;
      const flags = isFilled ? FLAG_FILLED : 0;
      return { openTime, closeTime: openTime + barMs, open: 1, high: 1, low: 1, close, volume, flags };
    });
    return { barMs, candles };
  });

describe('the day up to any moment', () => {
  it('holds what a sum over all candles so far finds (property)', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 40 }), ({ barMs, candles }, later) => {
        const day = createTradedDay(barMs);
        expect(day.quantity(0)).toBeNaN();
        candles.forEach((candle, index) => {
          day.update(candle);
          const time = candle.closeTime + later * HOUR_MS;
          const within = candles.slice(0, index + 1).filter(({ closeTime }) => closeTime > time - DAY_MS);
          const traded = within.map((each) => (each.flags === 0 ? each.volume : 0));
          const total = (values: readonly number[]): number =>
            within.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0);
          expect(day.quantity(time)).toBe(total(traded));
          expect(day.value(time)).toBe(total(within.map((each) => (each.flags === 0 ? each.volume * each.close : 0))));
        });
      }),
      { seed: 19, numRuns: 300 },
    );
  });
});
