// Rows 43 to 45, 50 and 51: how does the connector tell what venue, person or another program did to the account, and a restart?
import { describe, expect, test } from 'vitest';
import type { VenueAccount } from '../../../src/ports/venue-account.ts';
import { exchangeOver, FREE } from '../exchange-market.ts';
import { START, SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, CALM, entryOf, failureOf, scriptedVenue, until } from './scripted-venue.ts';

const executionsOf = (account: VenueAccount) => account.executions({ symbol: SYMBOL, from: START });
const STOP = { protection: { stopPrice: 95, triggerBy: 'last' } } as const;
const seen = async (account: VenueAccount) => ({
  positions: await account.positions(),
  orders: (await account.openOrders()).map(({ clientOrderId, triggerPrice }) => [clientOrderId, triggerPrice]),
  executions: await account.executions({ from: START }),
  wallet: (await account.balance()).walletText,
});
// At Binance only what moved money is known to the list of executions.
const withFees = () => exchangeOver(CALM, { costs: { ...FREE, takerFeeBps: 5 } });

describe.each(['bybit', 'binance'] as const)('%s', (name) => {
  test('row 43: auto-deleveraging is an execution of its own kind, without an order of ours', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry', STOP));
    await venue.strike({ fault: 43, share: 0.25 });
    await until(() => heard.of('execution').length === 2 && heard.of('position').at(-1)?.position?.quantity === 0.75);
    const [, told] = heard.of('execution');
    expect(told.execution).toMatchObject({ kind: 'deleverage', origin: 'deleverage', side: 'sell', quantity: 0.25 });
    expect(told.execution.clientOrderId).not.toBe('entry');
    const executions = await executionsOf(account);
    expect(executions.map(({ kind }) => kind)).toEqual(['trade', 'deleverage']);
    expect(executions[1].executionId).toBe(told.execution.executionId);
    const [position] = await account.positions();
    expect(position).toMatchObject({ quantity: 0.75, deleverageRank: 5 });
  });

  test('row 44: a liquidation is told as one; orders and position are gone', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry', STOP));
    await account.place(entryOf('resting', { type: 'limit', price: 90 }));
    await venue.strike({ fault: 44 });
    await until(() => heard.of('execution').length === 2);
    expect(heard.of('execution')[1].execution).toMatchObject({ kind: 'liquidation', origin: 'liquidation' });
    await until(() => heard.of('position').at(-1)?.position === undefined);
    const resting = heard.of('order').filter(({ order }) => order.clientOrderId === 'resting');
    expect(resting.at(-1)?.order.state).toBe('cancelled');
    expect(await account.positions()).toEqual([]);
    expect(await account.openOrders()).toEqual([]);
    expect((await executionsOf(account)).map(({ kind }) => kind)).toEqual(['trade', 'liquidation']);
    expect((await account.balance()).wallet).toBeLessThan(100_000);
  });

  test('row 45: what a person trades has no id of ours, and the position is what is left', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry', STOP));
    await venue.strike({ fault: 45, share: 0.4 });
    await until(() => heard.of('execution').length === 2 && heard.of('position').at(-1)?.position?.quantity === 0.6);
    const [, told] = heard.of('execution');
    expect(told.execution).toMatchObject({ kind: 'trade', origin: 'client', side: 'sell', quantity: 0.4 });
    expect(told.execution.clientOrderId).not.toBe('entry');
    expect((await executionsOf(account))[1].executionId).toBe(told.execution.executionId);
    expect(await account.positions()).toMatchObject([{ symbol: SYMBOL, quantity: 0.6 }]);
  });

  test('row 50: a new life sees the whole account, and an id that was used cannot be used again', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: withFees() });
    const before = venue.connection.account;
    await venue.hear(ACCOUNT_TOPICS);
    await before.place(entryOf('entry', STOP));
    await before.place(entryOf('resting', { type: 'limit', price: 90 }));
    const known = await seen(before);
    expect(known.executions).toHaveLength(1);
    await venue.strike({ fault: 50 });
    await venue.connection.close();
    const next = await venue.connect();
    expect(await seen(next.account)).toEqual(known);
    expect(await next.account.findOrder(entryOf('entry'))).toMatchObject({ state: 'filled', filledQuantity: 1 });
    const failure = await failureOf(next.account.place(entryOf('resting', { type: 'limit', price: 90 })));
    expect(failure).toMatchObject({ code: 'ORDER_ID_TAKEN', orderMayExist: true });
    expect(await next.account.positions()).toMatchObject([{ quantity: 1 }]);
  });

  test('row 51: orders of another program are seen with their own ids, by question and by stream', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 51, prefix: 'other-' });
    await until(() => heard.of('order').length > 0);
    const [told] = heard.of('order');
    const open = await account.openOrders();
    expect(open).toMatchObject([{ symbol: SYMBOL, origin: 'client', state: 'new' }]);
    expect(open[0].clientOrderId).toMatch(/^other-/);
    expect(told.order.clientOrderId).toBe(open[0].clientOrderId);
    await venue.strike({ fault: 51, prefix: 'other-', kind: 'market' });
    await until(() => heard.of('execution').length === 1);
    expect(heard.of('execution')[0].execution.clientOrderId).toMatch(/^other-/);
  });
});
