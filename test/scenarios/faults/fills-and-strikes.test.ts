// Rows 25, 26, 43 to 45, 50 and 51: what does the connector tell of partial fills, forced closes, other hands, and after a restart?
import { describe, expect, test } from 'vitest';
import { START, SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, entryOf, scriptedVenue, until, type HeardStream } from './scripted-venue.ts';

const since = { symbol: SYMBOL, from: START };
const PROTECTED = entryOf('entry', { protection: { stopPrice: 90, triggerBy: 'last' } });

const newestPosition = (heard: HeardStream) => heard.of('position').at(-1)?.position;

describe.each(['bybit', 'binance'] as const)('at %s', (name) => {
  test('row 25: an order that fills in parts is told part by part, and sums up', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 25, request: 1, parts: 4 });
    await account.place(entryOf('entry'));
    await until(() => heard.of('execution').length === 4 && newestPosition(heard)?.quantity === 1);
    await until(() => heard.of('order').at(-1)?.order.state === 'filled');
    expect(heard.of('execution').map(({ execution }) => execution.quantity)).toEqual([0.25, 0.25, 0.25, 0.25]);
    const filled = heard.of('order').map(({ order }) => order.filledQuantity);
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(heard.of('order').some(({ order }) => order.state === 'partly-filled')).toBe(true);
    expect(await account.executions(since)).toHaveLength(4);
  });

  test.each([0.4, 0])(
    'row 26: an order of which the book gives %d is cancelled, with what it filled',
    async (share) => {
      await using venue = await scriptedVenue({ venue: name });
      const { account } = venue.connection;
      const heard = await venue.hear(ACCOUNT_TOPICS);
      await venue.strike({ fault: 26, share, for: '1h' });
      await account.place(entryOf('entry'));
      const found = await account.findOrder({ symbol: SYMBOL, clientOrderId: 'entry' });
      expect(found).toMatchObject({ state: 'cancelled', quantity: 1, filledQuantity: share });
      await until(() => heard.of('order').at(-1)?.order.state === 'cancelled');
      expect(heard.of('order').at(-1)?.order.filledQuantity).toBe(share);
      expect((await account.positions()).map(({ quantity }) => quantity)).toEqual(share > 0 ? [share] : []);
    },
  );

  test('row 43: auto-deleveraging is an execution of its own kind, by nobody, and the position is smaller', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(PROTECTED);
    await venue.strike({ fault: 43, share: 0.25 });
    await until(() => heard.of('execution').length === 2 && newestPosition(heard)?.quantity === 0.75);
    const [, told] = heard.of('execution');
    expect(told.execution).toMatchObject({ kind: 'deleverage', origin: 'deleverage', side: 'sell', quantity: 0.25 });
    expect(told.execution.clientOrderId).not.toBe('entry');
    const [, asked] = await account.executions(since);
    expect(asked).toMatchObject({ kind: 'deleverage', executionId: told.execution.executionId });
    expect((await account.positions())[0]).toMatchObject({ quantity: 0.75 });
  });

  test('row 44: a liquidation is an execution of its own kind, the stop is gone, and the loss is booked', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(PROTECTED);
    await until(() => heard.of('execution').length === 1);
    await venue.strike({ fault: 44 });
    await until(() => heard.of('execution').length === 2 && heard.of('position').at(-1)?.position === undefined);
    const [, told] = heard.of('execution');
    expect(told.execution).toMatchObject({ kind: 'liquidation', origin: 'liquidation', side: 'sell', quantity: 1 });
    expect(await account.positions()).toEqual([]);
    expect(await account.openOrders()).toEqual([]);
    expect((await account.executions(since)).map(({ kind }) => kind)).toEqual(['trade', 'liquidation']);
    expect((await account.balance()).wallet).toBeLessThan(100_000);
  });

  test('row 45: what a person trades has no id of ours, and changes the position', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry'));
    await venue.strike({ fault: 45, share: 0.4 });
    await until(() => heard.of('execution').length === 2 && newestPosition(heard)?.quantity === 0.6);
    const [own, foreign] = heard.of('execution').map(({ execution }) => execution);
    expect(own.clientOrderId).toBe('entry');
    expect(foreign).toMatchObject({ kind: 'trade', side: 'sell', quantity: 0.4 });
    expect(foreign.clientOrderId).not.toBe('entry');
    expect((await account.executions(since)).map(({ executionId }) => executionId)).toEqual([
      own.executionId,
      foreign.executionId,
    ]);
  });

  test('row 50: whoever begins anew finds position, orders and executions as they were left', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const before = await venue.hear(ACCOUNT_TOPICS);
    await venue.connection.account.place(PROTECTED);
    await venue.connection.account.place(entryOf('rests', { type: 'limit', price: 80 }));
    await until(() => before.of('execution').length === 1);
    await venue.strike({ fault: 50 });
    await before.subscription.close();
    await venue.connection.close();
    const { account } = await venue.connect();
    expect((await account.positions())[0]).toMatchObject({ symbol: SYMBOL, quantity: 1, entryPrice: 100 });
    const orders = await account.openOrders();
    expect(orders.find(({ clientOrderId }) => clientOrderId === 'rests')).toMatchObject({ state: 'new', price: 80 });
    expect(orders.find(({ origin }) => origin === 'stop')).toMatchObject({ state: 'untriggered', triggerPrice: 90 });
    expect(orders).toHaveLength(2);
    expect((await account.executions(since)).map(({ executionId }) => executionId)).toEqual(
      before.of('execution').map(({ execution }) => execution.executionId),
    );
    expect(await account.findOrder({ symbol: SYMBOL, clientOrderId: 'entry' })).toMatchObject({ state: 'filled' });
  });

  test('row 51: an order of another program is told with its id, and not taken for one of ours', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('ours', { type: 'limit', price: 80 }));
    await venue.strike({ fault: 51, prefix: 'twin-' });
    await until(() => heard.of('order').length === 2);
    const ids = (await account.openOrders(SYMBOL)).map(({ clientOrderId }) => clientOrderId).toSorted();
    expect(ids).toEqual(['ours', expect.stringMatching(/^twin-/)]);
    expect(
      heard
        .of('order')
        .map(({ order }) => order.clientOrderId)
        .toSorted(),
    ).toEqual(ids);
    expect(await account.findOrder({ symbol: SYMBOL, clientOrderId: 'ours' })).toMatchObject({ price: 80 });
  });
});
