// What does the connector say of an order whose answer was lost, late or broken? Whether it may exist, and nothing is sent twice.
import { describe, expect, test } from 'vitest';
import { VenueError, type VenueErrorCode } from '../../../src/domain/venue-error.ts';
import type { HttpFate } from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { openVenue, type LocalVenue } from './local-venue.ts';

const ORDER: OrderRequest = {
  clientOrderId: 'entry-1',
  symbol: 'AAAUSDT',
  side: 'buy',
  quantity: 1,
  reduceOnly: false,
  type: 'market',
  safety: false,
};
const PLACE: Readonly<Record<VenueName, { readonly path: RegExp; readonly text: string }>> = {
  bybit: { path: /order\/create$/, text: 'POST /v5/order/create' },
  binance: { path: /v1\/order$/, text: 'POST /fapi/v1/order' },
};

async function failureOf(asked: Promise<unknown>): Promise<VenueError> {
  const outcome = await asked.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof VenueError)) throw new Error(`no VenueError, but ${String(outcome)}`);
  return outcome;
}

const countOf = (local: LocalVenue, venue: VenueName): number =>
  local.requests.filter((request) => request === PLACE[venue].text).length;

const html = (status: number, commit: boolean): HttpFate => ({
  kind: 'replace',
  commit,
  status,
  contentType: 'text/html',
  body: '<html><body>Bad gateway</body></html>',
});
const body = (text: string): HttpFate => ({
  kind: 'replace',
  commit: true,
  status: 200,
  contentType: 'application/json',
  body: text,
});

/** Name, fate, code; the order was carried out in each of them that says commit. */
const LOST: readonly (readonly [string, HttpFate, VenueErrorCode])[] = [
  ['no answer at all', { kind: 'no-reply', commit: true }, 'TIMEOUT'],
  ['no answer, not carried out', { kind: 'no-reply', commit: false }, 'TIMEOUT'],
  ['connection torn down', { kind: 'reset', commit: true }, 'UNREACHABLE'],
  ['connection torn down, not carried out', { kind: 'reset', commit: false }, 'UNREACHABLE'],
  ['half an answer, then the end', { kind: 'truncate', commit: true }, 'REPLY_INVALID'],
  ['half an answer, then silence', { kind: 'stall', commit: true }, 'TIMEOUT'],
  ['HTML with 502', html(502, true), 'OVERLOADED'],
  ['HTML with 503, not carried out', html(503, false), 'OVERLOADED'],
  ['HTML with 524', html(524, true), 'OVERLOADED'],
  ['HTML with 200', html(200, true), 'REPLY_INVALID'],
  ['HTML with 404', html(404, true), 'REPLY_INVALID'],
  ['a redirect', html(302, true), 'REPLY_INVALID'],
  ['an empty body', body(''), 'REPLY_INVALID'],
  ['an empty object', body('{}'), 'REPLY_INVALID'],
  ['a list', body('[]'), 'REPLY_INVALID'],
  ['null', body('null'), 'REPLY_INVALID'],
  [
    'success without an id',
    body('{"retCode":0,"retMsg":"OK","result":{},"code":200,"msg":"success"}'),
    'REPLY_INVALID',
  ],
  [
    'success with an empty id',
    body('{"retCode":0,"result":{"orderId":"","orderLinkId":"entry-1"},"orderId":"","clientOrderId":"entry-1"}'),
    'REPLY_INVALID',
  ],
  [
    'success for another order',
    body('{"retCode":0,"result":{"orderId":"7","orderLinkId":"other"},"orderId":7,"clientOrderId":"other"}'),
    'REPLY_INVALID',
  ],
  ['half of a JSON', body('{"retCode":0,"result":{"orderId'), 'REPLY_INVALID'],
];

