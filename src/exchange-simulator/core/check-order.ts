// What does the exchange refuse as soon as it sees an order? Symbol, form, steps, sizes, names, numbers of orders, sides of prices.
import { floorToLot, roundToTick } from '../../domain/instrument.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { signOf } from '../../domain/side.ts';
import { reduces } from './book-trade.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { lastOf, markOf } from './margin.ts';
import { isOnSide } from './market-execution.ts';
import type { Outcome, PlaceRequest, RejectReason } from './order-record.ts';

/** Orders that may rest per symbol, and conditional orders among them, as Bybit counts them. */
const MAX_ACTIVE = 500;
const MAX_CONDITIONAL = 10;
/** A limit price further from the market than this share, to our harm, is refused. */
const PRICE_BAND = 0.5;

export type Refusal = Extract<Outcome<never>, { kind: 'rejected' }>;

/** A refusal with the reason in words. */
export const refusal = (reason: RejectReason, detail: string): Refusal => ({ kind: 'rejected', reason, detail });

/** Whether the symbol takes orders now. */
export function listingRefusal(state: ExchangeState, listing: Listing, opens: boolean): Refusal | undefined {
  const { status, symbol } = listing;
  if (state.inMaintenance) return refusal('not-trading', 'the exchange is under maintenance');
  if (status === 'pre-launch' || status === 'closing' || status === 'closed') {
    return refusal('not-trading', `${symbol} is ${status}`);
  }
  if (opens && (status === 'reduce-only' || listing.reduceOnly)) {
    return refusal('reduce-only-symbol', `${symbol} may only be reduced`);
  }
  return undefined;
}

/** The account's position mode against the index of the order. Positions that are held both ways at once are not simulated. */
export function indexRefusal(state: ExchangeState, index: number | undefined): Refusal | undefined {
  if (state.account.positionMode === 'one-way') {
    if (index === undefined || index === 0) return undefined;
    return refusal('position-index-mismatch', `position index ${index} does not match the one-way mode`);
  }
  if (index === 1 || index === 2) return refusal('unsupported', 'positions held both ways at once are not simulated');
  return refusal('position-index-mismatch', 'position index 0 does not match the hedge mode');
}

/** Everything that can be said before the market is looked at closely; undefined: nothing is wrong. */
export function orderRefusal(state: ExchangeState, listing: Listing, request: PlaceRequest): Refusal | undefined {
  const closes = request.reduceOnly || request.closesPosition === true;
  return (
    listingRefusal(state, listing, !closes) ??
    indexRefusal(state, request.positionIndex) ??
    formRefusal(request) ??
    nameRefusal(state, request.clientOrderId) ??
    stepRefusal(listing.book.instrument, request) ??
    sizeRefusal(state, listing, request) ??
    countRefusal(listing, request) ??
    priceRefusal(state, listing, request) ??
    protectionRefusal(state, listing, request)
  );
}

const isPositive = (value: number): boolean => value > 0 && Number.isFinite(value);

function formRefusal(request: PlaceRequest): Refusal | undefined {
  const { type, quantity, price, triggerPrice, stopPrice, targetPrice } = request;
  const closesAll = request.closesPosition === true && quantity === 0;
  if (!closesAll && !isPositive(quantity)) return refusal('bad-parameter', `quantity ${quantity} is not positive`);
  if (type === 'limit' && price === undefined) return refusal('bad-parameter', 'a limit order needs a price');
  for (const value of [price, triggerPrice, stopPrice, targetPrice]) {
    if (value !== undefined && !isPositive(value)) return refusal('bad-parameter', `price ${value} is not positive`);
  }
  if (request.reduceOnly && (stopPrice !== undefined || targetPrice !== undefined)) {
    return refusal('bad-parameter', 'a reduce-only order carries no stop and no target');
  }
  return undefined;
}

function nameRefusal(state: ExchangeState, clientOrderId: string): Refusal | undefined {
  if (clientOrderId === '' || !state.orders.byClientId.has(clientOrderId)) return undefined;
  return refusal('duplicate-client-id', `client order id ${clientOrderId} has been used`);
}

/** Whether a price lies on the tick grid. */
export const isOnTick = (instrument: Instrument, price: number): boolean =>
  roundToTick(instrument, price, 'nearest') === price;

