// Rows 11 to 19: what does the connector make of streams that drop, die, stall, refuse, repeat, mix up, delay and lose?
import { describe, expect, test } from 'vitest';
import type { StreamTiming } from '../../../src/adapters/ccxt/streams/stream-timing.ts';
import type { StreamTopic } from '../../../src/ports/venue-streams.ts';
import { HOUR, START, SYMBOL } from '../simulated-market.ts';
import {
  ACCOUNT_TOPICS,
  entryOf,
  scriptedVenue,
  until,
  type HeardStream,
  type ScriptedVenue,
} from './scripted-venue.ts';

const CANDLES: StreamTopic = { kind: 'candle', symbol: SYMBOL, intervalMs: HOUR };
const TICKER: StreamTopic = { kind: 'ticker', symbol: SYMBOL };
const VENUES = ['bybit', 'binance'] as const;

const QUICK: Partial<StreamTiming> = {
  firstBackOffMs: 5,
  longestBackOffMs: 20,
  connectMs: 500,
  answerMs: 150,
  refusedAgainMs: 150,
  // Deadlines are looked at four times a second: a pong needs two looks to come.
  pingEveryMs: 100,
  deadAfterMs: 600,
  balanceEveryMs: 10,
};

const open = (venue: 'bybit' | 'binance', timing: Partial<StreamTiming> = {}, faults: readonly object[] = []) =>
  scriptedVenue({ venue, faults, connection: { streamTiming: { ...QUICK, ...timing } } });

/** States of one topic since the n-th event, in order. */
const statesOf = (heard: HeardStream, kind: StreamTopic['kind'], since = 0): readonly string[] =>
  heard
    .of('stream')
    .slice(since)
    .filter(({ topic }) => topic.kind === kind)
    .map(({ state }) => state);

const isLive = ({ subscription }: HeardStream): boolean =>
  [...subscription.states().values()].every((state) => state === 'live');

