// What becomes of one order between the decision and its end? A pure machine: what the venue said comes in, what to do next goes out.
import type { OrderIntent } from '../../domain/order.ts';
import type { VenueFailure } from '../../domain/venue-error.ts';
import type { OrderRequest, VenueOrder } from '../../ports/venue-account.ts';

/**
 * `intended`: on the disk, and perhaps sent; `unknown`: sent, outcome unknown; `open`: the venue has it; `settling`: it has
 * ended at the venue, but not all of its executions are booked; `done`: nothing more will come of it.
 */
export type OrderPhase = 'intended' | 'unknown' | 'open' | 'settling' | 'done';

export interface TrackedOrder {
  readonly request: OrderRequest;
  readonly intent: OrderIntent;
  readonly phase: OrderPhase;
  readonly venueOrderId: string | undefined;
  /** Base units booked from executions. */
  readonly filled: number;
  /** Base units that the venue says have filled, as far as it is known. */
  readonly filledAtVenue: number;
  /** How often it was sent. */
  readonly attempts: number;
  /** When it was last sent, epoch milliseconds; undefined: not by this life of the program. */
  readonly sentAt: number | undefined;
  /** Why it ended without filling whole; undefined: it has not, or it filled. */
  readonly ending: string | undefined;
}

export type OrderInput =
  /** The program has just decided it, or found it in its journal after a restart. */
  | { readonly kind: 'begin'; readonly now: number; readonly afterRestart: boolean }
  | { readonly kind: 'acked'; readonly venueOrderId: string }
  | { readonly kind: 'failed'; readonly failure: VenueFailure; readonly now: number }
  /** The venue shows the order, by a look-up or by itself. */
  | { readonly kind: 'seen'; readonly order: VenueOrder }
  /** A look-up found it nowhere. */
  | { readonly kind: 'not-found'; readonly now: number }
  /** An execution of it was booked. */
  | { readonly kind: 'booked'; readonly quantity: number };

/** What the executor has to do. */
export type OrderStep =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'send'; readonly delayMs: number }
  | { readonly kind: 'look-up'; readonly delayMs: number }
  | { readonly kind: 'fetch-executions' }
  /** It is over; `refused` is what the engine has to be told, undefined when it filled whole. */
  | { readonly kind: 'end'; readonly refused: string | undefined };

export interface OrderRules {
  /** An entry is not sent any more so long after its close. */
  readonly entryMaxAgeMs: number;
  /** The venue may not show an order yet for so long after it was sent. */
  readonly absenceProofMs: number;
  readonly lookUpEveryMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Half of the smallest lot: less is rounding. */
  readonly halfLot: number;
}

export interface OrderAdvance {
  readonly order: TrackedOrder;
  readonly step: OrderStep;
}

/** An order that has been decided and stands on the disk. */
export function intendedOrder(request: OrderRequest, intent: OrderIntent): TrackedOrder {
  return {
    request,
    intent,
    phase: 'intended',
    venueOrderId: undefined,
    filled: 0,
    filledAtVenue: 0,
    attempts: 0,
    sentAt: undefined,
    ending: undefined,
  };
}

/**
 * Takes one input. An order is sent again only under the same client order id, and only after the venue has refused it for
 * certain or has shown for `absenceProofMs` that it does not have it. What is done stays done.
 */
export function advanceOrder(order: TrackedOrder, input: OrderInput, rules: OrderRules): OrderAdvance {
  if (order.phase === 'done') return { order, step: { kind: 'nothing' } };
  switch (input.kind) {
    case 'begin':
      return begin(order, input, rules);
    case 'acked':
      return order.phase === 'settling'
        ? still(order)
        : still({ ...order, phase: 'open', venueOrderId: input.venueOrderId });
    case 'failed':
      return failed(order, input, rules);
    case 'seen':
      return seen(order, input.order, rules);
    case 'not-found':
      return notFound(order, input.now, rules);
    default:
      return booked(order, input.quantity, rules);
  }
}

function still(order: TrackedOrder): OrderAdvance {
  return { order, step: { kind: 'nothing' } };
}

function end(order: TrackedOrder, refused: string | undefined): OrderAdvance {
  return { order: { ...order, phase: 'done', ending: refused }, step: { kind: 'end', refused } };
}

