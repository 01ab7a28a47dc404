// Is an order ever sent twice, forgotten, or reported twice? Random replies of a venue against the machine.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OrderIntent } from '../../domain/order.ts';
import type { OrderRequest, OrderState, VenueOrder } from '../../ports/venue-account.ts';
import { advanceOrder, intendedOrder, type OrderInput, type OrderRules, type TrackedOrder } from './tracked-order.ts';

const RULES: OrderRules = {
  entryMaxAgeMs: 60_000,
  absenceProofMs: 15_000,
  lookUpEveryMs: 1_000,
  retryFirstMs: 500,
  retryMaxMs: 8_000,
  halfLot: 0.0005,
  mayOpen: true,
};

const request = (reduceOnly: boolean): OrderRequest => ({
  clientOrderId: 'pp-1',
  symbol: 'BTCUSDT',
  side: 'buy',
  quantity: 0.01,
  reduceOnly,
  type: 'market',
  safety: reduceOnly,
});
const INTENT: OrderIntent = {
  clientOrderId: 'BTCUSDT-x-entry',
  symbol: 'BTCUSDT',
  side: 'buy',
  quantity: 0.01,
  reduceOnly: false,
  leverage: 3,
  reason: 'entry',
  decidedAt: 0,
  decisionPrice: 50_000,
  protection: undefined,
};
const fresh = (reduceOnly = false): TrackedOrder => intendedOrder(request(reduceOnly), INTENT);

const venueOrder = (state: OrderState, filledQuantity: number): VenueOrder => ({
  symbol: 'BTCUSDT',
  venueOrderId: 'v1',
  clientOrderId: 'pp-1',
  parentClientOrderId: undefined,
  origin: 'client',
  side: 'buy',
  type: 'market',
  state,
  quantity: 0.01,
  filledQuantity,
  averagePrice: undefined,
  price: undefined,
  triggerPrice: undefined,
  reduceOnly: false,
  closesPosition: false,
  reason: state === 'cancelled' ? 'no liquidity' : undefined,
  createdAt: 0,
  updatedAt: 0,
  conditional: false,
});

const failure = (change: { retryable?: boolean; orderMayExist?: boolean }, now = 100): OrderInput => ({
  kind: 'failed',
  now,
  failure: { code: 'OVERLOADED', message: 'busy', retryable: false, orderMayExist: false, ...change },
});

function run(order: TrackedOrder, ...inputs: readonly OrderInput[]) {
  let now = { order, step: { kind: 'nothing' } as ReturnType<typeof advanceOrder>['step'] };
  for (const input of inputs) now = advanceOrder(now.order, input, RULES);
  return now;
}

test('a new order is sent at once; one found after a restart is looked up first', () => {
  expect(run(fresh(), { kind: 'begin', now: 10, afterRestart: false }).step).toEqual({ kind: 'send', delayMs: 0 });
  expect(run(fresh(), { kind: 'begin', now: 10, afterRestart: true }).step.kind).toBe('look-up');
});

test('an entry of a close long gone is not sent, an exit always is', () => {
  const late: OrderInput = { kind: 'begin', now: 60_001, afterRestart: false };
  expect(run(fresh(), late).step).toEqual({ kind: 'end', refused: 'stale' });
  expect(run(fresh(true), late).step.kind).toBe('send');
});

test('after a time-out it is looked up, and sent again only after the proof of absence, under the same id', () => {
  const timedOut = run(fresh(), { kind: 'begin', now: 0, afterRestart: false }, failure({ orderMayExist: true }));
  expect(timedOut.step.kind).toBe('look-up');
  expect(run(timedOut.order, { kind: 'not-found', now: 14_999 }).step).toEqual({ kind: 'look-up', delayMs: 1_000 });
  const again = run(timedOut.order, { kind: 'not-found', now: 15_000 });
  expect(again.step.kind).toBe('send');
  expect(again.order.request.clientOrderId).toBe('pp-1');
  expect(again.order.attempts).toBe(2);
});

test('a refusal for certain ends an entry; a passing one is tried again with growing pauses while it is fresh', () => {
  const sent = run(fresh(), { kind: 'begin', now: 0, afterRestart: false });
  expect(run(sent.order, failure({})).step).toEqual({ kind: 'end', refused: 'OVERLOADED' });
  const once = run(sent.order, failure({ retryable: true }));
  const twice = run(once.order, failure({ retryable: true }));
  expect([once.step, twice.step]).toEqual([
    { kind: 'send', delayMs: 500 },
    { kind: 'send', delayMs: 1_000 },
  ]);
  expect(run(twice.order, failure({ retryable: true }, 60_001)).step).toEqual({ kind: 'end', refused: 'OVERLOADED' });
});

