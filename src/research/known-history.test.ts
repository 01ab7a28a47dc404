// Does a history that ends at a close hold anything later, and is a hidden future there again afterwards?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketOf } from '../../test/leaks/leak-soil.ts';
import { sliceSeries } from '../domain/candle.ts';
import { closeOf, knownHistory, withoutFuture } from './known-history.ts';

const whole = marketOf('known-history');
const market = { ...whole, finer: [sliceSeries(whole.series, 5, 900)] };
const { series, funding } = market;
const cuts = fc.integer({ min: 1, max: series.length - 1 });

describe('a known history', () => {
  it('ends at the cut in every array, with nothing behind it in memory', () => {
    fc.assert(
      fc.property(cuts, fc.nat(400), (to, back) => {
        const from = Math.max(0, to - 1 - back);
        const known = knownHistory(market, { from, to });
        const until = closeOf(series, to - 1);
        expect(known.series.length).toBe(to - from);
        for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume', 'flags'] as const) {
          expect(known.series[name]).toEqual(series[name].slice(from, to));
          expect(known.series[name].buffer.byteLength).toBe(known.series[name].byteLength);
        }
        const stamps = funding?.time.filter((time) => time <= until);
        expect(known.funding?.time).toEqual(stamps);
        expect(known.funding?.rate.buffer.byteLength).toBe(known.funding?.rate.byteLength);
        const finer = known.finer[0];
        expect(finer.length).toBe(market.finer[0].openTime.filter((time) => time + finer.intervalMs <= until).length);
        expect(finer.close.buffer.byteLength).toBe(finer.close.byteLength);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

const fail = (): never => {
  throw new Error('inside');
};

describe('hiding the future', () => {
  it('leaves what was known, blanks the rest, and gives it back', () => {
    fc.assert(
      fc.property(cuts, (cut) => {
        const before = structuredClone(market);
        withoutFuture(market, cut, () => {
          expect(series.close.subarray(0, cut)).toEqual(before.series.close.subarray(0, cut));
          for (const column of [series.openTime, series.open, series.high, series.low, series.close, series.volume]) {
            expect(column.subarray(cut).every(Number.isNaN)).toBe(true);
          }
          const until = closeOf(series, cut - 1);
          const known = before.funding?.time.filter((time) => time <= until).length ?? 0;
          expect(funding?.rate.findIndex(Number.isNaN)).toBe(known === funding?.length ? -1 : known);
        });
        expect(market).toEqual(before);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('gives it back after an error too', () => {
    const before = structuredClone(market);
    expect(() => withoutFuture(market, 10, fail)).toThrow('inside');
    expect(market).toEqual(before);
  });
});
