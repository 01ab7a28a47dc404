// After how many bars has a recursion forgotten its seed? Computed from its decay, never guessed.

/**
 * The share of a seed's error that may remain. A seed can be hundreds of times the value's own scale off
 * (an average of prices, read in units of ATR), so this lies three digits below the promised 1e-9.
 */
const FORGOTTEN_SHARE = 1e-12;

/** Share of the old value that EMA(period) keeps per bar: 1 - 2/(period + 1). */
export const emaRetention = (period: number): number => 1 - 2 / (period + 1);

/** Share of the old value that a Wilder average keeps per bar: 1 - 1/period. */
export const wilderRetention = (period: number): number => 1 - 1 / period;

/**
 * Bars after the seed until its error is forgotten, for recursions in a row that each keep `retentions[i]` of their old
 * value: stage i keeps r of its own error and takes in 1 - r of the error of the stage before. Two equal stages (Wilder of
 * Wilder) thus leave (1 + k(1 - r)) r^k, not r^k. @throws RangeError unless every retention lies in 0 <= r < 1
 */
export function barsToForget(...retentions: readonly number[]): number {
  if (retentions.some((retention) => !(retention >= 0 && retention < 1))) {
    throw new RangeError(`retentions must lie in 0 <= r < 1, got ${retentions.join(', ')}`);
  }
  const errors = retentions.map(() => 1);
  let bars = 0;
  let last = 1;
  while (last > FORGOTTEN_SHARE) {
    let incoming = 0;
    for (let stage = 0; stage < retentions.length; stage += 1) {
      incoming = retentions[stage] * errors[stage] + (1 - retentions[stage]) * incoming;
      errors[stage] = incoming;
    }
    last = incoming;
    bars += 1;
  }
  return bars;
}
