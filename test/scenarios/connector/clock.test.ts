// Does a clock that jumps, here or at the venue, cost an order? It costs one measurement and one notice (L12).
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/ports/clock.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import { openVenue } from './local-venue.ts';

const orderOf = (clientOrderId: string): OrderRequest => ({
  clientOrderId,
  symbol: 'BBBUSDT',
  side: 'buy',
  quantity: 1,
  reduceOnly: false,
  type: 'limit',
  price: 40,
  safety: false,
});

describe.each(['bybit', 'binance'] as const)('%s', (venue) => {
  test.each([3_000, -3_000, 30_000, -30_000])('the clock of the venue jumps by %i ms', async (aheadMs) => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await account.place(orderOf('before'));
    local.setServerClock(aheadMs);
    await Promise.all(['a', 'b', 'c'].map((id) => account.place(orderOf(id))));
    for (const id of ['d', 'e']) await account.place(orderOf(id));
    const ids = local.exchange.openOrders({}).map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids)).toEqual(new Set(['before', 'a', 'b', 'c', 'd', 'e']));
    // A window of five seconds swallows three: the next measurement finds them.
    const wasNoticed = local.notices.length > 0;
    if (!wasNoticed) expect(aheadMs).toBe(3_000);
    expect(local.notices.length).toBeLessThanOrEqual(1);
    if (wasNoticed) {
      expect(local.notices[0]).toMatchObject({ kind: 'clock-jumped', whose: 'venue' });
      expect(Math.abs((local.connection.health().clockOffsetMs ?? 0) - aheadMs)).toBeLessThan(50);
    }
  });

  test('a jump that hurts nothing is found by the measurement that comes by itself', async () => {
    await using local = await openVenue({ venue, connection: { timing: { clockEveryMs: 30 } } });
    local.setServerClock(3_000);
    while (local.notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await local.connection.account.place(orderOf('after'));
    expect(local.notices).toHaveLength(1);
    expect(local.notices[0]).toMatchObject({ kind: 'clock-jumped', whose: 'venue' });
    expect(local.connection.health().clockOffsetMs).toBeGreaterThan(2_900);
  });

  test.each([3_000, -3_000, 60_000])('our own clock jumps by %i ms', async (byMs) => {
    const { clock, jump } = jumpingClock();
    await using local = await openVenue({ venue, connection: { clock } });
    const { account } = local.connection;
    jump(byMs);
    expect(Math.abs((local.connection.health().clockOffsetMs ?? 0) + byMs)).toBeLessThan(50);
    await Promise.all(['a', 'b', 'c'].map((id) => account.place(orderOf(id))));
    expect(local.exchange.openOrders({})).toHaveLength(3);
    expect(local.notices).toHaveLength(1);
    expect(local.notices[0]).toMatchObject({ kind: 'clock-jumped', whose: 'own' });
    const placed = local.requests.filter((request) => /^POST .*order/.test(request));
    expect(placed).toHaveLength(3);
  });
});

/** The machine's clock, which somebody sets. */
function jumpingClock(): { readonly clock: Clock; readonly jump: (byMs: number) => void } {
  const system = createSystemClock();
  let offset = 0;
  return {
    clock: { now: () => system.now() + offset, after: (delayMs, wake) => system.after(delayMs, wake) },
    jump: (byMs) => {
      offset += byMs;
    },
  };
}
