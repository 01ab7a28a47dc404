// Rows 47 to 49 and 52: what does the connector make of extreme funding, a wrong or silent balance, an expired stream, false prices?
import { describe, expect, test } from 'vitest';
import type { StreamTopic } from '../../../src/ports/venue-streams.ts';
import { exchangeOver } from '../exchange-market.ts';
import { HOUR, START, SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, CALM, entryOf, failureOf, scriptedVenue, until } from './scripted-venue.ts';

const TICKER: StreamTopic = { kind: 'ticker', symbol: SYMBOL };
const CANDLES: StreamTopic = { kind: 'candle', symbol: SYMBOL, intervalMs: HOUR };
const hourly = { symbol: SYMBOL, intervalMs: HOUR, from: START, price: 'trade' } as const;

describe('a price that no market made', () => {
  test('row 52: zero is no price: no ticker, no running candle, no trigger by it; closed candles are true', async () => {
    await using venue = await scriptedVenue();
    const { market, account } = venue.connection;
    const heard = await venue.hear([TICKER, CANDLES]);
    await venue.advance(1.5);
    await venue.strike({ fault: 52, kind: 'zero', for: '1h' });
    await until(() => heard.of('unreadable').length > 0);
    expect(await market.tickers()).toEqual([]);
    expect(heard.of('ticker').every(({ ticker: { ask, lastPrice } }) => ask === 100.1 && lastPrice === 100)).toBe(true);
    const trigger = entryOf('by-trigger', { triggerPrice: 105, triggerBy: 'last' });
    expect(await failureOf(account.place(trigger))).toMatchObject({ code: 'SYMBOL_NOT_TRADING', orderMayExist: false });
    await venue.advance(3);
    expect(heard.of('candle').every(({ candle }) => candle.low === 99 || candle.low === 100)).toBe(true);
    const candles = await market.candles(hourly);
    expect(candles.map(({ low, high }) => [low, high])).toEqual(Array.from({ length: 3 }, () => [99, 101]));
    expect((await market.tickers())[0]).toMatchObject({ lastPrice: 100 });
  });

  test('row 52: a spike stands beside a mark price that is far from it, and in no closed candle', async () => {
    await using venue = await scriptedVenue();
    const { market } = venue.connection;
    const heard = await venue.hear([TICKER, CANDLES]);
    await venue.advance(1.5);
    await venue.strike({ fault: 52, factor: 10, for: '1h' });
    const [ticker] = await market.tickers();
    expect(ticker.lastPrice).toBeCloseTo(10 * (ticker.markPrice ?? NaN), -2);
    await until(() => heard.of('ticker').some(({ ticker: { lastPrice } }) => lastPrice > 900));
    await venue.advance(3);
    await until(() => heard.of('candle').filter(({ confirmed }) => confirmed).length === 3);
    const closed = heard.of('candle').filter(({ confirmed }) => confirmed);
    expect(closed.map(({ candle }) => candle.high)).toEqual([101, 101, 101]);
    expect((await market.candles(hourly)).map(({ high }) => high)).toEqual([101, 101, 101]);
  });
});

describe('a listen key that expires', () => {
  test('row 49: a new one is had, the gap is told, and the account is heard again', async () => {
    await using venue = await scriptedVenue({ venue: 'binance' });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('before'));
    await until(() => heard.of('execution').length === 1);
    const told = heard.of('stream').length;
    await venue.strike({ fault: 49 });
    await until(
      () =>
        heard
          .of('stream')
          .slice(told)
          .filter(({ state }) => state === 'live').length >= 4,
    );
    const changes = heard.of('stream').slice(told);
    for (const { kind } of ACCOUNT_TOPICS) {
      const states = changes.filter(({ topic }) => topic.kind === kind).map(({ state }) => state);
      expect(states).toEqual(['down', 'connecting', 'live']);
    }
    for (const { gapSince } of changes.filter(({ state }) => state === 'live')) expect(gapSince).toBeGreaterThan(0);
    await account.place(entryOf('after'));
    await until(() => heard.of('execution').length === 2);
    expect(heard.of('execution').map(({ execution }) => execution.clientOrderId)).toEqual(['before', 'after']);
  });
});

describe('a balance that cannot be trusted', () => {
  test('row 48: a stream that is silent of the wallet changes nothing of what is asked for', async () => {
    await using venue = await scriptedVenue();
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 48 });
    const before = heard.of('balance').length;
    await account.place(entryOf('entry', { quantity: 10 }));
    await until(() => heard.of('execution').length === 1);
    venue.exchange.fate.transfer(-90_000);
    const balance = await account.balance();
    expect(balance).toMatchObject({ wallet: 10_000, equity: 10_000, walletText: '10000' });
    expect(balance.available).toBeCloseTo(10_000 - 200, 6);
    expect(heard.of('balance')).toHaveLength(before);
  });

  test('row 48: an order sized with more than there is is refused for sure, once', async () => {
    await using venue = await scriptedVenue({ exchange: exchangeOver(CALM, { deposit: 1_000 }) });
    const { account } = venue.connection;
    await venue.strike({ fault: 48, kind: 'overstated', factor: 5 });
    const { available } = await account.balance();
    expect(available).toBeGreaterThan(4_000);
    const order = entryOf('entry', { quantity: Math.floor((available * 5 * 0.9) / 100) });
    expect(await failureOf(account.place(order))).toMatchObject({
      code: 'MARGIN_INSUFFICIENT',
      retryable: false,
      orderMayExist: false,
    });
    expect(venue.exchange.closedOrders({}).every(({ filledQuantity }) => filledQuantity === 0)).toBe(true);
    expect(await account.positions()).toEqual([]);
  });
});

describe.each(['bybit', 'binance'] as const)('extreme funding at %s', (name) => {
  test('row 47: it is known before, is a cost and no fill, and the new interval is told', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account, market } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry'));
    await venue.strike({ fault: 47, funding_rate: 0.01, interval_hours: 4 });
    expect((await market.tickers())[0]).toMatchObject({ fundingRate: 0.01, nextFundingTime: START + 4 * HOUR });
    const [{ fundingIntervalHours }] = await market.instruments();
    expect(fundingIntervalHours).toBe(4);
    await venue.advance(5);
    const executions = await account.executions({ from: START });
    expect(executions.map(({ kind }) => kind)).toEqual(['trade', 'funding']);
    expect(executions[1]).toMatchObject({ rate: 0.01, fee: 1, side: undefined, time: START + 4 * HOUR });
    expect((await account.positions())[0]).toMatchObject({ quantity: 1, entryPrice: 100 });
    expect((await account.balance()).wallet).toBe(99_999);
    expect(heard.of('position').at(-1)?.position).toMatchObject({ quantity: 1 });
    expect(await market.fundingHistory({ symbol: SYMBOL, from: START + 1, until: START + 5 * HOUR })).toEqual([
      { time: START + 4 * HOUR, rate: 0.01 },
    ]);
  });
});