function stepRefusal(instrument: Instrument, request: PlaceRequest): Refusal | undefined {
  const { quantity, price, triggerPrice, stopPrice, targetPrice } = request;
  for (const value of [price, triggerPrice, stopPrice, targetPrice]) {
    if (value !== undefined && !isOnTick(instrument, value)) {
      return refusal('off-tick', `price ${value} is no multiple of ${instrument.tickSize}`);
    }
  }
  if (floorToLot(instrument, quantity) === quantity) return undefined;
  return refusal('off-lot', `quantity ${quantity} is no multiple of ${instrument.lotSize}`);
}

/** Minimums and maximums; what only closes is free of the minimums, so that every rest can be closed. */
function sizeRefusal(state: ExchangeState, listing: Listing, request: PlaceRequest): Refusal | undefined {
  const { instrument } = listing.book;
  const { quantity, side } = request;
  const closes = request.reduceOnly || request.closesPosition === true;
  const isConditional = request.triggerPrice !== undefined;
  if (closes && !isConditional && !reduces(listing, side)) {
    return refusal('nothing-to-reduce', `nothing is held that a ${side} would reduce`);
  }
  if (closes) return undefined;
  if (quantity < instrument.minQuantity) {
    return refusal('below-minimum-quantity', `quantity ${quantity} is below ${instrument.minQuantity}`);
  }
  if (quantity > instrument.maxMarketQuantity) {
    return refusal('above-maximum-quantity', `quantity ${quantity} is above ${instrument.maxMarketQuantity}`);
  }
  const price = request.price ?? request.triggerPrice ?? lastOf(state, listing);
  if (quantity * price >= instrument.minNotional) return undefined;
  return refusal('below-minimum-notional', `the order's value is below ${instrument.minNotional}`);
}

function countRefusal(listing: Listing, request: PlaceRequest): Refusal | undefined {
  const conditional = listing.orders.filter(({ record }) => record.conditional && record.source === 'client').length;
  if (request.triggerPrice !== undefined) {
    if (conditional < MAX_CONDITIONAL) return undefined;
    return refusal('too-many-conditional-orders', `${conditional} conditional orders rest already`);
  }
  const active = listing.orders.filter(({ record }) => !record.conditional).length;
  return active < MAX_ACTIVE ? undefined : refusal('too-many-orders', `${active} orders rest already`);
}

function priceRefusal(state: ExchangeState, listing: Listing, request: PlaceRequest): Refusal | undefined {
  const { price, side, triggerPrice, triggerDirection } = request;
  const last = lastOf(state, listing);
  if (triggerPrice !== undefined) {
    const seen = request.triggerSource === 'mark' ? markOf(state, listing) : last;
    const way = triggerDirection ?? (isOnSide(triggerPrice, seen, 'above') ? 'up' : 'down');
    if (!isOnSide(triggerPrice, seen, way === 'up' ? 'above' : 'below')) {
      return refusal('trigger-on-wrong-side', `${triggerPrice} is not ${way} from the market at ${seen}`);
    }
  }
  if (price === undefined || request.type !== 'limit') return undefined;
  const reference = triggerPrice ?? last;
  const bound = reference * (1 + signOf(side) * PRICE_BAND);
  if (!isOnSide(price, bound, side === 'buy' ? 'above' : 'below')) return undefined;
  return refusal('price-out-of-range', `limit price ${price} is too far beyond the market at ${reference}`);
}

/** Stop and target must lie on their sides of where the order is expected to fill. */
function protectionRefusal(state: ExchangeState, listing: Listing, request: PlaceRequest): Refusal | undefined {
  const entry = request.type === 'limit' ? request.price : request.triggerPrice;
  return exitSideRefusal(entry ?? lastOf(state, listing), request.side === 'buy', request);
}

/** Whether stop and target lie on their sides of `price`. */
export function exitSideRefusal(
  price: number,
  isLong: boolean,
  exits: { readonly stopPrice?: number | undefined; readonly targetPrice?: number | undefined },
): Refusal | undefined {
  const { stopPrice, targetPrice } = exits;
  if (stopPrice !== undefined && !isOnSide(stopPrice, price, isLong ? 'below' : 'above')) {
    return refusal('protection-on-wrong-side', `stop ${stopPrice} is on the wrong side of ${price}`);
  }
  if (targetPrice !== undefined && !isOnSide(targetPrice, price, isLong ? 'above' : 'below')) {
    return refusal('protection-on-wrong-side', `target ${targetPrice} is on the wrong side of ${price}`);
  }
  return undefined;
}