/** After a restart nobody knows whether it was sent: it is looked up first. */
function begin(
  order: TrackedOrder,
  { now, afterRestart }: OrderInput & { kind: 'begin' },
  rules: OrderRules,
): OrderAdvance {
  if (order.phase === 'settling') return { order, step: { kind: 'fetch-executions' } };
  if (order.phase === 'open' || order.phase === 'unknown' || afterRestart) {
    const phase = order.phase === 'open' ? 'open' : 'unknown';
    return { order: { ...order, phase, sentAt: order.sentAt ?? now }, step: { kind: 'look-up', delayMs: 0 } };
  }
  return isTooOld(order, now, rules) ? end(order, 'stale') : send(order, now, 0);
}

/** Entries of a close long gone are wrong now; what reduces risk never is. */
function isTooOld({ request, intent }: TrackedOrder, now: number, { entryMaxAgeMs }: OrderRules): boolean {
  return !request.reduceOnly && now - intent.decidedAt > entryMaxAgeMs;
}

function send(order: TrackedOrder, now: number, delayMs: number): OrderAdvance {
  return {
    order: { ...order, phase: 'unknown', attempts: order.attempts + 1, sentAt: now + delayMs },
    step: { kind: 'send', delayMs },
  };
}

function failed(
  order: TrackedOrder,
  { failure, now }: OrderInput & { kind: 'failed' },
  rules: OrderRules,
): OrderAdvance {
  if (order.phase !== 'unknown') return still(order);
  if (failure.orderMayExist || failure.code === 'ORDER_ID_TAKEN') {
    return { order, step: { kind: 'look-up', delayMs: 0 } };
  }
  if (!failure.retryable || isTooOld(order, now, rules)) return end(order, failure.code);
  const delay = Math.min(rules.retryMaxMs, rules.retryFirstMs * 2 ** (order.attempts - 1));
  return send(order, now, Math.max(delay, (failure.retryAt ?? now) - now));
}

function seen(order: TrackedOrder, found: VenueOrder, rules: OrderRules): OrderAdvance {
  const known: TrackedOrder = {
    ...order,
    venueOrderId: found.venueOrderId,
    filledAtVenue: Math.max(order.filledAtVenue, found.filledQuantity),
  };
  switch (found.state) {
    case 'untriggered':
    case 'new':
    case 'partly-filled':
      return still(order.phase === 'settling' ? known : { ...known, phase: 'open' });
    case 'filled':
      return settle(
        { ...known, filledAtVenue: Math.max(known.filledAtVenue, order.request.quantity) },
        undefined,
        rules,
      );
    default:
      return settle(known, found.reason ?? found.state, rules);
  }
}

/** The venue is done with it; the books may not be. */
function settle(order: TrackedOrder, ending: string | undefined, rules: OrderRules): OrderAdvance {
  const settling: TrackedOrder = { ...order, phase: 'settling', ending: order.ending ?? ending };
  if (settling.filledAtVenue - settling.filled > rules.halfLot)
    return { order: settling, step: { kind: 'fetch-executions' } };
  return end(settling, isWhole(settling, rules) ? undefined : (settling.ending ?? 'cancelled'));
}

function isWhole({ request, filled }: TrackedOrder, { halfLot }: OrderRules): boolean {
  return request.quantity - filled <= halfLot;
}

function notFound(order: TrackedOrder, now: number, rules: OrderRules): OrderAdvance {
  if (order.phase === 'settling') return { order, step: { kind: 'fetch-executions' } };
  const sentAt = order.sentAt ?? now;
  if (order.filled > 0 || now - sentAt < rules.absenceProofMs) {
    return { order: { ...order, sentAt }, step: { kind: 'look-up', delayMs: rules.lookUpEveryMs } };
  }
  return isTooOld(order, now, rules) ? end(order, 'absent') : send(order, now, 0);
}

function booked(order: TrackedOrder, quantity: number, rules: OrderRules): OrderAdvance {
  const filled = order.filled + quantity;
  const known: TrackedOrder = { ...order, filled, filledAtVenue: Math.max(order.filledAtVenue, filled) };
  if (isWhole(known, rules)) return end(known, undefined);
  return order.phase === 'settling' ? settle(known, order.ending, rules) : still({ ...known, phase: 'open' });
}
