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
  /** Which order of its decision it is, from 1. */
  readonly leg: number;
  /** Base units that the orders of the decision before it have filled. */
  readonly filledBefore: number;
  /** Base units that the decision is to have in all: what it asked for, or what the margin sufficed for. */
  readonly wanted: number;
  /** Until when it may rest, epoch milliseconds; undefined: it takes at once. */
  readonly restsUntil: number | undefined;
  /** `expired`: it has rested long enough; `taken-back`: the decision does not stand any more. */
  readonly withdrawn: 'expired' | 'taken-back' | undefined;
  /** Remedies that the decision has used up. */
  readonly tried: readonly Remedy[];
}

/** `smaller`: by the margin that there is; `new-rules`: by the contract as the venue lists it now. Each helps once. */
export type Remedy = 'smaller' | 'new-rules';

export type OrderInput =
  /** The program has just decided it, or found it in its journal after a restart. */
  | { readonly kind: 'begin'; readonly now: number; readonly afterRestart: boolean }
  | { readonly kind: 'acked'; readonly venueOrderId: string }
  | { readonly kind: 'failed'; readonly failure: VenueFailure; readonly now: number }
  /** The venue shows the order, by a look-up or by itself. */
  | { readonly kind: 'seen'; readonly order: VenueOrder }
  /** A look-up found it nowhere. */
  | { readonly kind: 'not-found'; readonly now: number }
  /** The market was asked where an order may rest. */
  | { readonly kind: 'priced'; readonly price: number; readonly now: number }
  /** A delay that a step asked for before sending is over. */
  | { readonly kind: 'due'; readonly now: number }
  /** It is not wanted any more; it may fill all the same until the venue says that it is over. */
  | { readonly kind: 'withdraw'; readonly why: 'expired' | 'taken-back' }
  /** An execution of it was booked. */
  | { readonly kind: 'booked'; readonly quantity: number };

/** What the executor has to do. */
export type OrderStep =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'send'; readonly delayMs: number }
  | { readonly kind: 'look-up'; readonly delayMs: number }
  /** The venue is to take it back, and to be asked what became of it. */
  | { readonly kind: 'cancel'; readonly delayMs: number }
  /** It has to be known where it may rest before it can be sent. */
  | { readonly kind: 'price' }
  | { readonly kind: 'fetch-executions' }
  /** It is over, and every execution of it is booked; `refused` says why it did not fill whole. */
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
  /** False: nothing may be opened now, so that no entry is sent, or sent again. */
  readonly mayOpen: boolean;
}

export interface OrderAdvance {
  readonly order: TrackedOrder;
  readonly step: OrderStep;
}

/** What distinguishes an order from the first one of its decision. */
export type OrderTerms = Pick<TrackedOrder, 'leg' | 'filledBefore' | 'wanted' | 'restsUntil' | 'tried'>;

/** An order that has been decided and stands on the disk. */
export function intendedOrder(
  request: OrderRequest,
  intent: OrderIntent,
  terms: Partial<OrderTerms> = {},
): TrackedOrder {
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
    leg: 1,
    filledBefore: 0,
    wanted: intent.quantity,
    restsUntil: undefined,
    withdrawn: undefined,
    tried: [],
    ...terms,
  };
}

/**
 * Takes one input. An order is sent again only under the same client order id, and only after the venue has refused it for
 * certain or has shown for `absenceProofMs` that it does not have it. What is done stays done.
 */
