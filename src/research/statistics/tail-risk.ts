// How bad are the bad days? Value at risk and expected shortfall from the sample itself.
import { quantile } from './quantile.ts';

export interface TailRisk {
  /** Loss that a share of `tail` of the returns reaches; positive is a loss. */
  readonly valueAtRisk: number;
  /** Mean loss of the returns at or below that quantile. */
  readonly expectedShortfall: number;
}

/** Historical value at risk (quantile of type 7) and expected shortfall at `tail`, 0.05 for 95 %; undefined for no returns. */
export function tailRisk(returns: ArrayLike<number>, tail: number): TailRisk | undefined {
  const threshold = quantile(returns, tail);
  if (threshold === undefined) return undefined;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < returns.length; i += 1) {
    if (returns[i] > threshold) continue;
    sum += returns[i];
    count += 1;
  }
  return { valueAtRisk: 0 - threshold, expectedShortfall: 0 - sum / count };
}
