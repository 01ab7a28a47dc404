// Which orders are there, and in which state? The only place where an order record is made or replaced.
import { invariant } from '../../domain/errors.ts';
import type { ExchangeState, Listing, LiveOrder, OrderStore } from './exchange-state.ts';
import type { CancelReason, OrderKey, OrderRecord, OrderStatus } from './order-record.ts';
import { note } from './tell.ts';

export function createOrderStore(): OrderStore {
  return { byId: new Map(), byClientId: new Map(), open: new Map(), closed: [] };
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['filled', 'cancelled', 'rejected', 'deactivated']);

/** Whether nothing can happen to the order any more. */
export const isFinal = (record: OrderRecord): boolean => FINAL.has(record.status);

/** What is still to fill, base units. */
export const leavesOf = (record: OrderRecord): number => Math.max(0, record.quantity - record.filledQuantity);

/** A record that says only what it must. */
export type NewOrder = Pick<OrderRecord, 'symbol' | 'side' | 'type' | 'quantity' | 'status'> & Partial<OrderRecord>;

/** Takes an order into the books; an event tells of it. */
export function addOrder(state: ExchangeState, listing: Listing, order: NewOrder): LiveOrder {
  const { now } = state;
  const record: OrderRecord = Object.freeze({
    orderId: state.nextOrderId(),
    clientOrderId: '',
    parentClientOrderId: '',
    timeInForce: order.type === 'market' ? 'ioc' : 'gtc',
    source: 'client',
    filledQuantity: 0,
    filledValue: 0n,
    fees: 0n,
    price: undefined,
    triggerPrice: undefined,
    triggerSource: 'last',
    triggerDirection: undefined,
    reduceOnly: false,
    closesPosition: false,
    attachedStop: undefined,
    attachedTarget: undefined,
    stopTrigger: 'last',
    targetTrigger: 'last',
    leverage: listing.leverage,
    cancelReason: undefined,
    rejectReason: undefined,
    lastPriceOnCreated: NaN,
    createdAt: now,
    updatedAt: now,
    conditional: false,
    ...order,
  });
  const live: LiveOrder = { record, restsFrom: record.price ?? NaN, isWaiting: false, servedIn: NaN };
  const { orders } = state;
  orders.byId.set(record.orderId, live);
  if (record.clientOrderId !== '') orders.byClientId.set(record.clientOrderId, live);
  orders.open.set(record.orderId, live);
  listing.orders.push(live);
  listing.isTouchKnown = false;
  note(state, { kind: 'order', time: now, order: record });
  if (isFinal(record)) putAway(state, listing, live);
  return live;
}

/** Changes an order that has not ended; an event tells of it. */
export function changeOrder(
  state: ExchangeState,
  listing: Listing,
  { live, change }: { readonly live: LiveOrder; readonly change: Partial<OrderRecord> },
): void {
  invariant(!isFinal(live.record), `order ${live.record.orderId} has ended as ${live.record.status}`);
  live.record = Object.freeze({ ...live.record, ...change, updatedAt: state.now });
  listing.isTouchKnown = false;
  listing.isPlanned = false;
  note(state, { kind: 'order', time: state.now, order: live.record });
  if (isFinal(live.record)) putAway(state, listing, live);
}

/** Ends an order that has not filled, or not all. */
export function cancelOrder(state: ExchangeState, listing: Listing, live: LiveOrder, reason: CancelReason): void {
  changeOrder(state, listing, { live, change: { status: 'cancelled', cancelReason: reason } });
}

function putAway(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  live.isWaiting = false;
  state.orders.open.delete(live.record.orderId);
  state.orders.closed.push(live);
  forget(listing, live);
}

function forget(listing: Listing, live: LiveOrder): void {
  const at = listing.orders.indexOf(live);
  if (at >= 0) listing.orders.splice(at, 1);
  if (listing.stop === live) listing.stop = undefined;
  if (listing.target === live) listing.target = undefined;
}

/** Takes an order out of the books as if it had never been there. */
export function loseOrder(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  state.orders.byId.delete(live.record.orderId);
  state.orders.open.delete(live.record.orderId);
  forget(listing, live);
  listing.isTouchKnown = false;
  listing.isPlanned = false;
}

/** The order that a client means; undefined: there is none of that name in the symbol. */
export function findOrder(state: ExchangeState, symbol: string, key: OrderKey): LiveOrder | undefined {
  const { byId, byClientId } = state.orders;
  const live = 'orderId' in key ? byId.get(key.orderId) : byClientId.get(key.clientOrderId);
  return live?.record.symbol === symbol ? live : undefined;
}
