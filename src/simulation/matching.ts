// What does a candle do to a held position? Pure rules over a position record: opening, reducing, protection, exits, trailing.
import { barExit } from '../domain/bar-exit.ts';
import type { BarExit, BarRange } from '../domain/bar-exit.ts';
import { stepsToNumber } from '../domain/instrument.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Direction } from '../domain/side.ts';
import { trailedStop } from '../domain/trailed-stop.ts';

/** An isolated position of one symbol with its resting exits. Quantity 0: flat, and the rest means nothing. */
export interface HeldPosition {
  direction: Direction;
  /** Unsigned base units, on the lot grid. */
  quantity: number;
  /** Average entry price. */
  entryPrice: number;
  /** Isolated margin in quote currency: what is lost in a liquidation. */
  margin: number;
  stopPrice: number | undefined;
  targetPrice: number | undefined;
  liquidationPrice: number | undefined;
  trailingFraction: number | undefined;
  /** Distance at which the stop trails in quote currency; it takes the place of the fraction. */
  trailingDistance: number | undefined;
  /** Best price since entry: highest of a long, lowest of a short. */
  bestPrice: number;
  /** The stop has moved from where the entry put it. */
  trailed: boolean;
  /** Open time of the candle the position was opened in, epoch milliseconds. */
  openedAt: number;
  /** Client order id of the entry; the exits are named after it. */
  entryOrderId: string;
  /** No exit can happen while a candle stays strictly between these prices. */
  lowerTrigger: number;
  upperTrigger: number;
}

/** A record without a position. */
export function flatPosition(): HeldPosition {
  return {
    direction: 1,
    quantity: 0,
    entryPrice: NaN,
    margin: 0,
    stopPrice: undefined,
    targetPrice: undefined,
    liquidationPrice: undefined,
    trailingFraction: undefined,
    trailingDistance: undefined,
    bestPrice: NaN,
    trailed: false,
    openedAt: NaN,
    entryOrderId: '',
    lowerTrigger: -Infinity,
    upperTrigger: Infinity,
  };
}

/** Recomputes between which prices nothing can happen; call it after any exit price has changed. */
export function refreshTriggers(position: HeldPosition): void {
  const { direction, stopPrice, targetPrice, liquidationPrice } = position;
  const adverse =
    direction === 1
      ? Math.max(stopPrice ?? -Infinity, liquidationPrice ?? -Infinity)
      : Math.min(stopPrice ?? Infinity, liquidationPrice ?? Infinity);
  const favourable = targetPrice ?? direction * Infinity;
  position.lowerTrigger = direction === 1 ? adverse : favourable;
  position.upperTrigger = direction === 1 ? favourable : adverse;
}

/** Adds `fill` to a flat position or to one of the same direction: average entry, more margin. */
export function increasePosition(
  position: HeldPosition,
  instrument: Instrument,
  fill: { readonly direction: Direction; readonly quantity: number; readonly price: number; readonly leverage: number },
): void {
  const { quantity, price } = fill;
  const total = position.quantity + quantity;
  position.entryPrice =
    position.quantity === 0 ? price : (position.quantity * position.entryPrice + quantity * price) / total;
  position.margin = (position.quantity === 0 ? 0 : position.margin) + (quantity * price) / fill.leverage;
  position.direction = fill.direction;
  position.quantity = onLotGrid(instrument, total);
}

/** Takes `quantity` off the position, with its share of the margin; the average entry stays. */
export function reducePosition(position: HeldPosition, instrument: Instrument, quantity: number): void {
  const left = onLotGrid(instrument, position.quantity - quantity);
  position.margin = left <= 0 ? 0 : position.margin * (left / position.quantity);
  position.quantity = Math.max(0, left);
}

/** The quantity on the lot grid: sums of lots drift in doubles, the grid does not. */
export function onLotGrid(instrument: Instrument, quantity: number): number {
  return stepsToNumber(Math.round(quantity / instrument.lotSize), instrument.lotSize);
}

/** The exit that `bar` makes of the position; undefined: it is still held at the close. */
export function matchExit(position: HeldPosition, bar: BarRange, entryBar: boolean): BarExit | undefined {
  if (bar.low > position.lowerTrigger && bar.high < position.upperTrigger) return undefined;
  return barExit(position, bar, entryBar);
}

/** The bar opened at or beyond the liquidation price of a position held before it: nothing else can happen first. */
export function opensBeyondLiquidation(position: HeldPosition, open: number): boolean {
  const { liquidationPrice, direction } = position;
  return liquidationPrice !== undefined && direction * (open - liquidationPrice) <= 0;
}

/**
 * Moves a trailing stop by the favourable extreme of a bar that was survived: the adverse side was tested with the old
 * stop, so nothing is known ahead. The stop only ever moves towards profit, rounded so as not to be further than asked.
 */
export function trailStop(position: HeldPosition, instrument: Instrument, bar: BarRange): void {
  const { direction, trailingFraction, trailingDistance } = position;
  if (trailingFraction === undefined && trailingDistance === undefined) return;
  const extreme = direction === 1 ? bar.high : bar.low;
  if (direction * (extreme - position.bestPrice) <= 0) return;
  position.bestPrice = extreme;
  const level =
    trailingDistance === undefined
      ? extreme * (1 - direction * (trailingFraction ?? 0))
      : extreme - direction * trailingDistance;
  const stop = trailedStop(instrument, position, level);
  if (stop !== undefined) putTrailedStop(position, stop);
}

/** The stop rests where it has trailed to. */
export function putTrailedStop(position: HeldPosition, stopPrice: number): void {
  position.stopPrice = stopPrice;
  position.trailed = true;
  refreshTriggers(position);
}
