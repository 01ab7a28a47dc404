// How much may be bought so that a stop costs a set share of equity? Whole lots, never above a limit.
import type { Instrument } from '../domain/instrument.ts';
import { floorToLot } from '../domain/instrument.ts';

export interface RiskSizeInput {
  /** Quote currency. */
  readonly equity: number;
  /** Share of equity lost where the stop is hit. */
  readonly riskFraction: number;
  /** Distance of the stop as a fraction of the price. */
  readonly stopFraction: number;
  /** Product of volatility, regime and guard multipliers, 0 or more. */
  readonly multiplier: number;
  /** Largest notional as a multiple of equity. */
  readonly maxNotionalFraction: number;
  readonly maxLeverage: number;
  readonly price: number;
  readonly instrument: Instrument;
}

export interface RiskSize {
  /** Notional before rounding, quote currency. */
  readonly notionalTarget: number;
  /** Base units on the lot grid; 0 where a `reason` stands. */
  readonly quantity: number;
  readonly reason?: 'nothing-to-risk' | 'below-min-quantity' | 'below-min-notional';
}

/** equity * risk / stop distance * multiplier, capped by notional and leverage, floored to whole lots. */
export function riskSize(input: RiskSizeInput): RiskSize {
  const { equity, riskFraction, stopFraction, multiplier, maxNotionalFraction, maxLeverage, price, instrument } = input;
  const wanted = ((equity * riskFraction) / stopFraction) * multiplier;
  if (!(stopFraction > 0) || !(wanted > 0) || !(price > 0))
    return { notionalTarget: 0, quantity: 0, reason: 'nothing-to-risk' };
  const notionalTarget = Math.min(wanted, equity * maxNotionalFraction, equity * maxLeverage);
  const quantity = floorToLot(instrument, notionalTarget / price);
  if (!(quantity > 0) || quantity < instrument.minQuantity)
    return { notionalTarget, quantity: 0, reason: 'below-min-quantity' };
  // A product of doubles may fall one rounding short of a minimum that its decimals meet.
  if (quantity * price < instrument.minNotional * (1 - 4 * Number.EPSILON))
    return { notionalTarget, quantity: 0, reason: 'below-min-notional' };
  return { notionalTarget, quantity };
}
