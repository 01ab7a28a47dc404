// How sure is it that a Sharpe ratio beats a benchmark? Probabilistic Sharpe ratio and minimum track record.
import { returnShape } from './moments.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { sharpeRatio } from './sharpe.ts';

/** What is known of a return series; all per period, never annualised. */
export interface SharpeEstimate {
  /** Mean over sample deviation (n - 1). */
  readonly sharpe: number;
  readonly observations: number;
  readonly skew: number;
  /** Not in excess: 3 for the Normal distribution. */
  readonly kurtosis: number;
}

/** The estimate of a return series; undefined for fewer than two returns or constant ones. */
export function estimateSharpe(returns: ArrayLike<number>): SharpeEstimate | undefined {
  const sharpe = sharpeRatio(returns);
  const shape = returnShape(returns);
  return sharpe === undefined || shape === undefined ? undefined : { sharpe, observations: returns.length, ...shape };
}

/**
 * Probability that the true Sharpe ratio per period exceeds `benchmark` (Bailey, Lopez de Prado 2012).
 * Undefined for fewer than two observations or moments that no sample can have.
 */
export function probabilisticSharpe(estimate: SharpeEstimate, benchmark: number): number | undefined {
  const variance = sharpeVariance(estimate);
  if (!(estimate.observations >= 2) || !(variance > 0)) return undefined;
  return normalCdf(((estimate.sharpe - benchmark) * Math.sqrt(estimate.observations - 1)) / Math.sqrt(variance));
}

/** Periods needed until PSR reaches 1 - `alpha`; undefined where the Sharpe ratio does not exceed the benchmark. */
export function minimumTrackRecord(
  estimate: Omit<SharpeEstimate, 'observations'>,
  benchmark: number,
  alpha: number,
): number | undefined {
  const excess = estimate.sharpe - benchmark;
  const variance = sharpeVariance(estimate);
  if (!(excess > 0) || !(variance > 0)) return undefined;
  return 1 + variance * (normalQuantile(alpha) / excess) ** 2;
}

/** Variance of the estimated Sharpe ratio times (T - 1). */
function sharpeVariance({ sharpe, skew, kurtosis }: Omit<SharpeEstimate, 'observations'>): number {
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}
