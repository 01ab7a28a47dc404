// What does a candle do to a position at the simulated venue? Funding, then resting exits, reported in time order.
import type { BarExit } from '../domain/bar-exit.ts';
import type { Candle } from '../domain/candle.ts';
import type { Fill, FillReason, FundingPayment, VenueEvent } from '../domain/fill.ts';
import type { OrderReason } from '../domain/order.ts';
import { exitSide } from '../domain/side.ts';
import { fillOf, marketFillPrice } from './fill-model.ts';
import { locateExit } from './finer-candles.ts';
import { fundingPaymentOf } from './funding-model.ts';
import { liquidationFill, refreshLiquidation } from './liquidation.ts';
import { reducePosition } from './matching.ts';
import { slippageNow, takeStamp } from './simulated-venue-book.ts';
import type { SymbolBook } from './simulated-venue-book.ts';

/** Settles the next stamp on what is held; a receipt is left out when `onlyCosts`. */
function settleStamp(
  book: SymbolBook,
  events: VenueEvent[],
  at: { readonly markPrice: number; readonly onlyCosts: boolean },
): void {
  const { position, instrument, costs } = book;
  const time = book.nextStamp;
  const quantity = position.direction * position.quantity;
  const rate = takeStamp(book);
  const { symbol } = instrument;
  const payment = fundingPaymentOf({ symbol, time, rate, quantity, markPrice: at.markPrice }, costs);
  if (at.onlyCosts && payment.payment <= 0) return;
  events.push(payment);
  payFromMargin(book, payment.payment);
}

/** What is paid comes out of the isolated margin, what is received goes to the wallet: liquidation only comes nearer. */
function payFromMargin({ position, instrument, costs }: SymbolBook, payment: number): void {
  if (payment <= 0 || position.quantity === 0) return;
  position.margin -= payment;
  refreshLiquidation(position, instrument, costs.liquidationFeeBps);
}

/** Settles a stamp that has passed, on what was held then, once its rate is known. `rate` NaN: nobody will ever tell it. */
export function settlePastStamp(
  book: SymbolBook,
  stamp: { readonly time: number; readonly rate: number; readonly quantity: number; readonly markPrice: number },
): FundingPayment {
  const payment = fundingPaymentOf({ symbol: book.instrument.symbol, ...stamp }, book.costs);
  payFromMargin(book, payment.payment);
  return payment;
}

/**
 * Funding that falls due up to and including `openTime`, before any fill there. Mark price: the open of the candle that opens
 * at the stamp, else the last close before it.
 */
export function settleUntilOpen(book: SymbolBook, candle: Candle, events: VenueEvent[]): void {
  while (book.nextStamp <= candle.openTime) {
    const markPrice = book.nextStamp === candle.openTime ? candle.open : book.lastClose;
    settleStamp(book, events, { markPrice, onlyCosts: false });
  }
}

/** Funding that falls due after the last close is known and up to it; the position is about to be closed there. */
function settleUntilClose(book: SymbolBook, events: VenueEvent[]): void {
  while (book.nextStamp <= book.lastCloseTime) {
    settleStamp(book, events, { markPrice: book.lastClose, onlyCosts: false });
  }
}

/**
 * Funding strictly inside a candle, marked at its open, the last price known. A position held to the close settles every stamp
 * before the close. One that left settles every stamp up to the earliest moment it can have left; between that and the latest
 * it pays but does not receive, since nobody knows whether it was still held.
 */
export function settleInside(
  book: SymbolBook,
  candle: Candle,
  left: { readonly earliest: number; readonly latest: number; readonly events: VenueEvent[] },
): void {
  while (book.nextStamp <= left.latest && book.nextStamp < candle.closeTime) {
    settleStamp(book, left.events, { markPrice: candle.open, onlyCosts: book.nextStamp > left.earliest });
  }
}

/** Which exit counts, and in which span of time it happened. Epoch milliseconds. */
export interface SettledExit {
  readonly exit: BarExit;
  readonly earliest: number;
  readonly latest: number;
  readonly ambiguous: boolean;
}

