// At which price is a leveraged position liquidated? The exchanges' two formulas, isolated and cross, with margin tiers.
import { roundToTick, tierOf } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import type { Direction } from './side.ts';

/**
 * `mark`: maintenance margin on the notional at the liquidation price (Binance's published formula, newer Bybit text).
 * `entry`: maintenance margin on the notional at entry, no closing fee (older Bybit text).
 */
export type LiquidationModel = 'mark' | 'entry';

export interface LiquidationInput {
  readonly direction: Direction;
  /** Unsigned base units, positive. */
  readonly quantity: number;
  /** Average entry price. */
  readonly entry: number;
  /** What the position may lose, quote currency: see `isolatedMargin` and `crossMargin`. */
  readonly margin: number;
  /** Maintenance margin as a fraction of the notional, and what the tier takes off it (quote currency). */
  readonly maintenanceRate: number;
  readonly deduction: number;
  /** Fee of the forced close as a fraction of the notional; the entry model does not know it. */
  readonly closeFeeRate: number;
  readonly model?: LiquidationModel | undefined;
}

/**
 * The price at which margin + unrealised profit equals maintenance margin + closing fee, not rounded;
 * undefined when no price above zero reaches it.
 */
export function liquidationPrice(input: LiquidationInput): number | undefined {
  const { direction, quantity, entry, margin, maintenanceRate, deduction, closeFeeRate, model = 'mark' } = input;
  const price =
    model === 'mark'
      ? (quantity * entry - direction * (margin + deduction)) /
        (quantity * (1 - direction * (maintenanceRate + closeFeeRate)))
      : entry - (direction * (margin - quantity * entry * maintenanceRate + deduction)) / quantity;
  return price > 0 && Number.isFinite(price) ? price : undefined;
}

/** Isolated margin in quote currency: notional at entry / leverage, plus what was added, less funding taken from it. */
export function isolatedMargin(
  terms: { readonly quantity: number; readonly entry: number; readonly leverage: number },
  added = 0,
  fundingTaken = 0,
): number {
  return (terms.quantity * terms.entry) / terms.leverage + added - fundingTaken;
}

/** Margin behind one position of a cross account: the wallet, what the others are up, less what they must keep. */
export function crossMargin(wallet: number, unrealisedOfOthers: number, maintenanceOfOthers: number): number {
  return wallet + unrealisedOfOthers - maintenanceOfOthers;
}

/**
 * The liquidation price of an isolated position with a known `margin`, on the tick grid, rounded towards the entry (liquidated
 * earlier, at most one tick). The tier is that of the notional at entry; `feeRate` is the fee of the forced close as a fraction.
 */
export function liquidationPriceOfMargin(
  instrument: Instrument,
  terms: {
    readonly direction: Direction;
    readonly quantity: number;
    readonly entry: number;
    readonly margin: number;
    readonly feeRate: number;
  },
): number | undefined {
  const tier = tierOf(instrument, terms.quantity * terms.entry);
  const price = liquidationPrice({
    direction: terms.direction,
    quantity: terms.quantity,
    entry: terms.entry,
    margin: terms.margin,
    maintenanceRate: tier.maintenanceRate,
    deduction: tier.deduction,
    closeFeeRate: terms.feeRate,
  });
  return price === undefined ? undefined : roundToTick(instrument, price, terms.direction === 1 ? 'up' : 'down');
}

/** The same for a position just opened with `leverage`: its margin is the notional at entry / leverage. */
export function liquidationPriceFor(
  instrument: Instrument,
  terms: {
    readonly direction: Direction;
    readonly quantity: number;
    readonly entry: number;
    readonly leverage: number;
    readonly feeRate: number;
  },
): number | undefined {
  return liquidationPriceOfMargin(instrument, {
    direction: terms.direction,
    quantity: terms.quantity,
    entry: terms.entry,
    margin: isolatedMargin(terms),
    feeRate: terms.feeRate,
  });
}

/** The price at which a position has lost exactly `margin`: what is left is nothing. Not on the tick grid. */
export function bankruptcyPrice(terms: {
  readonly direction: Direction;
  readonly quantity: number;
  readonly entry: number;
  readonly margin: number;
}): number {
  return terms.entry - (terms.direction * terms.margin) / terms.quantity;
}

/** Whether a position would be liquidated before its stop is hit; undefined `liquidation`: it cannot be. */
export function isStopForestalled(direction: Direction, stopPrice: number, liquidation: number | undefined): boolean {
  return liquidation !== undefined && direction * (stopPrice - liquidation) <= 0;
}
