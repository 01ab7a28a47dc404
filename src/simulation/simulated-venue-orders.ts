// What becomes of a market order at the simulated venue? Checked when placed, filled at the next open, or refused with a reason.
import type { Candle } from '../domain/candle.ts';
import type { OrderRefused, VenueEvent } from '../domain/fill.ts';
import { floorToLot, tierOf } from '../domain/instrument.ts';
import type { Instrument } from '../domain/instrument.ts';
import { isStopForestalled, liquidationPriceOfMargin } from '../domain/liquidation-price.ts';
import type { OrderIntent, Protection } from '../domain/order.ts';
import { protectionPrices } from '../domain/protection-prices.ts';
import { signOf } from '../domain/side.ts';
import type { Direction, Side } from '../domain/side.ts';
import { fillOf, marketFillPrice } from './fill-model.ts';
import { refreshLiquidation } from './liquidation.ts';
import { increasePosition, reducePosition, refreshTriggers } from './matching.ts';
import type { HeldPosition } from './matching.ts';
import { aimAtStampAfter, slippageNow } from './simulated-venue-book.ts';
import type { SymbolBook } from './simulated-venue-book.ts';

/** Why the venue says no. Stable texts of `OrderRefused.reason`. */
export type VenueRefusal =
  | 'not-on-lot-grid'
  | 'below-minimum-quantity'
  | 'below-minimum-notional'
  | 'above-maximum-quantity'
  | 'above-largest-tier'
  | 'leverage-above-tier'
  | 'stop-beyond-liquidation'
  | 'nothing-to-reduce';

/** The report that `order` was refused at `time`. */
export function refusalOf(order: OrderIntent, time: number, reason: VenueRefusal): OrderRefused {
  return { kind: 'order-refused', time, symbol: order.symbol, clientOrderId: order.clientOrderId, reason };
}

/**
 * What the venue refuses as soon as it sees the order, judged at the price it was decided at. Reduce-only orders need only lie on
 * the lot grid: a rest below the minimum may always be closed.
 */
export function refusalAtPlacing(book: SymbolBook, order: OrderIntent): VenueRefusal | undefined {
  const { instrument } = book;
  const { quantity, decisionPrice } = order;
  if (!(quantity > 0) || floorToLot(instrument, quantity) !== quantity) return 'not-on-lot-grid';
  if (order.reduceOnly) return undefined;
  if (quantity < instrument.minQuantity) return 'below-minimum-quantity';
  if (quantity > instrument.maxMarketQuantity) return 'above-maximum-quantity';
  if (quantity * decisionPrice < instrument.minNotional) return 'below-minimum-notional';
  return refusalAtPrice(book, marginTermsOf(book, order, decisionPrice), {
    price: decisionPrice,
    opening: openingQuantity(book.position, order),
  });
}

/** How much of an order opens or adds; the rest closes what is held the other way. */
function openingQuantity(position: HeldPosition, order: OrderIntent): number {
  const isOpposite = position.quantity > 0 && position.direction !== signOf(order.side);
  return isOpposite ? order.quantity - position.quantity : order.quantity;
}

/** What the margin rules ask of an order. */
export interface MarginTerms {
  readonly side: Side;
  readonly leverage: number;
  /** Where the stop that comes with the order would rest; undefined: it brings none. */
  readonly stopPrice: number | undefined;
}

function marginTermsOf(book: SymbolBook, order: OrderIntent, price: number): MarginTerms {
  const { side, leverage, protection } = order;
  if (protection === undefined) return { side, leverage, stopPrice: undefined };
  const entry = { direction: signOf(side), price };
  return { side, leverage, stopPrice: protectionPrices(book.instrument, entry, protection).stopPrice };
}

/** Margin rules at a price: the tier's leverage, and a stop that liquidation would forestall. */
export function refusalAtPrice(
  book: SymbolBook,
  terms: MarginTerms,
  { price, opening }: { readonly price: number; readonly opening: number },
): VenueRefusal | undefined {
  const { instrument, position, costs } = book;
  const { leverage } = terms;
  const direction = signOf(terms.side);
  if (opening < instrument.lotSize / 2) return undefined;
  const adds = position.quantity > 0 && position.direction === direction;
  const held = adds ? position.quantity : 0;
  const notional = opening * price + (adds ? held * position.entryPrice : 0);
  if (notional > instrument.tiers[instrument.tiers.length - 1].maxNotional) return 'above-largest-tier';
  if (!(leverage > 0 && leverage <= tierOf(instrument, notional).maxLeverage)) return 'leverage-above-tier';
  // What adds without protection of its own is protected by what rests.
  const stopPrice = terms.stopPrice ?? (adds ? position.stopPrice : undefined);
  if (stopPrice === undefined) return undefined;
  const quantity = held + opening;
  const liquidation = liquidationPriceOfMargin(instrument, {
    direction,
    quantity,
    entry: notional / quantity,
    margin: (opening * price) / leverage + (adds ? position.margin : 0),
    feeRate: costs.liquidationFeeBps / 10_000,
  });
  return isStopForestalled(direction, stopPrice, liquidation) ? 'stop-beyond-liquidation' : undefined;
}

