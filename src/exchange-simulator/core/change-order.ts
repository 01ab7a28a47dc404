// What may be done to an order that rests? Amended within the rules, cancelled, or all cancelled at once.
import { floorToLot } from '../../domain/instrument.ts';
import { exitSideRefusal, isOnTick, listingRefusal, refusal } from './check-order.ts';
import type { Refusal } from './check-order.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { restOrTake } from './limit-order.ts';
import { canBind, lastOf } from './margin.ts';
import { isOnSide } from './market-execution.ts';
import { cancelOrder, changeOrder, findOrder, isFinal, leavesOf } from './order-store.ts';
import type { OrderKey, OrderRecord, Outcome } from './order-record.ts';

export interface OrderChange {
  readonly quantity?: number;
  readonly price?: number;
  readonly triggerPrice?: number;
}

type Found = { readonly listing: Listing; readonly live: LiveOrder };

/** The open order that is meant, or why it cannot be touched. */
function openOrderOf(state: ExchangeState, symbol: string, key: OrderKey): Found | Refusal {
  const listing = state.bySymbol.get(symbol);
  if (listing === undefined) return refusal('unknown-symbol', `${symbol} is not listed`);
  const live = findOrder(state, symbol, key);
  if (live === undefined) return refusal('unknown-order', 'there is no such order');
  if (isFinal(live.record)) return refusal('order-final', `the order is ${live.record.status}`);
  return { listing, live };
}

/** Changes quantity, price or trigger of an order that has not ended. A limit order that now meets the market takes. */
export function amendOrder(
  state: ExchangeState,
  { symbol, key, change }: { readonly symbol: string; readonly key: OrderKey; readonly change: OrderChange },
): Outcome<OrderRecord> {
  const found = openOrderOf(state, symbol, key);
  if ('reason' in found) return found;
  const { listing, live } = found;
  const refused = listingRefusal(state, listing, false) ?? amendRefusal(state, listing, live, change);
  if (refused !== undefined) return refused;
  changeOrder(state, listing, { live, change });
  const { record } = live;
  const isResting = record.type === 'limit' && record.status !== 'untriggered';
  if (isResting && change.price !== undefined) restOrTake(state, listing, live);
  return { kind: 'done', value: live.record };
}

function amendRefusal(
  state: ExchangeState,
  listing: Listing,
  { record }: LiveOrder,
  change: OrderChange,
): Refusal | undefined {
  const { quantity = record.quantity, price = record.price, triggerPrice = record.triggerPrice } = change;
  const isSame = quantity === record.quantity && price === record.price && triggerPrice === record.triggerPrice;
  if (isSame) return refusal('not-modified', 'nothing would change');
  if (change.quantity !== undefined && record.closesPosition) {
    return refusal('bad-parameter', 'it closes whatever is held: its quantity is that of the position');
  }
  if (record.type === 'market' && !record.conditional) return refusal('bad-parameter', 'a market order does not rest');
  if (change.price !== undefined && record.type !== 'limit') return refusal('bad-parameter', 'it has no limit price');
  if (change.triggerPrice !== undefined && record.status !== 'untriggered') {
    return refusal('bad-parameter', 'it has no trigger price any more');
  }
  const stepProblem = amendedStepRefusal(listing, { quantity, price, triggerPrice });
  if (stepProblem !== undefined) return stepProblem;
  if (quantity <= record.filledQuantity) return refusal('bad-parameter', `${record.filledQuantity} are filled already`);
  return (
    amendedTriggerRefusal(state, listing, record, triggerPrice) ??
    amendedSizeRefusal(state, listing, record, { quantity, price: price ?? triggerPrice ?? NaN })
  );
}

