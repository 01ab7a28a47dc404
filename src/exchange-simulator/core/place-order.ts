// How does an order enter? Checked, then filled, rested, kept until it triggers, or refused without a trace.
import { isTraded } from '../market/replay.ts';
import { reduces } from './book-trade.ts';
import { orderRefusal, refusal } from './check-order.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { restOrTake } from './limit-order.ts';
import { fillAtMarket, isOnSide, judgeMarket } from './market-execution.ts';
import { canBind, lastOf, markOf, metPrice } from './margin.ts';
import { addOrder } from './order-store.ts';
import type { NewOrder } from './order-store.ts';
import type { OrderRecord, Outcome, PlaceRequest } from './order-record.ts';

/** Takes an order or says why not. A refused order leaves no trace and its client id stays free. */
export function placeOrder(state: ExchangeState, request: PlaceRequest): Outcome<OrderRecord> {
  const listing = state.bySymbol.get(request.symbol);
  if (listing === undefined) return refusal('unknown-symbol', `${request.symbol} is not listed`);
  const refused = orderRefusal(state, listing, request);
  if (refused !== undefined) return refused;
  if (request.triggerPrice !== undefined) return placeConditional(state, listing, request);
  return request.type === 'limit' ? placeLimit(state, listing, request) : placeMarket(state, listing, request);
}

function recordOf(state: ExchangeState, listing: Listing, request: PlaceRequest): NewOrder {
  const { position } = listing.book;
  const { side, reduceOnly, closesPosition = false } = request;
  const closes = (reduceOnly || closesPosition) && reduces(listing, side);
  const isImmediate = request.triggerPrice === undefined;
  const all = closesPosition ? position.quantity : request.quantity;
  return {
    clientOrderId: request.clientOrderId,
    symbol: request.symbol,
    side,
    type: request.type,
    status: 'new',
    source: request.source ?? 'client',
    quantity: closes && isImmediate ? Math.min(all, position.quantity) : all,
    price: request.type === 'limit' ? request.price : undefined,
    ...(request.timeInForce === undefined ? {} : { timeInForce: request.timeInForce }),
    reduceOnly,
    closesPosition,
    attachedStop: request.stopPrice,
    attachedTarget: request.targetPrice,
    stopTrigger: request.stopTrigger ?? 'last',
    targetTrigger: request.targetTrigger ?? 'last',
    lastPriceOnCreated: markOf(state, listing),
  };
}

function placeMarket(state: ExchangeState, listing: Listing, request: PlaceRequest): Outcome<OrderRecord> {
  const order = recordOf(state, listing, request);
  const quoted = metPrice(state, listing, order.side);
  const verdict = judgeMarket(state, listing, {
    side: order.side,
    quantity: order.quantity,
    reduceOnly: request.reduceOnly || request.closesPosition === true,
    stopPrice: request.stopPrice,
    quoted,
  });
  if (verdict.refusal !== undefined) return refusal(verdict.refusal, `a market order of ${order.quantity}`);
  const live = addOrder(state, listing, order);
  if (isTraded(listing.replay)) {
    const { price, quantity } = verdict;
    fillAtMarket(state, listing, live, { price, quoted, liquidity: 'taker', quantity });
  } else {
    live.isWaiting = true;
  }
  return { kind: 'done', value: live.record };
}

function placeLimit(state: ExchangeState, listing: Listing, request: PlaceRequest): Outcome<OrderRecord> {
  const order = recordOf(state, listing, request);
  const { price = NaN } = order;
  const verdict = judgeMarket(state, listing, {
    side: order.side,
    quantity: order.quantity,
    reduceOnly: request.reduceOnly,
    stopPrice: request.stopPrice,
    quoted: price,
  });
  const held = reduces(listing, order.side) ? listing.book.position.quantity : 0;
  const opening = request.reduceOnly ? 0 : Math.max(0, order.quantity - held);
  const isCovered = canBind(state, listing, { opening, closing: Math.min(held, order.quantity), price });
  const reason = verdict.refusal === 'insufficient-margin' ? undefined : verdict.refusal;
  if (reason !== undefined) return refusal(reason, `a limit order of ${order.quantity} at ${price}`);
  if (!isCovered) return refusal('insufficient-margin', `a limit order of ${order.quantity} at ${price}`);
  const live = addOrder(state, listing, order);
  restOrTake(state, listing, live);
  return { kind: 'done', value: live.record };
}

function placeConditional(state: ExchangeState, listing: Listing, request: PlaceRequest): Outcome<OrderRecord> {
  const { triggerPrice = NaN } = request;
  const seen = request.triggerSource === 'mark' ? markOf(state, listing) : lastOf(state, listing);
  const isAbove = isOnSide(triggerPrice, seen, 'above');
  const live = addOrder(state, listing, {
    ...recordOf(state, listing, request),
    status: 'untriggered',
    triggerPrice,
    triggerSource: request.triggerSource ?? 'last',
    triggerDirection: request.triggerDirection ?? (isAbove ? 'up' : 'down'),
    conditional: true,
  });
  listing.isPlanned = false;
  return { kind: 'done', value: live.record };
}