export function advanceOrder(order: TrackedOrder, input: OrderInput, rules: OrderRules): OrderAdvance {
  if (order.phase === 'done') return still(order);
  switch (input.kind) {
    case 'begin':
      return begin(order, input, rules);
    case 'priced':
      return priced(order, input, rules);
    case 'due':
      return due(order, input.now, rules);
    case 'acked':
      return order.phase === 'settling' ? still(order) : opened({ ...order, venueOrderId: input.venueOrderId }, 0);
    case 'failed':
      return failed(order, input, rules);
    case 'seen':
      return seen(order, input.order, rules);
    case 'not-found':
      return notFound(order, input.now, rules);
    case 'withdraw':
      return withdraw(order, input.why);
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

/** The venue has it: as long as it is wanted that is well. */
function opened(order: TrackedOrder, delayMs: number): OrderAdvance {
  const open: TrackedOrder = { ...order, phase: 'open' };
  return open.withdrawn === undefined ? still(open) : { order: open, step: { kind: 'cancel', delayMs } };
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
  return send(order, { now, delayMs: 0 }, rules);
}

function priced(order: TrackedOrder, { price, now }: OrderInput & { kind: 'priced' }, rules: OrderRules): OrderAdvance {
  if (order.phase !== 'intended') return still(order);
  return send({ ...order, request: { ...order.request, price } }, { now, delayMs: 0 }, rules);
}

/** Why it may not be sent any more; undefined: it may. What reduces risk always may. */
function hindrance({ request, intent, withdrawn }: TrackedOrder, now: number, rules: OrderRules): string | undefined {
  if (withdrawn !== undefined) return withdrawn;
  if (request.reduceOnly) return undefined;
  if (now - intent.decidedAt > rules.entryMaxAgeMs) return 'stale';
  return rules.mayOpen ? undefined : 'entries-blocked';
}

/** Sends it, or asks first where it may rest. */
function send(
  order: TrackedOrder,
  { now, delayMs }: { readonly now: number; readonly delayMs: number },
  rules: OrderRules,
): OrderAdvance {
  const reason = hindrance(order, now, rules);
  if (reason !== undefined) return end(order, reason);
  if (order.restsUntil !== undefined) {
    if (now >= order.restsUntil) return end({ ...order, withdrawn: 'expired' }, 'expired');
    if (order.request.price === undefined) return { order: { ...order, phase: 'intended' }, step: { kind: 'price' } };
  }
  return {
    order: { ...order, phase: 'unknown', attempts: order.attempts + 1, sentAt: now + delayMs },
    step: { kind: 'send', delayMs },
  };
}

/** Meanwhile it may have been withdrawn, or entries forbidden; the venue does not have it. */
function due(order: TrackedOrder, now: number, rules: OrderRules): OrderAdvance {
  if (order.phase !== 'unknown') return still(order);
  const reason = hindrance(order, now, rules);
  return reason === undefined ? { order, step: { kind: 'send', delayMs: 0 } } : end(order, reason);
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
  if (!failure.retryable) return end(order, failure.code);
  const delay = Math.min(rules.retryMaxMs, rules.retryFirstMs * 2 ** (order.attempts - 1));
  const reason = hindrance(order, now, rules);
  // The reason of the venue says more than that time has passed meanwhile.
  if (reason !== undefined) return end(order, reason === 'stale' ? failure.code : reason);
  return send(order, { now, delayMs: Math.max(delay, (failure.retryAt ?? now) - now) }, rules);
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
      return order.phase === 'settling' ? still(known) : opened(known, rules.lookUpEveryMs);
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
  const reason = hindrance(order, now, rules);
  if (reason !== undefined) return end(order, reason === 'stale' ? 'absent' : reason);
  return send(order, { now, delayMs: 0 }, rules);
}

/** What is on its way, or not known to have arrived, is cancelled when it is seen. */
function withdraw(order: TrackedOrder, why: 'expired' | 'taken-back'): OrderAdvance {
  const withdrawn: TrackedOrder = { ...order, withdrawn: order.withdrawn === 'taken-back' ? 'taken-back' : why };
  if (order.phase === 'intended') return end(withdrawn, why);
  return order.phase === 'open' ? opened(withdrawn, 0) : still(withdrawn);
}

function booked(order: TrackedOrder, quantity: number, rules: OrderRules): OrderAdvance {
  const filled = order.filled + quantity;
  const known: TrackedOrder = { ...order, filled, filledAtVenue: Math.max(order.filledAtVenue, filled) };
  if (isWhole(known, rules)) return end(known, undefined);
  if (order.phase === 'settling') return settle(known, order.ending, rules);
  return order.phase === 'open' ? still(known) : opened(known, 0);
}
