// Rows 27 to 32 and 46: what does the connector tell of stops that gap, trigger unseen, are missing or fail, and of orders that race?
import { describe, expect, test } from 'vitest';
import { exchangeOver, type Prices } from '../exchange-market.ts';
import { START, SYMBOL } from '../simulated-market.ts';
import {
  ACCOUNT_TOPICS,
  CALM,
  entryOf,
  failureOf,
  scriptedVenue,
  until,
  type ScriptedVenue,
} from './scripted-venue.ts';

const PROTECTED = entryOf('entry', { protection: { stopPrice: 95, triggerBy: 'last' } });
/** In the third hour the market falls through 95, in the fifth it rises through 110. */
const WIDE: readonly Prices[] = [
  ...CALM.slice(0, 2),
  [100, 100, 90, 92],
  [92, 93, 91, 92],
  [92, 115, 92, 112],
  ...CALM.slice(5),
];
const held = async ({ connection }: ScriptedVenue) => (await connection.account.positions())[0];

describe.each(['bybit', 'binance'] as const)('%s', (name) => {
  test('row 27: a stop that was jumped over is booked at the price it got', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(PROTECTED);
    await venue.strike({ fault: 27, gap: 0.1 });
    await until(() => heard.of('execution').length === 2);
    const [, told] = heard.of('execution');
    expect(told.execution).toMatchObject({ origin: 'stop', side: 'sell', quantity: 1, price: 85.5 });
    const executions = await account.executions({ symbol: SYMBOL, from: START });
    expect(executions[1]).toMatchObject({ origin: 'stop', price: 85.5, executionId: told.execution.executionId });
    expect(await account.positions()).toEqual([]);
    expect((await account.balance()).wallet).toBeCloseTo(100_000 - 14.5, 9);
  });

  test('row 28: a stop that triggered while the stream was away is found by asking since the gap', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(PROTECTED);
    await until(() => heard.of('execution').length === 1 && heard.of('position').length > 0);
    await venue.strike({ fault: 28 });
    await until(() => heard.of('stream').some(({ state }) => state === 'down'));
    venue.faults.clear();
    await until(() => heard.of('stream').filter(({ gapSince }) => gapSince !== undefined).length >= 4);
    expect(heard.of('execution')).toHaveLength(1);
    // The stream says since when something may be missing, on the venue's clock.
    for (const { gapSince } of heard.of('stream').filter(({ gapSince: since }) => since !== undefined)) {
      expect(Math.abs(Date.now() - (gapSince ?? 0))).toBeLessThan(30_000);
    }
    const executions = await account.executions({ symbol: SYMBOL, from: START });
    expect(executions.map(({ origin, price }) => [origin, price])).toEqual([
      ['client', 100],
      ['stop', 95],
    ]);
    expect(await account.positions()).toEqual([]);
    expect(await account.openOrders()).toEqual([]);
  });

  test('row 30: a stop that is rejected when it triggers is told, and the position is seen to be bare', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(WIDE) });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(PROTECTED);
    await venue.strike({ fault: 30 });
    await venue.advance(3);
    await until(() => heard.of('order').some(({ order }) => order.origin === 'stop' && order.state === 'rejected'));
    const position = await held(venue);
    expect(position).toMatchObject({ quantity: 1, stopPrice: undefined });
    expect((await account.openOrders()).filter(({ conditional }) => conditional)).toEqual([]);
    // What is left is to get out.
    await account.place(entryOf('flat', { side: 'sell', reduceOnly: true, safety: true }));
    expect(await account.positions()).toEqual([]);
  });

  test('row 31: a cancel that lost the race says so, and the fill is told once', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    const order = entryOf('resting', { type: 'limit', price: 90 });
    await account.place(order);
    await venue.strike({ fault: 31, count: 1 });
    const failure = await failureOf(account.cancel(order));
    expect(['ORDER_FINAL', 'ORDER_NOT_FOUND']).toContain(failure.code);
    expect(failure).toMatchObject({ retryable: false });
    expect(await account.findOrder(order)).toMatchObject({ state: 'filled', filledQuantity: 1 });
    await until(() => heard.of('execution').length > 0 && heard.of('position').length > 0);
    expect(heard.of('execution').map(({ execution }) => execution.price)).toEqual([90]);
    expect(heard.of('order').filter(({ order: { state } }) => state === 'filled')).toHaveLength(1);
    expect(await held(venue)).toMatchObject({ quantity: 1 });
  });

  test('row 32: an order that the money does not suffice for is refused for sure; a smaller one fits', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM, { deposit: 10_000 }) });
    const { account } = venue.connection;
    const sized = Math.floor(((await account.balance()).available * 5 * 0.5) / 100);
    await venue.strike({ fault: 32 });
    const failure = await failureOf(account.place(entryOf('entry', { quantity: sized })));
    expect(failure).toMatchObject({ code: 'MARGIN_INSUFFICIENT', retryable: false, orderMayExist: false });
    const { available } = await account.balance();
    expect(available).toBeCloseTo(500, 6);
    await account.place(entryOf('smaller', { quantity: Math.floor((available * 5 * 0.5) / 100) }));
    expect(await held(venue)).toMatchObject({ quantity: 12 });
  });

  test('row 46: what is left over of a reduce-only order is seen, and never turns the position', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(WIDE) });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry'));
    await account.place(entryOf('target', { side: 'sell', type: 'limit', price: 110, reduceOnly: true }));
    await venue.strike({ fault: 46, share: 0.5 });
    await until(() => heard.of('position').at(-1)?.position?.quantity === 0.5);
    expect(await held(venue)).toMatchObject({ quantity: 0.5 });
    const [left] = await account.openOrders(SYMBOL);
    expect(left).toMatchObject({ clientOrderId: 'target', reduceOnly: true });
    await venue.advance(5);
    expect(await account.positions()).toEqual([]);
    const found = await account.findOrder({ symbol: SYMBOL, clientOrderId: 'target' });
    expect(found).toMatchObject({ filledQuantity: 0.5 });
    expect(['filled', 'cancelled']).toContain(found?.state);
    expect(await account.openOrders()).toEqual([]);
  });
});

