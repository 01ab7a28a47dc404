// What may be ordered of a contract? Ticks, lots, minimums and margin tiers, with explicit rounding.

/** One bracket of an instrument's maintenance margin. A position belongs to the first tier whose `maxNotional` it does not exceed. */
export interface MarginTier {
  /** Upper bound of the position's notional in quote currency; the last tier may be Infinity. */
  readonly maxNotional: number;
  /** Maintenance margin as a fraction of the notional. */
  readonly maintenanceRate: number;
  /** Amount taken off the maintenance margin so that it has no step at the border (quote currency). */
  readonly deduction: number;
  readonly maxLeverage: number;
}

/** A linear perpetual contract quoted and settled in the same currency. */
export interface Instrument {
  readonly symbol: string;
  /** Price step. */
  readonly tickSize: number;
  /** Quantity step in base units. */
  readonly lotSize: number;
  readonly minQuantity: number;
  /** Largest quantity of one market order; Infinity when the venue names none. */
  readonly maxMarketQuantity: number;
  /** Smallest order value in quote currency. */
  readonly minNotional: number;
  readonly tiers: readonly MarginTier[];
}

/** How many decimals a step such as 0.001 or 1e-8 has. */
export function decimalsOf(step: number): number {
  const text = String(step);
  const exponent = text.indexOf('e-');
  if (exponent >= 0) {
    const dot = text.indexOf('.');
    return Number(text.slice(exponent + 2)) + (dot >= 0 ? exponent - dot - 1 : 0);
  }
  const dot = text.indexOf('.');
  return dot < 0 ? 0 : text.length - dot - 1;
}

/** The nearest double to `count` steps, printed as a decimal of the step's precision: 3 × 0.1 is 0.3. */
export function stepsToNumber(count: number, step: number): number {
  return Number((count * step).toFixed(Math.min(100, decimalsOf(step))));
}

/** Whole steps in `value`, towards zero, forgiving the last bit of a double (0.3 / 0.1 is 3 steps, not 2). */
export function stepsTowardsZero(value: number, step: number): number {
  const ratio = value / step;
  const nearest = Math.round(ratio);
  const snapped = Math.abs(ratio - nearest) <= Math.abs(nearest) * 4 * Number.EPSILON;
  return (snapped ? nearest : Math.trunc(ratio)) + 0;
}

/** The quantity rounded towards zero to whole lots; never above `quantity`. */
export function floorToLot(instrument: Instrument, quantity: number): number {
  return stepsToNumber(stepsTowardsZero(quantity, instrument.lotSize), instrument.lotSize);
}

export type TickRounding = 'nearest' | 'down' | 'up';

/** The price on the tick grid, rounded as told. */
export function roundToTick(instrument: Instrument, price: number, rounding: TickRounding): number {
  const ratio = price / instrument.tickSize;
  const nearest = Math.round(ratio);
  const onGrid = Math.abs(ratio - nearest) <= Math.abs(nearest) * 4 * Number.EPSILON;
  const steps = onGrid || rounding === 'nearest' ? nearest : rounding === 'down' ? Math.floor(ratio) : Math.ceil(ratio);
  return stepsToNumber(steps, instrument.tickSize);
}

/** The tier that a position of `notional` (unsigned, quote currency) belongs to; the last one when it exceeds them all. */
export function tierOf(instrument: Instrument, notional: number): MarginTier {
  for (const tier of instrument.tiers) if (notional <= tier.maxNotional) return tier;
  return instrument.tiers[instrument.tiers.length - 1];
}
