// Are stored candles taken as they are, and others made of the longest that divide the interval?
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { markSeries } from '../domain/candle-quality.ts';
import { MINUTE_MS, parseInterval } from '../domain/time.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import { createRandomWalk } from '../simulation/embedded-market/null-markets.ts';
import { createEmbeddedSource } from '../simulation/embedded-market/embedded-source.ts';
import { decisionCandles, symbolsWithCandles } from './decision-candles.ts';

const { data } = loadConfig().config;
const embedded = createEmbeddedSource({ seed: 1, years: 0.1, marks: data });

/** Four days of candles by symbol and interval; a store is what it holds. */
function storeOf(stored: Readonly<Record<string, readonly string[]>>): MarketDataSource {
  return {
    ...embedded,
    symbols: async (interval) => Object.keys(stored).filter((symbol) => stored[symbol].includes(interval)),
    async candles(symbol, interval) {
      if (!stored[symbol].includes(interval)) return undefined;
      const intervalMs = parseInterval(interval) ?? NaN;
      const bars = (4 * 24 * 60 * MINUTE_MS) / intervalMs;
      return markSeries(createRandomWalk({ seed: interval, symbol, bars, intervalMs }).candles, data);
    },
  };
}

const madeOf = async (stored: readonly string[], interval: string): Promise<string | undefined> =>
  (await decisionCandles(storeOf({ AUSDT: stored }), 'AUSDT', { ...data, interval }))?.madeOf;

describe('the candles that decisions are made on', () => {
  it('are the stored ones, else made of the longest that divide the interval, else unknown', async () => {
    expect(await madeOf(['1m', '15m', '1h', '4h'], '4h')).toBe('4h');
    expect(await madeOf(['1m', '15m', '1h'], '4h')).toBe('1h');
    expect(await madeOf(['1m', '15m', '1d'], '4h')).toBe('15m');
    // Eight hours do not divide twelve.
    expect(await madeOf(['8h', '6h'], '12h')).toBe('6h');
    expect(await madeOf(['8h'], '12h')).toBeUndefined();
    expect(await madeOf(['4h', '1d'], '1h')).toBeUndefined();
  });

  it('are marked in their own interval', async () => {
    const found = await decisionCandles(storeOf({ AUSDT: ['1h'] }), 'AUSDT', { ...data, interval: '6h' });
    expect(found?.series).toMatchObject({ intervalMs: 6 * 60 * MINUTE_MS, length: 16 });
    expect(found?.series.flags[0]).not.toBe(0);
  });

  it('are there for every symbol that has them in one way or the other, each once', async () => {
    const store = storeOf({ BUSDT: ['1h', '15m'], AUSDT: ['15m'], CUSDT: ['1d'], DUSDT: ['4h'] });
    expect(await symbolsWithCandles(store, '4h')).toEqual(['AUSDT', 'BUSDT', 'DUSDT']);
    expect(await symbolsWithCandles(store, '1m')).toEqual([]);
  });
});
