// What was decided at a rebalance? The ranking with all its components, who was selected or refused and why, and the weights.
import type { Component } from './portfolio-params.ts';

/**
 * Why a symbol is not selected. `no-volume`: nothing is known to have been traded in 24 hours; `no-candle`: none closes at the
 * moment, because of a hole or because it was delisted; `no-model`: there is no valid model to trade it with; `outranked`: it
 * could have been selected, but others are better; `seat-kept`: it is among the best, but symbols selected before keep their
 * seats inside the buffer.
 */
export type Refusal =
  | 'excluded'
  | 'not-listed'
  | 'too-young'
  | 'no-candle'
  | 'no-volume'
  | 'illiquid'
  | 'no-model'
  | 'outranked'
  | 'seat-kept';

/** One symbol of the universe at a rebalance. */
export interface RankedSymbol {
  readonly symbol: string;
  /** Place among the eligible symbols, 1 is best; undefined: it is not eligible. */
  readonly rank: number | undefined;
  /** Weighted mean of `components`; undefined: it is not part of the cross-section, for it has no candle. */
  readonly score: number | undefined;
  /** Annualised Sharpe ratio, ADX, mean confidence, daily volatility as measured; undefined: not known, or `score` is. */
  readonly values: Readonly<Record<Component, number | undefined>>;
  /** The same normalised across the section, higher is better; undefined where `score` is. */
  readonly components: Readonly<Record<Component, number | undefined>>;
  /** Quote currency traded in the last 24 hours; undefined: not known. */
  readonly tradedValue24h: number | undefined;
  readonly eligible: boolean;
  readonly selected: boolean;
  /** Undefined for selected symbols only. */
  readonly refusal: Refusal | undefined;
}

/** One rebalance, frozen. `weights`, `riskContributions` stand in the order of `selected`. */
export interface Rebalance {
  /** Close at which it was decided, epoch milliseconds. */
  readonly time: number;
  /** Eligible symbols best first, then the others by symbol. */
  readonly ranking: readonly RankedSymbol[];
  /** Best first. */
  readonly selected: readonly string[];
  /** Share of each selected symbol in the whole risk budget; together at most 1. */
  readonly weights: readonly number[];
  /** Share of each selected symbol in the variance of the whole, by the shrunk covariance; undefined: not known. */
  readonly riskContributions: readonly number[] | undefined;
  /** What no symbol was given: 1 less the sum of the weights. */
  readonly cash: number;
  /** What stood in for the chosen allocation, and why; undefined: nothing had to. */
  readonly fallback: { readonly method: 'inverse-volatility' | 'equal'; readonly reason: string } | undefined;
  /** Mean correlation of the pairs of selected symbols; undefined: fewer than two, or not known. */
  readonly meanCorrelation: number | undefined;
  /** How far the covariance was drawn towards its diagonal, 0 to 1; undefined: no covariance is known. */
  readonly shrinkage: number | undefined;
  /** Symbols that are one bet: correlated at least `limits.group_correlation` on average. Only groups of two or more. */
  readonly groups: readonly (readonly string[])[];
  readonly entered: readonly string[];
  readonly left: readonly string[];
  readonly warnings: readonly string[];
}
