// What does the connector say when the venue changes its mind? Maintenance, limits, changed rules, races: each by its code.
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { START } from '../simulated-market.ts';
import { openVenue } from './local-venue.ts';

const venues: readonly VenueName[] = ['bybit', 'binance'];
const buy = (clientOrderId: string, more: Partial<OrderRequest> = {}): OrderRequest => ({
  clientOrderId,
  symbol: 'AAAUSDT',
  side: 'buy',
  quantity: 1,
  reduceOnly: false,
  type: 'limit',
  price: 90,
  safety: false,
  ...more,
});

describe.each(venues)('%s', (venue) => {
  test('maintenance: an order is refused for now, and taken after it (36)', async () => {
    await using local = await openVenue({ venue });
    local.exchange.fate.beginMaintenance();
    const failure = await local.connection.account.place(buy('a')).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(MAINTENANCE|OVERLOADED|SYMBOL_NOT_TRADING)$/) });
    local.exchange.fate.endMaintenance();
    await local.connection.account.place(buy('b'));
    expect(local.exchange.openOrders({}).map(({ clientOrderId }) => clientOrderId)).toEqual(['b']);
  });

  test('a symbol that may only be reduced refuses entries, and only its own (38, 40)', async () => {
    await using local = await openVenue({ venue });
    local.exchange.fate.setStatus('AAAUSDT', 'reduce-only');
    const refused = local.connection.account.place(buy('a'));
    await expect(refused).rejects.toMatchObject({ code: 'SYMBOL_NOT_TRADING', retryable: false, orderMayExist: false });
    await local.connection.account.place(buy('b', { symbol: 'BBBUSDT', price: 40 }));
  });

  test('steps that were changed are met as such (39)', async () => {
    await using local = await openVenue({ venue });
    const { account, market } = local.connection;
    await account.place(buy('before', { price: 90.1 }));
    local.exchange.fate.changeInstrument('AAAUSDT', { tickSize: 0.5 });
    await expect(account.place(buy('after', { price: 90.1 }))).rejects.toMatchObject({ code: 'OFF_GRID' });
    const listed = await market.instruments();
    expect(listed.find(({ instrument }) => instrument.symbol === 'AAAUSDT')?.instrument.tickSize).toBe(0.5);
    await account.place(buy('after', { price: 90.5 }));
  });

  test('a cancel that comes after the fill says so, and the fill is there (31)', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await account.place(buy('filled', { type: 'market' }));
    await local.running.advance(START + HOUR_MS);
    const failure = await account
      .cancel({ symbol: 'AAAUSDT', clientOrderId: 'filled' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: expect.stringMatching(/^ORDER_(FINAL|NOT_FOUND)$/), orderMayExist: false });
    expect(await account.findOrder({ symbol: 'AAAUSDT', clientOrderId: 'filled' })).toMatchObject({ state: 'filled' });
  });

  test('a market order that is filled in part ends with what it got (25, 26)', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    local.exchange.fate.thinBook('AAAUSDT', 0.4);
    local.exchange.fate.splitFills('AAAUSDT', 2);
    await account.place(buy('thin', { type: 'market' }));
    await local.running.advance(START + HOUR_MS);
    const found = await account.findOrder({ symbol: 'AAAUSDT', clientOrderId: 'thin' });
    expect(found).toMatchObject({ state: 'cancelled', quantity: 1, filledQuantity: 0.4 });
    const executions = await account.executions({ from: START });
    expect(executions.map(({ clientOrderId }) => clientOrderId)).toEqual(['thin', 'thin']);
    expect(executions.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(0.4, 12);
  });

  test('leverage that was changed elsewhere is read, not remembered (41)', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await account.setLeverage('AAAUSDT', 3);
    await account.place(buy('held', { type: 'market' }));
    await local.running.advance(START + HOUR_MS);
    local.exchange.fate.setLeverageByHand('AAAUSDT', 9);
    expect((await account.positions())[0].leverage).toBe(9);
  });

  test('a refusal for coming too often says when to come again, and is heeded (33)', async () => {
    await using local = await openVenue({
      venue,
      connection: { timing: { patienceMs: 50, readTries: 1, readDeadlineMs: 1_000 } },
    });
    const path = venue === 'bybit' ? /wallet-balance/ : /v3\/account/;
    local.fail({ path, fate: { kind: 'refuse', commit: false, refusal: 'rate-limited' } });
    const failure = await local.connection.account.balance().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryable: true, orderMayExist: false });
    expect((failure as { retryAt: number }).retryAt).toBeGreaterThan(Date.now());
  });
});