/** Market time runs, a minute every few milliseconds, until it is so. */
async function tickUntil(venue: ScriptedVenue, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await venue.running.advance(venue.exchange.now + 60_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(VENUES)('connections of %s', (name) => {
  test('row 11: dropped ones come again by themselves, every topic says so with its gap, and nothing is told twice', async () => {
    await using venue = await open(name);
    const { account } = venue.connection;
    const heard = await venue.hear([...ACCOUNT_TOPICS, CANDLES]);
    await account.place(entryOf('before'));
    await until(() => heard.of('execution').length === 1);
    const told = heard.of('stream').length;
    await venue.strike({ fault: 11 });
    await until(
      () => statesOf(heard, 'orders', told).includes('live') && statesOf(heard, 'candle', told).includes('live'),
    );
    for (const { kind } of [...ACCOUNT_TOPICS, CANDLES]) {
      expect(statesOf(heard, kind, told), kind).toEqual(['down', 'connecting', 'live']);
    }
    const lives = heard
      .of('stream')
      .slice(told)
      .filter(({ state, topic }) => state === 'live' && topic.kind !== 'candle');
    expect(lives.every(({ gapSince }) => gapSince !== undefined)).toBe(true);
    await account.place(entryOf('after'));
    await until(() => heard.of('execution').length === 2);
    expect(heard.of('execution').map(({ execution }) => execution.clientOrderId)).toEqual(['before', 'after']);
  });

  test('row 11: while the venue cuts every try, what happens is missed, and can be asked for', async () => {
    await using venue = await open(name);
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    const told = heard.of('stream').length;
    const struckAt = Date.now();
    await venue.strike({ fault: 11, for_wall: '300ms' });
    await until(() => statesOf(heard, 'executions', told).includes('down'));
    await account.place(entryOf('missed'));
    await until(() => statesOf(heard, 'executions', told).at(-1) === 'live' && Date.now() - struckAt > 300);
    expect(heard.of('execution')).toEqual([]);
    const executions = await account.executions({ symbol: SYMBOL, from: START });
    expect(executions.map(({ clientOrderId }) => clientOrderId)).toEqual(['missed']);
    await account.place(entryOf('heard'));
    await until(() => heard.of('execution').length === 1);
  });

  test('row 12: one that is open but dead is noticed by its missing pongs, and another takes its place', async () => {
    await using venue = await open(name);
    const heard = await venue.hear(ACCOUNT_TOPICS);
    const told = heard.of('stream').length;
    await venue.strike({ fault: 12 });
    await until(() => statesOf(heard, 'orders', told).at(-1) === 'live');
    const down = heard
      .of('stream')
      .slice(told)
      .find(({ state }) => state === 'down');
    expect(down?.reason).toMatch(/nothing heard/);
    await venue.connection.account.place(entryOf('after'));
    await until(() => heard.of('execution').length === 1);
  });

  test('row 14: a subscription without an answer is asked for again', async () => {
    await using venue = await open(name, {}, [{ fault: 14, request: 1 }]);
    const heard = await venue.hear([CANDLES, TICKER]);
    expect(venue.faults.log().map(({ row }) => row)).toEqual([14]);
    expect(statesOf(heard, 'candle')).toEqual(['live']);
    await venue.advance(1);
    await until(() => heard.of('candle').some(({ confirmed }) => confirmed));
  });

  test('row 14: a refused subscription is down with its reason, and is tried again later', async () => {
    await using venue = await open(name, {}, [{ fault: 14, request: 1, kind: 'refusal' }]);
    const heard = await venue.hear([CANDLES]);
    expect(statesOf(heard, 'candle')).toEqual(['down', 'connecting', 'live']);
    expect(heard.of('stream')[0].reason).toMatch(/refused/);
    await venue.advance(1);
    await until(() => heard.of('candle').some(({ confirmed }) => confirmed));
  });

  test.each(['refusal', 'silence'])(
    'row 15: a login with %s at a reconnection is tried again, requests go on',
    async (kind) => {
      await using venue = await open(name);
      const { account } = venue.connection;
      const heard = await venue.hear(ACCOUNT_TOPICS);
      const told = heard.of('stream').length;
      await venue.strike({ fault: 15, kind, count: 1 });
      await venue.strike({ fault: 11 });
      await until(() => statesOf(heard, 'orders', told).includes('down'));
      await account.place(entryOf('meanwhile'));
      await until(() => statesOf(heard, 'orders', told).at(-1) === 'live');
      expect(venue.faults.log().map(({ row }) => row)).toContain(15);
      await account.place(entryOf('after'));
      await until(() => heard.of('execution').some(({ execution }) => execution.clientOrderId === 'after'));
      expect(
        (await account.executions({ symbol: SYMBOL, from: START })).map(({ clientOrderId }) => clientOrderId),
      ).toEqual(['meanwhile', 'after']);
    },
  );
});

describe.each(VENUES)('a topic of %s that stalls', (name) => {
  const timing = { candleEveryMs: 200, tickerEveryMs: 5_000, deadAfterMs: 5_000 };

  test('row 13: is stale after its time, and live again by a new subscription, the others untouched', async () => {
    await using venue = await open(name, timing);
    const heard = await venue.hear([CANDLES, TICKER]);
    const topic = name === 'bybit' ? 'kline' : `${SYMBOL.toLowerCase()}@kline`;
    await venue.strike({ fault: 13, topic, count: 1, heals: 'resubscribe' });
    await tickUntil(venue, () => statesOf(heard, 'candle').includes('stale'));
    await tickUntil(venue, () => statesOf(heard, 'candle').at(-1) === 'live');
    expect(statesOf(heard, 'candle')).toEqual(['live', 'stale', 'live']);
    expect(heard.of('stream').at(-1)?.gapSince).toBeGreaterThanOrEqual(START);
    expect(statesOf(heard, 'ticker')).toEqual(['live']);
  });

  test('row 13: makes the connection new where that does not help', async () => {
    await using venue = await open(name, timing);
    const heard = await venue.hear([CANDLES, TICKER]);
    const topic = name === 'bybit' ? 'kline' : `${SYMBOL.toLowerCase()}@kline`;
    await venue.strike({ fault: 13, topic, count: 1 });
    await tickUntil(venue, () => statesOf(heard, 'candle').includes('down') && isLive(heard));
    expect(statesOf(heard, 'candle').slice(0, 3)).toEqual(['live', 'stale', 'down']);
    const candles = heard.of('candle').length;
    await tickUntil(venue, () => heard.of('candle').length > candles);
  });
});

describe.each(VENUES)('messages of %s', (name) => {
  test('row 16: that come twice are told once', async () => {
    await using venue = await open(name);
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 16, copies: 2, for: '1h' });
    venue.exchange.fate.splitFills(SYMBOL, 5);
    await account.place(entryOf('entry'));
    await until(() => heard.of('order').some(({ order }) => order.state === 'filled'));
    await account.place(entryOf('exit', { side: 'sell', reduceOnly: true }));
    await until(() => heard.of('execution').length >= 10);
    const ids = heard.of('execution').map(({ execution }) => execution.executionId);
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
    const states = heard
      .of('order')
      .map(({ order }) => `${order.clientOrderId} ${order.state} ${order.filledQuantity}`);
    expect(new Set(states).size).toBe(states.length);
    expect(venue.faults.log().length).toBeGreaterThan(10);
  });

  test('row 17: about older states of an order change nothing', async () => {
    await using venue = await open(name);
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 17, for: '1h' });
    await account.place(entryOf('rests', { type: 'limit', price: 90 }));
    await until(() => heard.of('order').length === 1);
    await account.cancel({ symbol: SYMBOL, clientOrderId: 'rests' });
    await account.place(entryOf('fills'));
    await until(() => heard.of('order').some(({ order }) => order.state === 'filled'));
    const of = (id: string) => heard.of('order').filter(({ order }) => order.clientOrderId === id);
    expect(of('rests').map(({ order }) => order.state)).toEqual(['new', 'cancelled']);
    expect(of('fills').at(-1)?.order.state).toBe('filled');
    expect(venue.faults.log().length).toBeGreaterThanOrEqual(2);
  });

  test('row 18: that come late are dropped when something newer was told', async () => {
    await using venue = await open(name);
    const heard = await venue.hear(ACCOUNT_TOPICS);
    const topic = name === 'bybit' ? 'order' : 'ORDER_TRADE_UPDATE';
    await venue.strike({ fault: 18, topic, count: 1, delay_ms: 80 });
    await venue.connection.account.place(entryOf('entry'));
    await until(() => heard.of('order').some(({ order }) => order.state === 'filled'));
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(heard.of('order').map(({ order }) => order.state)).toEqual(['filled']);
  });

  test('row 19: that never come leave the account as it is, which can be asked for', async () => {
    await using venue = await open(name);
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 19, for: '1h' });
    await account.place(entryOf('lost'));
    const [execution] = await account.executions({ symbol: SYMBOL, from: START });
    expect(execution).toMatchObject({ clientOrderId: 'lost', quantity: 1 });
    expect(await account.findOrder({ symbol: SYMBOL, clientOrderId: 'lost' })).toMatchObject({ state: 'filled' });
    expect((await account.positions())[0]).toMatchObject({ quantity: 1 });
    await venue.advance(1);
    await account.place(entryOf('heard'));
    await until(() => heard.of('execution').length === 1);
    expect(heard.of('execution')[0].execution.clientOrderId).toBe('heard');
    expect(heard.of('position').at(-1)?.position).toMatchObject({ quantity: 2 });
  });
});