/** Decides which exit counts and in which span of time it happened. */
export function settleExit(
  book: SymbolBook,
  exit: BarExit,
  at: { readonly candle: Candle; readonly entryBar: boolean },
): SettledExit {
  const { position, finer, ambiguity } = book;
  const { openTime, closeTime } = at.candle;
  if (exit.how === 'gap') return { exit, earliest: openTime, latest: openTime, ambiguous: false };
  const latest = closeTime - 1;
  if (exit.ambiguous) {
    const located = locateExit(finer, position, at);
    if (located !== undefined) return { ...located, ambiguous: false };
    const { targetPrice } = position;
    const isBest = ambiguity === 'best' && targetPrice !== undefined;
    const counted: BarExit = isBest ? { ...exit, kind: 'target', price: targetPrice } : exit;
    return { exit: counted, earliest: openTime, latest, ambiguous: true };
  }
  const located = book.nextStamp < closeTime ? locateExit(finer, position, at) : undefined;
  if (located?.exit.kind !== exit.kind) return { exit, earliest: openTime, latest, ambiguous: false };
  return { exit, earliest: located.earliest, latest: located.latest, ambiguous: false };
}

/** Carries out the exit that `candle` makes, at the latest moment at which it can have happened. */
export function exitPosition(
  book: SymbolBook,
  exit: BarExit,
  at: { readonly candle: Candle; readonly entryBar: boolean; readonly events: VenueEvent[] },
): void {
  const settled = settleExit(book, exit, at);
  carryOutExit(book, settled, { candle: at.candle, time: settled.latest, events: at.events });
}

/** Funding until a settled exit, its fill at `time`, and the position is gone. */
export function carryOutExit(
  book: SymbolBook,
  settled: SettledExit,
  at: { readonly candle: Candle; readonly time: number; readonly events: VenueEvent[] },
): void {
  const { position, instrument, costs } = book;
  const { candle, time, events } = at;
  settleInside(book, candle, { earliest: settled.earliest, latest: settled.latest, events });
  const fillAt = { time, openTime: candle.openTime, ambiguous: settled.ambiguous };
  const fill =
    settled.exit.kind === 'liquidation'
      ? liquidationFill(position, instrument, { ...fillAt, liquidationFeeBps: costs.liquidationFeeBps })
      : restingFill(book, settled.exit, fillAt);
  events.push(fill);
  reducePosition(position, instrument, position.quantity);
}

/** Closes the position at the last close as a taker with slippage, after the funding due until then. Nothing when flat. */
export function closeAtLastClose(book: SymbolBook, reason: OrderReason, events: VenueEvent[]): void {
  const { position, instrument, costs, lastClose, lastCloseTime } = book;
  if (position.quantity === 0) return;
  settleUntilClose(book, events);
  const side = exitSide(position.direction);
  const price = marketFillPrice(instrument, lastClose, {
    side,
    slippage: slippageNow(book, position.quantity, lastCloseTime),
  });
  events.push(
    fillOf({
      time: lastCloseTime,
      symbol: instrument.symbol,
      clientOrderId: `${position.entryOrderId}:${reason}`,
      side,
      quantity: position.quantity,
      price,
      quoted: lastClose,
      feeBps: costs.takerFeeBps,
      liquidity: 'taker',
      reason,
    }),
  );
  reducePosition(position, instrument, position.quantity);
}

/** A stop is a market order from its price (or a worse open) on; a target is a resting limit order at its price. */
function restingFill(
  book: SymbolBook,
  exit: BarExit,
  at: { readonly time: number; readonly openTime: number; readonly ambiguous: boolean },
): Fill {
  const { position, instrument, costs } = book;
  const { quantity } = position;
  const side = exitSide(position.direction);
  const isTarget = exit.kind === 'target';
  const stopReason: FillReason = position.trailed ? 'trailing-stop' : 'stop';
  return fillOf({
    time: at.time,
    symbol: instrument.symbol,
    clientOrderId: `${position.entryOrderId}:${isTarget ? 'target' : 'stop'}`,
    side,
    quantity,
    price: isTarget
      ? exit.price
      : marketFillPrice(instrument, exit.price, { side, slippage: slippageNow(book, quantity, at.openTime) }),
    quoted: exit.price,
    feeBps: isTarget ? costs.makerFeeBps : costs.takerFeeBps,
    liquidity: isTarget ? 'maker' : 'taker',
    reason: isTarget ? 'target' : stopReason,
    ambiguous: at.ambiguous,
  });
}
