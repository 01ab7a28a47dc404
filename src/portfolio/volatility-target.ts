// By how much must a position shrink or grow to hold its volatility at the target?

export interface VolatilityTarget {
  /** Volatility to hold, in the unit of the measured one (daily fraction, annual fraction, ...). */
  readonly target: number;
  /** A measured volatility below this counts as this. */
  readonly floor: number;
  readonly maxMultiplier: number;
}

/** min(max, target / max(volatility, floor)); undefined, NaN or (without a floor) zero volatility gives 0: what cannot be measured is not traded. */
export function volatilityMultiplier(
  volatility: number | undefined,
  { target, floor, maxMultiplier }: VolatilityTarget,
): number {
  if (volatility === undefined) return 0;
  const held = Math.max(volatility, floor);
  return held > 0 ? Math.min(maxMultiplier, target / held) : 0;
}

export interface EwmaParams {
  /** Weight of the past per step, 0..1 (RiskMetrics: 0.94). */
  readonly decay: number;
  /** Returns whose mean square is the first value. */
  readonly seedWindow: number;
  readonly periodsPerYear: number;
}

/** Annualised zero-mean EWMA volatility; entry i uses returns up to i and is NaN before the seed window is full. */
export function ewmaVolatility(returns: ArrayLike<number>, params: EwmaParams): Float64Array {
  const { decay, seedWindow, periodsPerYear } = params;
  const volatility = new Float64Array(returns.length).fill(Number.NaN);
  let variance = 0;
  for (let i = 0; i < returns.length; i += 1) {
    const square = returns[i] * returns[i];
    if (i < seedWindow) variance += square / seedWindow;
    else variance = decay * variance + (1 - decay) * square;
    if (i >= seedWindow - 1) volatility[i] = Math.sqrt(variance * periodsPerYear);
  }
  return volatility;
}