/** Fills every pending order that was decided before the candle opened, and has waited long enough, at its open, in the order of placing. */
export function fillPending(book: SymbolBook, candle: Candle, events: VenueEvent[]): void {
  const { pending } = book;
  let kept = 0;
  for (const waiting of pending) {
    const isDue = waiting.order.decidedAt <= candle.openTime;
    if (isDue && waiting.opensToPass === 0) {
      events.push(fillAtOpen(book, waiting.order, candle));
      continue;
    }
    if (isDue) waiting.opensToPass -= 1;
    pending[kept] = waiting;
    kept += 1;
  }
  pending.length = kept;
}

function fillAtOpen(book: SymbolBook, order: OrderIntent, candle: Candle): VenueEvent {
  const { instrument, position } = book;
  const direction = signOf(order.side);
  const closing = position.quantity > 0 && position.direction !== direction ? position.quantity : 0;
  if (order.reduceOnly && closing === 0) return refusalOf(order, candle.openTime, 'nothing-to-reduce');

  const quantity = order.reduceOnly ? Math.min(order.quantity, closing) : order.quantity;
  const slippage = slippageNow(book, quantity, candle.openTime);
  const price = marketFillPrice(instrument, candle.open, { side: order.side, slippage });
  const opening = order.reduceOnly ? 0 : Math.max(0, order.quantity - closing);
  const refusal = refusalAtPrice(book, marginTermsOf(book, order, price), { price, opening });
  if (refusal !== undefined) return refusalOf(order, candle.openTime, refusal);

  const { clientOrderId, leverage } = order;
  const time = candle.openTime;
  const reducing = Math.min(closing, quantity);
  const opens = takeFill(book, { direction, reducing, opening, price, leverage, time, orderId: clientOrderId });
  if (opens && order.protection !== undefined) protectEntry(book, { direction, price }, order.protection);
  return fillOf(
    {
      time: candle.openTime,
      symbol: instrument.symbol,
      clientOrderId: order.clientOrderId,
      side: order.side,
      quantity,
      price,
      quoted: candle.open,
      feeBps: book.costs.takerFeeBps,
      liquidity: 'taker',
      reason: order.reason,
    },
    opening > 0 ? position : undefined,
  );
}

/** A fill as the position sees it: first it reduces, then the rest opens. Quantities unsigned base units. */
export interface PositionFill {
  readonly direction: Direction;
  readonly reducing: number;
  readonly opening: number;
  readonly price: number;
  readonly leverage: number;
  readonly time: number;
  /** The exits of a position are named after the order that opened it. */
  readonly orderId: string;
}

/** Takes a fill into the position and its liquidation price. Whether it opened or added. */
export function takeFill(book: SymbolBook, fill: PositionFill): boolean {
  const { instrument, position } = book;
  const { direction, reducing, opening, price, leverage, time } = fill;
  if (reducing > 0) reducePosition(position, instrument, reducing);
  const opens = opening > 0 && (position.quantity === 0 || position.direction === direction);
  if (opens) {
    const isNew = position.quantity === 0;
    increasePosition(position, instrument, { direction, quantity: opening, price, leverage });
    if (isNew) {
      position.stopPrice = undefined;
      position.targetPrice = undefined;
      position.trailingFraction = undefined;
      position.trailingDistance = undefined;
      position.bestPrice = price;
      position.trailed = false;
      position.openedAt = time;
      position.entryOrderId = fill.orderId;
      aimAtStampAfter(book, time);
    }
  }
  if (position.quantity > 0) refreshLiquidation(position, instrument, book.costs.liquidationFeeBps);
  return opens;
}

/** Protection that comes with an order replaces what rests. */
function protectEntry(
  book: SymbolBook,
  entry: { readonly direction: Direction; readonly price: number },
  protection: Protection,
): void {
  const { instrument, position } = book;
  const { stopPrice, targetPrice } = protectionPrices(instrument, entry, protection);
  position.stopPrice = stopPrice;
  position.targetPrice = targetPrice;
  position.trailingFraction = protection.trailingFraction;
  position.bestPrice = entry.price;
  position.trailed = false;
  refreshTriggers(position);
}

/** What is wrong with an instrument before anything is traded; undefined: nothing. */
export function instrumentFault(instrument: Instrument): string | undefined {
  if (!(instrument.tickSize > 0 && instrument.lotSize > 0)) return 'tick and lot size must be positive';
  return instrument.tiers.length === 0 ? 'it has no margin tier' : undefined;
}