function amendedStepRefusal(
  { book: { instrument } }: Listing,
  values: { readonly quantity: number; readonly price: number | undefined; readonly triggerPrice: number | undefined },
): Refusal | undefined {
  if (!(values.quantity > 0)) return refusal('bad-parameter', `quantity ${values.quantity} is not positive`);
  if (floorToLot(instrument, values.quantity) !== values.quantity) {
    return refusal('off-lot', `quantity ${values.quantity} is no multiple of ${instrument.lotSize}`);
  }
  for (const value of [values.price, values.triggerPrice]) {
    if (value === undefined) continue;
    if (!(value > 0)) return refusal('bad-parameter', `price ${value} is not positive`);
    if (!isOnTick(instrument, value)) return refusal('off-tick', `${value} is no multiple of ${instrument.tickSize}`);
  }
  return undefined;
}

function amendedTriggerRefusal(
  state: ExchangeState,
  listing: Listing,
  record: OrderRecord,
  triggerPrice: number | undefined,
): Refusal | undefined {
  if (triggerPrice === undefined || triggerPrice === record.triggerPrice) return undefined;
  const last = lastOf(state, listing);
  const where = record.triggerDirection === 'up' ? 'above' : 'below';
  if (isOnSide(triggerPrice, last, where)) return undefined;
  return refusal('trigger-on-wrong-side', `${triggerPrice} is not ${where} the market at ${last}`);
}

function amendedSizeRefusal(
  state: ExchangeState,
  listing: Listing,
  record: OrderRecord,
  { quantity, price }: { readonly quantity: number; readonly price: number },
): Refusal | undefined {
  const { instrument, position } = listing.book;
  if (record.reduceOnly || record.closesPosition) {
    const isTooLarge = !record.conditional && quantity - record.filledQuantity > position.quantity;
    return isTooLarge ? refusal('nothing-to-reduce', `only ${position.quantity} are held`) : undefined;
  }
  if (quantity < instrument.minQuantity) return refusal('below-minimum-quantity', `below ${instrument.minQuantity}`);
  if (quantity > instrument.maxMarketQuantity) {
    return refusal('above-maximum-quantity', `above ${instrument.maxMarketQuantity}`);
  }
  if (quantity * price < instrument.minNotional) {
    return refusal('below-minimum-notional', `the order's value is below ${instrument.minNotional}`);
  }
  if (record.conditional) return undefined;
  const more = Math.max(0, quantity * price - record.quantity * (record.price ?? price)) / price;
  if (canBind(state, listing, { opening: more, closing: 0, price })) return undefined;
  return refusal('insufficient-margin', 'what the order would bind is not free');
}

/** Whether stop or target of a position may be moved to `price`. */
export function movedExitRefusal(
  state: ExchangeState,
  listing: Listing,
  exits: { readonly stopPrice?: number | undefined; readonly targetPrice?: number | undefined },
): Refusal | undefined {
  return exitSideRefusal(lastOf(state, listing), listing.book.position.direction === 1, exits);
}

/** Cancels an order that has not ended. */
export function cancelByClient(state: ExchangeState, symbol: string, key: OrderKey): Outcome<OrderRecord> {
  const found = openOrderOf(state, symbol, key);
  if ('reason' in found) return found;
  cancelOrder(state, found.listing, found.live, 'by-client');
  return { kind: 'done', value: found.live.record };
}

/** Cancels every open order of a symbol or of all, of one book or of both. */
export function cancelAllOrders(
  state: ExchangeState,
  symbol: string | undefined,
  conditional: boolean | undefined,
): OrderRecord[] {
  const cancelled: OrderRecord[] = [];
  for (const live of state.orders.open.values()) {
    const { record } = live;
    const listing = state.bySymbol.get(record.symbol);
    if (listing === undefined || (symbol !== undefined && record.symbol !== symbol)) continue;
    if (conditional !== undefined && record.conditional !== conditional) continue;
    if (leavesOf(record) === 0 && !record.closesPosition) continue;
    cancelOrder(state, listing, live, 'by-client');
    cancelled.push(live.record);
  }
  return cancelled;
}
