// Which deflated Sharpe ratio decides? The published one with a spread that chance explains and a Sharpe ratio that memory lowers.
import { neweyWest } from './statistics/autocorrelation.ts';
import { deflatedSharpe, type Selection } from './statistics/deflated-sharpe.ts';
import { sampleVariance } from './statistics/moments.ts';
import type { SharpeEstimate } from './statistics/probabilistic-sharpe.ts';

/** What the gate's deflated Sharpe ratio needs of a row whatever the number of trials; all per day. Kept with the result. */
export interface GateBasis extends SharpeEstimate {
  /** The smaller of the plain and the Newey-West Sharpe ratio. */
  readonly sharpe: number;
  /** Variance of a trial's Sharpe ratio that chance alone explains: 1/(T - 1) times the ratio of long-run to plain variance, at least 1. */
  readonly varianceByChance: number;
}

export function gateBasisOf(returns: ArrayLike<number>, estimate: SharpeEstimate): GateBasis {
  const longRun = neweyWest(returns);
  const plain = sampleVariance(returns) ?? 0;
  return {
    ...estimate,
    sharpe: Math.min(estimate.sharpe, longRun.sharpe ?? estimate.sharpe),
    varianceByChance: Math.max(1, longRun.variance / plain) / (estimate.observations - 1),
  };
}

/**
 * The deflated Sharpe ratio that decides, on the full number of trials, with two changes to the published one. The spread
 * of the trials' Sharpe ratios counts only as far as chance explains it: what goes beyond is skill of some trials or costs of
 * others, and would deflate a real edge by its own distance from the rest. And the Sharpe ratio is the one of `GateBasis`.
 */
export function gateDeflatedSharpe(basis: GateBasis, { trials, varianceOfSharpes }: Selection): number | undefined {
  const { varianceByChance, ...estimate } = basis;
  const spread = Math.min(varianceOfSharpes ?? varianceByChance, varianceByChance);
  return deflatedSharpe(estimate, { trials, varianceOfSharpes: spread }).probability;
}