describe('a stop that is missing', () => {
  test.each(['never', 'lost'])('row 29: %s there: the position shows none, and one can be set', async (kind) => {
    await using venue = await scriptedVenue();
    const { account } = venue.connection;
    if (kind === 'never') await venue.strike({ fault: 29, kind });
    expect((await account.place(PROTECTED)).protection).toBe('attached');
    if (kind === 'lost') await venue.strike({ fault: 29, kind });
    expect(await held(venue)).toMatchObject({ quantity: 1, stopPrice: undefined });
    expect(await account.openOrders()).toEqual([]);
    venue.faults.clear();
    await account.protect(SYMBOL, { stopPrice: 95, triggerBy: 'last' });
    expect(await held(venue)).toMatchObject({ stopPrice: 95 });
  });

  test('row 29: refused as a request of its own', async () => {
    await using venue = await scriptedVenue();
    const { account } = venue.connection;
    await account.place(entryOf('entry'));
    await venue.strike({ fault: 29, kind: 'refused', count: 1 });
    const protection = { stopPrice: 95, triggerBy: 'last' } as const;
    const failure = await failureOf(account.protect(SYMBOL, protection));
    expect(failure).toMatchObject({ code: 'TRIGGER_REFUSED', retryable: false });
    await account.protect(SYMBOL, protection);
    expect(await held(venue)).toMatchObject({ stopPrice: 95 });
  });

  test('row 29: at Binance the entry is taken and its stop refused: the acknowledgement says so', async () => {
    await using venue = await scriptedVenue({ venue: 'binance' });
    const { account } = venue.connection;
    await venue.strike({ fault: 29, kind: 'refused', count: 1 });
    expect(await account.place(PROTECTED)).toMatchObject({ clientOrderId: 'entry', protection: 'failed' });
    expect(await held(venue)).toMatchObject({ quantity: 1, stopPrice: undefined });
    await account.protect(SYMBOL, { stopPrice: 95, triggerBy: 'last' });
    const stops = (await account.openOrders()).filter(({ conditional }) => conditional);
    expect(stops).toMatchObject([{ triggerPrice: 95, closesPosition: true }]);
  });
});
