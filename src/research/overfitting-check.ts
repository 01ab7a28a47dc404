// Would picking the best variant have worked? The probability of backtest overfitting per symbol, beside its null band.
import { createRandom } from '../domain/random.ts';
import type { VariantOutcome } from './outcome.ts';
import { backtestOverfitting, overfittingNullBand } from './statistics/overfitting.ts';

/** Half of the blocks are in sample in each of 70 combinations. */
const BLOCKS = 8;
const NULL_DRAWS = 100;

export interface OverfittingCheck {
  readonly symbol: string;
  /** Variants over all risk levels that one could have picked from. */
  readonly variants: number;
  /** PBO: share of combinations in which the best variant in sample is in the worse half out of sample. */
  readonly probability: number | undefined;
  /** 5 % and 95 % quantile of PBO for returns of random sign, which have no edge. */
  readonly nullLow: number | undefined;
  readonly nullHigh: number | undefined;
}

/** One check per symbol, in the order of the outcomes. Undefined figures: too few variants or days. */
export function checkOverfitting(outcomes: readonly VariantOutcome[], seed: string): OverfittingCheck[] {
  const bySymbol = Map.groupBy(outcomes, (outcome) => outcome.symbol);
  return [...bySymbol].map(([symbol, own]) => {
    const returnsByStrategy = own.map((outcome) => outcome.dailyReturns);
    const random = createRandom(`${seed}/overfitting/${symbol}`);
    const band = overfittingNullBand({ returnsByStrategy, blocks: BLOCKS, draws: NULL_DRAWS, random });
    return {
      symbol,
      variants: own.length,
      probability: backtestOverfitting(returnsByStrategy, BLOCKS)?.probability,
      nullLow: band?.lower,
      nullHigh: band?.upper,
    };
  });
}
