// Is the best of many trials more than luck? Expected maximum, deflated Sharpe ratio and minimum backtest length.
import { sampleVariance } from './moments.ts';
import { normalQuantile } from './normal.ts';
import { estimateSharpe, probabilisticSharpe } from './probabilistic-sharpe.ts';
import type { SharpeEstimate } from './probabilistic-sharpe.ts';
import { sharpeRatio } from './sharpe.ts';

const EULER_MASCHERONI = 0.5772156649015329;

/** Approximate expected maximum of `trials` independent standard normals; 0 for one trial: nothing was selected. */
export function expectedMaximum(trials: number): number {
  if (!(trials > 1)) return 0;
  const upper = -normalQuantile(1 / trials);
  const further = -normalQuantile(1 / (trials * Math.E));
  return (1 - EULER_MASCHERONI) * upper + EULER_MASCHERONI * further;
}

export interface Selection {
  /** Every configuration whose result anyone could have acted on. */
  readonly trials: number;
  /** Variance (n - 1) of the trials' Sharpe ratios per period; undefined: unknown. */
  readonly varianceOfSharpes: number | undefined;
}

export interface DeflatedSharpe {
  /** Sharpe ratio per period that the best of so many trials without edge is expected to show. */
  readonly expectedMaximumSharpe: number | undefined;
  /** PSR against it; undefined where either is. */
  readonly probability: number | undefined;
}

/** Deflated Sharpe ratio of a selected result (Bailey, Lopez de Prado 2014). */
export function deflatedSharpe(estimate: SharpeEstimate | undefined, selection: Selection): DeflatedSharpe {
  const expectedMaximumSharpe = expectedMaximumOf(selection);
  const probability =
    estimate === undefined || expectedMaximumSharpe === undefined
      ? undefined
      : probabilisticSharpe(estimate, expectedMaximumSharpe);
  return { expectedMaximumSharpe, probability };
}

function expectedMaximumOf({ trials, varianceOfSharpes }: Selection): number | undefined {
  if (!(trials > 1)) return 0;
  return varianceOfSharpes === undefined ? undefined : Math.sqrt(varianceOfSharpes) * expectedMaximum(trials);
}

export interface DeflatedTrials extends DeflatedSharpe {
  /** Trial with the highest Sharpe ratio, the first of equals; undefined where none has one. */
  readonly bestIndex: number | undefined;
  readonly trialSharpes: readonly (number | undefined)[];
  readonly varianceOfSharpes: number | undefined;
}

/**
 * Deflated Sharpe ratio of the best of `trialReturns` (returns per period, one list per trial).
 * `trials` counts also those whose returns are no longer known; it is at least the number of lists.
 */
export function deflateBestTrial(trialReturns: readonly ArrayLike<number>[], trials: number): DeflatedTrials {
  const trialSharpes = trialReturns.map((returns) => sharpeRatio(returns));
  let bestIndex: number | undefined;
  let best = -Infinity;
  for (const [index, sharpe] of trialSharpes.entries()) {
    if (sharpe === undefined || !(sharpe > best)) continue;
    best = sharpe;
    bestIndex = index;
  }
  const varianceOfSharpes = sampleVariance(trialSharpes.filter((sharpe) => sharpe !== undefined));
  const estimate = bestIndex === undefined ? undefined : estimateSharpe(trialReturns[bestIndex]);
  const selection = { trials: Math.max(trials, trialReturns.length), varianceOfSharpes };
  return { bestIndex, trialSharpes, varianceOfSharpes, ...deflatedSharpe(estimate, selection) };
}

export interface MinimumBacktest {
  /** Years below which the best of so many trials without edge is expected to reach the target. */
  readonly years: number;
  /** 2 ln N / target^2, never below `years`. */
  readonly upperBound: number;
}

/** Minimum backtest length for `trials` against an annual Sharpe ratio (Bailey et al. 2014); undefined unless the target is positive. */
export function minimumBacktest(trials: number, targetAnnualSharpe: number): MinimumBacktest | undefined {
  if (!(targetAnnualSharpe > 0) || !(trials >= 1)) return undefined;
  return {
    years: (expectedMaximum(trials) / targetAnnualSharpe) ** 2,
    upperBound: (2 * Math.log(trials)) / targetAnnualSharpe ** 2,
  };
}
