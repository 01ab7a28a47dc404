// Does the kill switch end flat whatever the venue does, and never open anything? A small venue that fails at will.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Instrument } from '../../domain/instrument.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { HeldPosition, OrderRequest, VenueAccount, VenueOrder } from '../../ports/venue-account.ts';
import { flattenAccount, type FlattenRequest } from './flatten-account.ts';

const RULES: Instrument = {
  symbol: 'A',
  tickSize: 0.1,
  lotSize: 0.01,
  minQuantity: 0.01,
  maxMarketQuantity: 5,
  minNotional: 5,
  tiers: [{ maxNotional: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 }],
};

const never = (): never => {
  throw new Error('the kill switch has no business here');
};

/** Positions and orders in memory; `fails` is asked before every call. `lost`: the call is carried out and fails all the same. */
function smallVenue(held: Record<string, number>, fails: () => 'no' | 'refused' | 'lost' = () => 'no') {
  const positions = new Map(Object.entries(held));
  const orders = new Map<string, VenueOrder>();
  const placed: OrderRequest[] = [];
  const guard = <Value>(action: () => Value): Value => {
    const fate = fails();
    const failure = { code: 'TIMEOUT', message: 'no answer', retryable: true, orderMayExist: fate === 'lost' } as const;
    if (fate === 'refused') throw new VenueError(failure);
    const value = action();
    if (fate === 'lost') throw new VenueError(failure);
    return value;
  };
  const account: VenueAccount = {
    keyFacts: never,
    modes: never,
    balance: never,
    findOrder: never,
    executions: never,
    protect: never,
    setLeverage: never,
    setMarginMode: never,
    setPositionMode: never,
    positions: async () =>
      guard(() =>
        [...positions].flatMap(([symbol, quantity]): HeldPosition[] =>
          quantity === 0 ? [] : [{ symbol, quantity } as HeldPosition],
        ),
      ),
    openOrders: async () => guard(() => [...orders.values()]),
    place: async (order) =>
      guard(() => {
        placed.push(order);
        const signed = positions.get(order.symbol) ?? 0;
        const taken = Math.min(Math.abs(signed), order.quantity);
        positions.set(order.symbol, Math.round((signed - Math.sign(signed) * taken) * 100) / 100);
        return { clientOrderId: order.clientOrderId, venueOrderId: 'v', protection: 'none' };
      }),
    cancel: async ({ clientOrderId }) =>
      guard(() => {
        if (!orders.delete(clientOrderId)) {
          throw new VenueError({ code: 'ORDER_NOT_FOUND', message: 'gone', retryable: false, orderMayExist: false });
        }
      }),
    cancelAll: async (symbol) =>
      guard(() => {
        for (const [id, order] of orders) if (order.symbol === symbol) orders.delete(id);
      }),
  };
  return { account, positions, orders, placed };
}

function requestOf(account: VenueAccount, change: Partial<FlattenRequest> = {}): FlattenRequest {
  let now = 0;
  return {
    account,
    clock: {
      now: () => now,
      after(delayMs, wake) {
        now += delayMs;
        queueMicrotask(wake);
        return () => undefined;
      },
    },
    instrument: (symbol) => ({ ...RULES, symbol }),
    idPrefix: 'pp-me-k',
    sliceShare: 1,
    pauseMs: 100,
    maxPauseMs: 2_000,
    ...change,
  };
}

const entry = (id: string, change: Partial<VenueOrder> = {}): VenueOrder =>
  ({
    symbol: 'A',
    clientOrderId: id,
    origin: 'client',
    reduceOnly: false,
    closesPosition: false,
    ...change,
  }) as VenueOrder;

test('an empty account is flat after one look', async () => {
  const { account, placed } = smallVenue({});
  const report = await flattenAccount(requestOf(account));
  expect([report.flat, report.rounds, placed.length]).toEqual([true, 1, 0]);
});

test('long and short are closed by reduce-only market orders, entries before, stops after', async () => {
  const { account, positions, orders, placed } = smallVenue({ A: 2, B: -0.5 });
  orders.set('e', entry('e'));
  orders.set('s', entry('s', { reduceOnly: true, conditional: true }));
  orders.set('', entry('', { symbol: 'C', origin: 'client' }));
  const report = await flattenAccount(requestOf(account));
  expect(report.flat).toBe(true);
  expect(placed.map(({ symbol, side, quantity, reduceOnly }) => [symbol, side, quantity, reduceOnly])).toEqual([
    ['A', 'sell', 2, true],
    ['B', 'buy', 0.5, true],
  ]);
  expect([...positions.values()]).toEqual([0, 0]);
  expect(orders.size).toBe(0);
  expect(report.closed).toEqual([
    { symbol: 'A', quantity: 2 },
    { symbol: 'B', quantity: -0.5 },
  ]);
});

test('large positions go in slices, none larger than a market order may be', async () => {
  const { account, placed } = smallVenue({ A: 12 });
  const report = await flattenAccount(requestOf(account, { sliceShare: 0.5 }));
  expect(report.flat).toBe(true);
  expect(Math.max(...placed.map(({ quantity }) => quantity))).toBeLessThanOrEqual(5);
  expect(placed.length).toBeGreaterThan(2);
});

test('it gives up at the deadline and says that it is not flat', async () => {
  const { account } = smallVenue({ A: 1 }, () => 'refused');
  const report = await flattenAccount(requestOf(account, { deadline: 10_000 }));
  expect(report.flat).toBe(false);
  expect(report.failures[0]).toContain('TIMEOUT');
});

test('only the chosen symbols, where some are chosen', async () => {
  const { account, positions } = smallVenue({ A: 1, B: 1 });
  expect((await flattenAccount(requestOf(account, { symbols: ['B'] }))).flat).toBe(true);
  expect(Object.fromEntries(positions)).toEqual({ A: 1, B: 0 });
});

test('whatever fails, before or after it was carried out: flat in the end, client ids all different, nothing opened', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('no' as const, 'refused' as const, 'lost' as const), { maxLength: 60 }),
      fc.integer({ min: -900, max: 900 }),
      async (fates, lots) => {
        const left = [...fates];
        const { account, positions, placed } = smallVenue({ A: lots / 100, B: -3 }, () => left.shift() ?? 'no');
        const report = await flattenAccount(requestOf(account, { sliceShare: 0.4 }));
        expect(report.flat).toBe(true);
        expect([...positions.values()].every((quantity) => quantity === 0)).toBe(true);
        expect(placed.every(({ reduceOnly }) => reduceOnly)).toBe(true);
        expect(new Set(placed.map(({ clientOrderId }) => clientOrderId)).size).toBe(placed.length);
      },
    ),
  );
});
