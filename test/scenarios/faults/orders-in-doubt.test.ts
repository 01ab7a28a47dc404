// Rows 1 to 10: what does the connector say of orders whose reply is lost, broken, late or untrue, and how are they found?
import { describe, expect, test } from 'vitest';
import type { VenueErrorCode } from '../../../src/domain/venue-error.ts';
import { SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, entryOf, failureOf, scriptedVenue, until, type ScriptedVenue } from './scripted-venue.ts';

/** Where nothing comes, it is waited for so long; elsewhere a slow machine must not be taken for a silent venue. */
const IMPATIENT = { connection: { timing: { readDeadlineMs: 500, writeDeadlineMs: 700 } } };
const NAME = { symbol: SYMBOL, clientOrderId: 'entry' };

/** Orders that the exchange has ever taken from the client. */
const taken = ({ exchange }: ScriptedVenue): number =>
  [...exchange.openOrders({}), ...exchange.closedOrders({})].filter(({ source }) => source === 'client').length;

type Doubt = readonly [row: number, fault: object, code: VenueErrorCode, isTaken: boolean];

const DOUBTS: readonly Doubt[] = [
  [1, {}, 'TIMEOUT', true],
  [2, { status: 502 }, 'OVERLOADED', true],
  [2, { status: 504 }, 'OVERLOADED', true],
  [3, { kind: 'page', status: 503 }, 'OVERLOADED', false],
  [3, { kind: 'silence' }, 'TIMEOUT', false],
  [5, { kind: 'timeout' }, 'TIMEOUT', true],
  [5, { kind: 'error' }, 'OVERLOADED', true],
  [5, { kind: 'error', committed: false }, 'OVERLOADED', false],
  [6, { kind: 'page' }, 'REPLY_INVALID', true],
  [6, { kind: 'empty' }, 'REPLY_INVALID', true],
  [6, { kind: 'half' }, 'REPLY_INVALID', true],
  [6, { kind: 'status-524' }, 'OVERLOADED', true],
  [7, {}, 'TIMEOUT', true],
  [8, {}, 'UNREACHABLE', true],
  [8, { committed: false }, 'UNREACHABLE', false],
];

describe.each(['bybit', 'binance'] as const)('an order in doubt at %s', (name) => {
  test.each(DOUBTS)('row %i %j: %s, and it may exist', async (fault, parameters, code, isTaken) => {
    await using venue = await scriptedVenue({ venue: name, ...(code === 'TIMEOUT' ? IMPATIENT : {}) });
    const { account } = venue.connection;
    await venue.strike({ fault, request: 1, ...parameters });
    const failure = await failureOf(account.place(entryOf('entry')));
    expect(failure).toMatchObject({ code, orderMayExist: true });
    // It was sent once, and the same id proves at any time whether it arrived.
    expect(taken(venue)).toBe(isTaken ? 1 : 0);
    const found = await account.findOrder(NAME);
    expect(found?.state).toBe(isTaken ? 'filled' : undefined);
    const again = await account.place(entryOf('entry')).catch((error: unknown) => error);
    expect(again).toMatchObject(isTaken ? { code: 'ORDER_ID_TAKEN', orderMayExist: true } : { clientOrderId: 'entry' });
    expect(taken(venue)).toBe(1);
    expect((await account.positions()).map(({ quantity }) => quantity)).toEqual([1]);
  });

  test('row 4: an id that is taken means that the order arrived, and it is found', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    await venue.strike({ fault: 4, request: 1 });
    expect(await failureOf(account.place(entryOf('entry')))).toMatchObject({
      code: 'ORDER_ID_TAKEN',
      retryable: false,
      orderMayExist: true,
    });
    expect(await account.findOrder(NAME)).toMatchObject({ state: 'filled', filledQuantity: 1 });
    expect(taken(venue)).toBe(1);
  });

  test.each([
    [6, { kind: 'page' }],
    [6, { kind: 'empty' }],
    [7, {}],
    [8, {}],
  ] as const)('row %i %j: a read is asked again until it is answered', async (fault, parameters) => {
    await using venue = await scriptedVenue({ venue: name, ...IMPATIENT });
    const path = name === 'bybit' ? '/v5/account/wallet-balance' : '/fapi/v3/account';
    await venue.strike({ fault, path, request: 1, ...parameters });
    expect((await venue.connection.account.balance()).wallet).toBe(100_000);
    expect(venue.faults.log().map(({ row }) => row)).toEqual([fault]);
  });

  test('row 9: the stream may tell of the order before it is acknowledged', async () => {
    await using venue = await scriptedVenue({ venue: name, connection: { timing: { writeDeadlineMs: 10_000 } } });
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 9, request: 1, delay_ms: 400 });
    let isAcknowledged = false;
    const placed = venue.connection.account.place(entryOf('entry')).then((ack) => {
      isAcknowledged = true;
      return ack;
    });
    await until(() => heard.of('execution').length === 1);
    expect(isAcknowledged).toBe(false);
    expect(heard.of('execution')[0].execution).toMatchObject({ clientOrderId: 'entry', quantity: 1 });
    const { venueOrderId } = await placed;
    await until(() => heard.of('order').some(({ order }) => order.state === 'filled'));
    const own = heard.of('order').filter(({ order }) => order.clientOrderId === 'entry');
    expect(new Set(own.map(({ order }) => order.venueOrderId))).toEqual(new Set([venueOrderId]));
  });

  test('row 10: an order that is not found yet is no proof of absence: it is found later', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    await venue.strike({ fault: 10, lag_ms: 3_600_000, for: '1h' });
    await account.place(entryOf('entry', { type: 'limit', price: 90 }));
    expect(await account.findOrder(NAME)).toBeUndefined();
    expect(await account.openOrders()).toEqual([]);
    venue.faults.clear();
    const found = await account.findOrder(NAME);
    expect(found).toMatchObject({ clientOrderId: 'entry', state: 'new' });
    expect(await account.openOrders()).toHaveLength(1);
  });
});