describe.each(['bybit', 'binance'] as const)('%s', (venue) => {
  test.each(LOST)('%s: the order may exist, and is found or not', async (_name, fate, code) => {
    await using local = await openVenue({ venue });
    local.fail({ path: PLACE[venue].path, method: 'POST', fate });
    const failure = await failureOf(local.connection.account.place(ORDER));
    expect({ code: failure.code, may: failure.orderMayExist }).toEqual({ code, may: true });
    expect(countOf(local, venue)).toBe(1);
    const found = await local.connection.account.findOrder(ORDER);
    const wasCarriedOut = !('commit' in fate) || fate.commit;
    expect(found?.clientOrderId).toBe(wasCarriedOut ? 'entry-1' : undefined);
  });

  test('an order that arrived before is not placed a second time, and says so', async () => {
    await using local = await openVenue({ venue });
    local.fail({ path: PLACE[venue].path, method: 'POST', fate: { kind: 'no-reply', commit: true } });
    await failureOf(local.connection.account.place(ORDER));
    const again = await failureOf(local.connection.account.place(ORDER));
    expect(again).toMatchObject({ code: 'ORDER_ID_TAKEN', orderMayExist: true, retryable: false });
    expect(local.exchange.openOrders({}).length + local.exchange.closedOrders({}).length).toBe(1);
  });

  test.each([
    ['server-timeout', 'TIMEOUT', true, true],
    ['server-error', 'OVERLOADED', true, true],
    ['rate-limited', 'RATE_LIMITED', true, false],
    ['permission-missing', venue === 'bybit' ? 'PERMISSION_MISSING' : 'KEY_INVALID', false, false],
    ['signature-invalid', 'SIGNATURE_INVALID', false, false],
  ] as const)("the venue's own %s", async (refusal, code, retryable, orderMayExist) => {
    await using local = await openVenue({ venue });
    local.fail({ path: PLACE[venue].path, method: 'POST', fate: { kind: 'refuse', commit: false, refusal } });
    const failure = await failureOf(local.connection.account.place(ORDER));
    expect(failure).toMatchObject({ code, retryable, orderMayExist });
    expect(countOf(local, venue)).toBe(1);
  });

  test('nobody listens: the order cannot exist', async () => {
    await using local = await openVenue({ venue });
    await local.running.close();
    // The first one still meets a connection that was open; whether it arrived, nobody can know.
    await failureOf(local.connection.account.balance());
    const failure = await failureOf(local.connection.account.place(ORDER));
    expect(failure).toMatchObject({ code: 'UNREACHABLE', retryable: true, orderMayExist: false });
  });

  test('closing the connection ends what is under way', async () => {
    await using local = await openVenue({ venue, connection: { timing: { writeDeadlineMs: 30_000 } } });
    local.fail({ path: PLACE[venue].path, method: 'POST', fate: { kind: 'no-reply', commit: true } });
    const placed = failureOf(local.connection.account.place(ORDER));
    while (countOf(local, venue) === 0) await new Promise((resolve) => setImmediate(resolve));
    await local.connection.close();
    expect(await placed).toMatchObject({ code: 'CLOSED', orderMayExist: true });
    expect(await failureOf(local.connection.account.place(ORDER))).toMatchObject({
      code: 'CLOSED',
      orderMayExist: false,
    });
  });

  test('an answer that comes after the deadline changes nothing any more', async () => {
    await using local = await openVenue({ venue });
    local.fail({ path: PLACE[venue].path, method: 'POST', fate: { kind: 'pass', delayMs: 400 } });
    const failure = await failureOf(local.connection.account.place(ORDER));
    expect(failure.code).toBe('TIMEOUT');
    const found = await local.connection.account.findOrder(ORDER);
    expect(found?.clientOrderId).toBe('entry-1');
  });

  test('reads are sent again until they succeed, but not for ever', async () => {
    await using local = await openVenue({ venue });
    const path = venue === 'bybit' ? /wallet-balance/ : /v3\/account/;
    local.fail({ path, fate: { kind: 'reset', commit: true } });
    local.fail({ path, fate: html(502, true) });
    local.fail({ path, fate: { kind: 'stall', commit: true } });
    expect((await local.connection.account.balance()).wallet).toBe(10_000);
    expect(local.requests.filter((request) => path.test(request))).toHaveLength(4);
    local.fail({ path, fate: html(502, true), times: 100 });
    expect(await failureOf(local.connection.account.balance())).toMatchObject({
      code: 'OVERLOADED',
      orderMayExist: false,
    });
    expect(local.requests.filter((request) => path.test(request))).toHaveLength(8);
  });

  test('refusals that no repetition changes are not repeated', async () => {
    await using local = await openVenue({ venue });
    const path = venue === 'bybit' ? /wallet-balance/ : /v3\/account/;
    local.fail({ path, fate: { kind: 'refuse', commit: false, refusal: 'key-invalid' } });
    expect(await failureOf(local.connection.account.balance())).toMatchObject({ code: 'KEY_INVALID' });
    expect(local.requests.filter((request) => path.test(request))).toHaveLength(1);
  });

  test('an order that the venue does not find yet is found later', async () => {
    await using local = await openVenue({ venue });
    local.setOrderLag(60);
    await local.connection.account.place(ORDER);
    expect(await local.connection.account.findOrder(ORDER)).toBeUndefined();
    local.setOrderLag(0);
    expect((await local.connection.account.findOrder(ORDER))?.clientOrderId).toBe('entry-1');
  });
});
