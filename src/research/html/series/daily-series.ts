// What does an equity curve look like as returns, growth and drawdown, and beside another one of equal volatility?
import { sampleDeviation } from '../../statistics/moments.ts';

/** Simple returns between neighbouring points: one fewer than `equity` has. */
export function returnsOf(equity: readonly number[]): number[] {
  return equity.slice(1).map((value, index) => value / equity[index] - 1);
}

/** Growth since the start, compounded: one more than `returns`, beginning at 0. It ends at −1 for good where all is lost. */
export function growthOf(returns: readonly number[]): number[] {
  const growth = [0];
  let wealth = 1;
  for (const change of returns) {
    wealth = Math.max(0, wealth * (1 + change));
    growth.push(wealth - 1);
  }
  return growth;
}

/** Fraction below the running peak at every point of a growth curve, as a number from −1 to 0. */
export function drawdownsOf(growth: readonly number[]): number[] {
  let peak = -Infinity;
  return growth.map((value) => {
    peak = Math.max(peak, 1 + value);
    return peak > 0 ? (1 + value) / peak - 1 : 0;
  });
}

/** By how much `returns` must be multiplied to vary as much as `reference`; undefined where either does not vary. */
export function volatilityFactor(returns: readonly number[], reference: readonly number[]): number | undefined {
  const own = sampleDeviation(returns);
  const wanted = sampleDeviation(reference);
  if (own === undefined || wanted === undefined || !(own > 0) || !(wanted > 0)) return undefined;
  return wanted / own;
}