test('what ended at the venue ends here when all of it is booked, and the rest is reported once', () => {
  const open = run(fresh(), { kind: 'begin', now: 0, afterRestart: false }, { kind: 'acked', venueOrderId: 'v1' });
  const settling = run(open.order, { kind: 'seen', order: venueOrder('cancelled', 0.004) });
  expect(settling.step).toEqual({ kind: 'fetch-executions' });
  const ended = run(settling.order, { kind: 'booked', quantity: 0.004 });
  expect(ended.step).toEqual({ kind: 'end', refused: 'no liquidity' });
  expect(run(ended.order, { kind: 'seen', order: venueOrder('cancelled', 0.004) }).step.kind).toBe('nothing');
});

test('executions may come before the reply and before any news of the order', () => {
  const sent = run(fresh(), { kind: 'begin', now: 0, afterRestart: false });
  const filled = run(sent.order, { kind: 'booked', quantity: 0.006 }, { kind: 'booked', quantity: 0.004 });
  expect(filled.step).toEqual({ kind: 'end', refused: undefined });
  expect(run(filled.order, failure({ orderMayExist: true }), { kind: 'acked', venueOrderId: 'v1' }).order).toBe(
    filled.order,
  );
});

const inputs: fc.Arbitrary<OrderInput> = fc.oneof(
  fc.record({ kind: fc.constant('acked' as const), venueOrderId: fc.constant('v1') }),
  fc.record({
    kind: fc.constant('failed' as const),
    now: fc.integer({ min: 0, max: 120_000 }),
    failure: fc.record({
      code: fc.constantFrom('OVERLOADED' as const, 'TIMEOUT' as const, 'ORDER_ID_TAKEN' as const),
      message: fc.constant('x'),
      retryable: fc.boolean(),
      orderMayExist: fc.boolean(),
    }),
  }),
  fc
    .tuple(
      fc.constantFrom<OrderState>('new', 'partly-filled', 'filled', 'cancelled', 'rejected'),
      fc.integer({ min: 0, max: 10 }),
    )
    .map(([state, lots]): OrderInput => ({ kind: 'seen', order: venueOrder(state, lots / 1_000) })),
  fc.record({ kind: fc.constant('not-found' as const), now: fc.integer({ min: 0, max: 120_000 }) }),
  fc.record({
    kind: fc.constant('booked' as const),
    quantity: fc.integer({ min: 1, max: 4 }).map((lots) => lots / 1_000),
  }),
);

test('whatever comes in any order: it is never sent while it may exist, ends once, and stays ended', () => {
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 40 }), fc.boolean(), (sequence, reduceOnly) => {
      let { order, step } = advanceOrder(fresh(reduceOnly), { kind: 'begin', now: 0, afterRestart: false }, RULES);
      let ends = 0;
      for (const input of sequence) {
        const before = order;
        ({ order, step } = advanceOrder(order, input, RULES));
        if (step.kind === 'end') ends += 1;
        if (step.kind === 'send') {
          const isRefusedForCertain =
            input.kind === 'failed' && !input.failure.orderMayExist && input.failure.retryable;
          const isAbsent = input.kind === 'not-found' && input.now - (before.sentAt ?? 0) >= RULES.absenceProofMs;
          expect(isRefusedForCertain || isAbsent).toBe(true);
          expect(before.filled).toBe(0);
        }
        expect(order.filled).toBeGreaterThanOrEqual(before.filled);
        if (before.phase === 'done') expect(order).toBe(before);
      }
      expect(ends).toBeLessThanOrEqual(1);
    }),
  );
});

const withdrawn: OrderInput = { kind: 'withdraw', why: 'expired' };

test('an order is withdrawn when it is seen to be there, however that comes to be known', () => {
  const sent = run(fresh(), { kind: 'begin', now: 0, afterRestart: false }, withdrawn);
  expect(sent.step.kind).toBe('nothing');
  const arrivals: readonly OrderInput[] = [
    { kind: 'acked', venueOrderId: 'v1' },
    { kind: 'seen', order: venueOrder('new', 0) },
    { kind: 'booked', quantity: 0.004 },
  ];
  for (const input of arrivals) {
    const { order, step } = run(sent.order, input);
    expect([order.phase, step.kind]).toEqual(['open', 'cancel']);
    // It is asked for until the venue says that it is over.
    expect(run(order, { kind: 'seen', order: venueOrder('new', 0) }).step).toEqual({ kind: 'cancel', delayMs: 1_000 });
    expect(run(order, { kind: 'seen', order: venueOrder('cancelled', order.filled) }).order.phase).toBe('done');
  }
});

test('an order that waits to be sent again is not, once it is withdrawn or entries are forbidden', () => {
  const again = run(fresh(), { kind: 'begin', now: 0, afterRestart: false }, failure({ retryable: true }));
  expect(again.step).toEqual({ kind: 'send', delayMs: 500 });
  expect(run(again.order, { kind: 'due', now: 600 }).step).toEqual({ kind: 'send', delayMs: 0 });
  expect(run(again.order, withdrawn, { kind: 'due', now: 600 }).step).toEqual({ kind: 'end', refused: 'expired' });
  const forbidden = { ...RULES, mayOpen: false };
  const due: OrderInput = { kind: 'due', now: 600 };
  expect(advanceOrder(again.order, due, forbidden).step).toEqual({ kind: 'end', refused: 'entries-blocked' });
});
