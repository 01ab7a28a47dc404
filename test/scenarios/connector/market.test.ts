// What does the connector tell of the market? Closed candles only, all of them, and contracts as they are now.
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import type { Candle } from '../../../src/domain/candle.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import { hours, tapeSymbol, type Prices } from '../exchange-market.ts';
import { seriesOf, START } from '../simulated-market.ts';
import { openVenue, type LocalVenue } from './local-venue.ts';

const venues: readonly VenueName[] = ['bybit', 'binance'];
const COUNT = 3_400;
const prices = Array.from({ length: COUNT }, (_, index): Prices => {
  const open = 100 + (index % 50) * 0.1;
  return [open, open + 1, open - 1, open + 0.1];
});
const CANDLES = hours(prices);
const LONG = { tape: { symbols: [tapeSymbol(seriesOf(CANDLES), { symbol: 'LONGUSDT' })] } };

/** All candles from a time on, page by page, as a download asks for them. */
async function all(connection: VenueConnection, from: number, limit?: number): Promise<readonly Candle[]> {
  const candles: Candle[] = [];
  for (let next = from; ;) {
    const page = await connection.market.candles({
      symbol: 'LONGUSDT',
      intervalMs: HOUR_MS,
      from: next,
      limit,
      price: 'trade',
    });
    if (page.length === 0) return candles;
    candles.push(...page);
    next = page[page.length - 1].openTime + 1;
  }
}

describe.each(venues)('%s', (venue) => {
  test('candles, page by page, are the source without the one that is still open', async () => {
    await using local = await openVenue({ venue, exchange: LONG });
    await local.running.advance(START + 3_300 * HOUR_MS + 20 * MINUTE_MS);
    const candles = await all(local.connection, START);
    expect(candles).toEqual(CANDLES.slice(0, 3_300));
    await local.running.advance(START + 3_301 * HOUR_MS);
    const later = await all(local.connection, candles[candles.length - 1].closeTime);
    expect(later).toEqual(CANDLES.slice(3_300, 3_301));
  });

  test('a start years before the listing costs few questions', async () => {
    await using local = await openVenue({ venue, exchange: LONG });
    await local.running.advance(START + 5 * HOUR_MS);
    const before = local.requests.length;
    const candles = await all(local.connection, START - 10 * 365 * 24 * HOUR_MS, 100);
    expect(candles).toEqual(CANDLES.slice(0, 5));
    expect(local.requests.length - before).toBeLessThan(30);
  });

  test('a start off the grid begins with the next candle', async () => {
    await using local = await openVenue({ venue, exchange: LONG });
    await local.running.advance(START + 5 * HOUR_MS);
    const candles = await local.connection.market.candles({
      symbol: 'LONGUSDT',
      intervalMs: HOUR_MS,
      from: START + 1,
      limit: 2,
      price: 'trade',
    });
    expect(candles.map(({ openTime }) => openTime)).toEqual([START + HOUR_MS, START + 2 * HOUR_MS]);
  });

  test('candles of the mark price have no volume', async () => {
    await using local = await openVenue({ venue });
    await local.running.advance(START + 3 * HOUR_MS);
    const query = { symbol: 'AAAUSDT', intervalMs: HOUR_MS, from: START, price: 'mark' } as const;
    const candles = await local.connection.market.candles(query);
    expect(candles).toHaveLength(3);
    expect(candles.every(({ volume, open }) => volume === 0 && open === 100)).toBe(true);
  });

  test('an interval that the venue does not have, and a symbol that is none, are refused', async () => {
    await using local = await openVenue({ venue });
    const { market } = local.connection;
    const query = { symbol: 'AAAUSDT', intervalMs: 7 * MINUTE_MS, from: START, price: 'trade' } as const;
    await expect(market.candles(query)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await local.running.advance(START + 2 * HOUR_MS);
    for (const symbol of ['NOSUCHUSDT', 'aaa', 'A&B', '', 'X'.repeat(100)]) {
      const asked = market.candles({ ...query, symbol, intervalMs: HOUR_MS });
      await expect(asked).rejects.toMatchObject({ code: 'SYMBOL_UNKNOWN', orderMayExist: false });
    }
  });

  test('contracts are asked for anew each time, and a failure is not remembered', async () => {
    await using local = await openVenue({ venue });
    const { market } = local.connection;
    const tickOf = async (): Promise<number | undefined> => {
      const listed = await market.instruments();
      return listed.find(({ instrument }) => instrument.symbol === 'AAAUSDT')?.instrument.tickSize;
    };
    local.fail({ path: /instruments-info|exchangeInfo/, fate: { kind: 'reset', commit: true }, times: 4 });
    await expect(market.instruments()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(await tickOf()).toBe(0.1);
    local.exchange.fate.changeInstrument('AAAUSDT', { tickSize: 0.5 });
    expect(await tickOf()).toBe(0.5);
  });

  test('a delisting is told of one symbol, and the others go on (L16)', async () => {
    await using local = await openVenue({ venue });
    const { market } = local.connection;
    const at = START + 6 * HOUR_MS;
    const of = async (symbol: string) => (await market.instruments()).find((each) => each.instrument.symbol === symbol);
    expect((await of('DDDUSDT'))?.delistingAt).toBeUndefined();
    local.exchange.fate.delist('DDDUSDT', at);
    expect(await of('DDDUSDT')).toMatchObject({ delistingAt: at });
    await local.running.advance(START + 7 * HOUR_MS);
    const gone = await of('DDDUSDT');
    expect(gone === undefined || gone.status === 'closed' || gone.status === 'closing').toBe(true);
    expect(await of('AAAUSDT')).toMatchObject({ status: 'trading', delistingAt: undefined });
    const tickers = await market.tickers();
    expect(tickers.map(({ symbol }) => symbol)).toContain('AAAUSDT');
    const order = {
      clientOrderId: 'd-1',
      side: 'buy',
      quantity: 1,
      reduceOnly: false,
      type: 'market',
      safety: false,
    } as const;
    const refused = local.connection.account.place({ ...order, symbol: 'DDDUSDT' });
    await expect(refused).rejects.toMatchObject({ orderMayExist: false, retryable: false });
    await local.connection.account.place({ ...order, symbol: 'AAAUSDT' });
  });

  test('funding is told between two times, rising', async () => {
    await using local = await openVenue({ venue });
    await local.running.advance(START + 20 * HOUR_MS);
    const until = START + 20 * HOUR_MS;
    const stamps = await local.connection.market.fundingHistory({ symbol: 'AAAUSDT', from: START + 1, until });
    expect(stamps).toEqual([8, 16].map((hour) => ({ time: START + hour * HOUR_MS, rate: 0.0003 })));
  });

  test('a price that no market made is not believed as a candle', async () => {
    await using local: LocalVenue = await openVenue({ venue });
    await local.running.advance(START + 3 * HOUR_MS);
    local.exchange.fate.reviseCandle('AAAUSDT', START + HOUR_MS, { low: 0 }, false);
    const query = { symbol: 'AAAUSDT', intervalMs: HOUR_MS, from: START, price: 'trade' } as const;
    await expect(local.connection.market.candles(query)).rejects.toMatchObject({
      code: 'REPLY_INVALID',
      retryable: true,
    });
  });
});
