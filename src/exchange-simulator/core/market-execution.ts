// What becomes of an order that meets the market now? Judged by research's rules, filled with slippage against it, in one part or several.
import { floorToLot } from '../../domain/instrument.ts';
import { signOf } from '../../domain/side.ts';
import type { Side } from '../../domain/side.ts';
import { fillOf, marketFillPrice } from '../../simulation/fill-model.ts';
import { onLotGrid } from '../../simulation/matching.ts';
import { slippageNow } from '../../simulation/simulated-venue-book.ts';
import { refusalAtPrice, takeFill } from '../../simulation/simulated-venue-orders.ts';
import { attachExit, followPosition } from './attached-orders.ts';
import { bookTrade, reduces } from './book-trade.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { canBind } from './margin.ts';
import { cancelOrder, isFinal } from './order-store.ts';
import type { RejectReason } from './order-record.ts';

/** An order as it meets the market. */
export interface MarketDemand {
  readonly side: Side;
  /** Base units still wanted. */
  readonly quantity: number;
  readonly reduceOnly: boolean;
  /** Stop that comes with it; undefined: none. */
  readonly stopPrice: number | undefined;
  /** The price it meets, before slippage. */
  readonly quoted: number;
}

export interface MarketVerdict {
  readonly refusal: RejectReason | undefined;
  /** Price with slippage, on the tick grid. */
  readonly price: number;
  /** What would fill: reduce-only orders are capped at the position. */
  readonly quantity: number;
}

/** At what price and for how much a market order would fill, or why the exchange refuses it. */
export function judgeMarket(state: ExchangeState, listing: Listing, demand: MarketDemand): MarketVerdict {
  const { book, replay } = listing;
  const { side, reduceOnly, quoted, stopPrice } = demand;
  const closing = reduces(listing, side) ? book.position.quantity : 0;
  const quantity = reduceOnly ? Math.min(demand.quantity, closing) : demand.quantity;
  const slippage = slippageNow(book, quantity, replay.candle.openTime);
  const price = marketFillPrice(book.instrument, quoted, { side, slippage });
  if (quantity === 0) return { refusal: 'nothing-to-reduce', price, quantity };
  const opening = reduceOnly ? 0 : Math.max(0, quantity - closing);
  const refusal = refusalAtPrice(book, { side, leverage: listing.leverage, stopPrice }, { price, opening });
  const isCross = state.account.marginMode === 'cross';
  if (refusal !== undefined && !(isCross && refusal === 'stop-beyond-liquidation')) {
    return { refusal: refusal === 'not-on-lot-grid' ? 'off-lot' : refusal, price, quantity };
  }
  const isCovered = canBind(state, listing, { opening, closing: Math.min(closing, quantity), price });
  return { refusal: isCovered ? undefined : 'insufficient-margin', price, quantity };
}

/** Prices of a fill of an order. */
export interface FillPrices {
  readonly price: number;
  readonly quoted: number;
  readonly liquidity: 'taker' | 'maker';
  readonly quantity: number;
}

/** Fills `live` now. What a thin book does not give is cancelled, unless the order may rest. */
export function fillAtMarket(state: ExchangeState, listing: Listing, live: LiveOrder, prices: FillPrices): void {
  const { fillShare } = listing.mishaps;
  const { instrument } = listing.book;
  const quantity = fillShare < 1 ? floorToLot(instrument, prices.quantity * fillShare) : prices.quantity;
  if (quantity > 0) fillOrder(state, listing, live, { ...prices, quantity });
  const { type, timeInForce } = live.record;
  const mayRest = type === 'limit' && timeInForce === 'gtc';
  if (!isFinal(live.record) && !mayRest) cancelOrder(state, listing, live, 'no-liquidity');
}

/** Fills `quantity` of an order at a price, in as many executions as fate wants, and brings its stop and target up. */
export function fillOrder(state: ExchangeState, listing: Listing, live: LiveOrder, prices: FillPrices): void {
  const { book, mishaps } = listing;
  const { position, instrument } = book;
  let left = prices.quantity;
  let isAttached = false;
  for (let part = mishaps.fillParts; part > 0 && left > 0; part -= 1) {
    const share = part === 1 ? left : Math.max(instrument.lotSize, floorToLot(instrument, left / part));
    const quantity = Math.min(left, share);
    left = onLotGrid(instrument, left - quantity);
    const wasHeld = position.quantity;
    const direction = position.direction;
    const opens = takePart(state, listing, live, { ...prices, quantity });
    const isNew = wasHeld === 0 || (position.quantity > 0 && position.direction !== direction);
    followPosition(state, listing, { isNew });
    if (opens && !isAttached) attachFrom(state, listing, live, prices.price);
    isAttached ||= opens;
  }
}

function takePart(state: ExchangeState, listing: Listing, live: LiveOrder, prices: FillPrices): boolean {
  const { book, symbol } = listing;
  const { position, costs } = book;
  const { record } = live;
  const { side, clientOrderId, orderId } = record;
  const { quantity, price, quoted, liquidity } = prices;
  const closing = reduces(listing, side) ? position.quantity : 0;
  const reducing = Math.min(closing, quantity);
  const opening = Math.max(0, quantity - closing);
  const name = clientOrderId === '' ? orderId : clientOrderId;
  const fill = { direction: signOf(side), reducing, opening, price, leverage: listing.leverage };
  const opens = takeFill(book, { ...fill, time: state.now, orderId: name });
  const feeBps = liquidity === 'maker' ? costs.makerFeeBps : costs.takerFeeBps;
  bookTrade(state, listing, {
    order: live,
    kind: 'trade',
    rate: feeBps / 10_000,
    fill: fillOf({
      time: state.now,
      symbol,
      clientOrderId,
      side,
      quantity,
      price,
      quoted,
      feeBps,
      liquidity,
      reason: opens ? 'entry' : 'signal-exit',
    }),
  });
  if (opens) listing.trailsSince = Math.max(listing.trailsSince, position.openedAt);
  return opens;
}

/** Stop and target that were asked for with the entry; those on the wrong side of the fill never come up. */
function attachFrom(state: ExchangeState, listing: Listing, { record }: LiveOrder, price: number): void {
  const { attachedStop, attachedTarget, clientOrderId } = record;
  if (listing.mishaps.refuseProtection) return;
  const { position } = listing.book;
  const isLong = position.direction === 1;
  const parent = clientOrderId;
  if (attachedStop !== undefined && isOnSide(attachedStop, price, isLong ? 'below' : 'above')) {
    position.bestPrice = price;
    position.trailed = false;
    attachExit(state, listing, { price: attachedStop, source: 'attached-stop', trigger: record.stopTrigger, parent });
  }
  if (attachedTarget !== undefined && isOnSide(attachedTarget, price, isLong ? 'above' : 'below')) {
    const trigger = record.targetTrigger;
    attachExit(state, listing, { price: attachedTarget, source: 'attached-target', trigger, parent });
  }
}

/** Whether a level lies where it must, seen from a price. */
export function isOnSide(level: number, price: number, where: 'above' | 'below'): boolean {
  return where === 'above' ? level > price : level < price;
}
