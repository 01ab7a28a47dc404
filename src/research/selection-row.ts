// Is one row of a run more than luck after everything that was tried? Deflated, with intervals, from its daily returns and trades.
import { createRandom } from '../domain/random.ts';
import { DAYS_PER_YEAR } from '../domain/time.ts';
import { meanBlockOf, type DayResamples } from './day-resamples.ts';
import { figureOf, without, withoutInterval, type Figure, type IntervalFigure } from './figure.ts';
import type { VariantOutcome } from './outcome.ts';
import { gateBasisOf, gateDeflatedSharpe, type GateBasis } from './selection-deflation.ts';
import { bootstrapInterval, replicatesOf, type Statistic } from './statistics/bootstrap-interval.ts';
import { deflatedSharpe, minimumBacktest } from './statistics/deflated-sharpe.ts';
import { areReturnsConstant } from './statistics/moments.ts';
import { estimateSharpe, minimumTrackRecord, probabilisticSharpe } from './statistics/probabilistic-sharpe.ts';
import { sharpeRatio } from './statistics/sharpe.ts';
import { tradeEvidence, type EvidenceTrade, type TradeEvidence } from './trade-evidence.ts';
import type { TrialCount } from './trial-log.ts';

/** With fewer daily returns nothing is said about their distribution. */
export const MIN_DAYS = 20;
const ALPHA = 0.05;
const ANNUAL = Math.sqrt(DAYS_PER_YEAR);

/** What selection reads of an outcome. */
export type SelectionRow = Pick<
  VariantOutcome,
  'symbol' | 'riskLevel' | 'variant' | 'configHash' | 'initialEquity' | 'days' | 'dailyReturns' | 'foldSharpe'
> & { readonly trades: readonly EvidenceTrade[] };

export interface RowContext {
  /** From the trial log, this run's trials among them. */
  readonly trials: Pick<TrialCount, 'trials' | 'varianceOfSharpes'>;
  readonly seed: string;
  /** Of the intervals: 2000 or more for 95 %. */
  readonly resamples: number;
  /** Made of the same seed and number of resamples. */
  readonly dayResamples: DayResamples;
  readonly drawdownLimits: readonly number[];
}

/** Sharpe ratios are annualised here; probabilities are 0..1. */
export interface RowSelection extends TradeEvidence {
  readonly symbol: string;
  readonly riskLevel: string;
  readonly variant: string;
  readonly configHash: string;
  readonly days: number;
  readonly sharpe: Figure;
  /** 95 %, stationary bootstrap over days. */
  readonly sharpeInterval: IntervalFigure;
  /** Of equity at UTC midnights; what happens inside a day does not show. */
  readonly maxDrawdown: Figure;
  readonly maxDrawdownInterval: IntervalFigure;
  /** Probability that the true Sharpe ratio is above 0. */
  readonly probabilisticSharpe: Figure;
  /** What the best of all trials is expected to show without any edge. */
  readonly expectedMaximumSharpe: Figure;
  /** Probability that the true Sharpe ratio is above that: the published formula on all trials. */
  readonly deflatedSharpe: Figure;
  /** What the gate asks: see `gateDeflatedSharpe`. */
  readonly gateDeflatedSharpe: Figure;
  /** What it is made of, so that it can be asked again when there are more trials. */
  readonly gateBasis: Figure<GateBasis>;
  /** Days after which a Sharpe ratio like this is above 0 with 95 % confidence. */
  readonly minimumTrackRecordDays: Figure;
  /** Days below which the best of all trials is expected to show this Sharpe ratio without any edge. */
  readonly minimumBacktestDays: Figure;
  /** Deviation of the folds' Sharpe ratios over their absolute mean. */
  readonly foldVariation: Figure;
}

/** Everything that is said of one row alone. */
export function selectionRow(row: SelectionRow, context: RowContext): RowSelection {
  const { symbol, riskLevel, variant, configHash, trades, initialEquity, dailyReturns } = row;
  const { resamples, drawdownLimits } = context;
  const random = createRandom(`${context.seed}/selection/${symbol}/${configHash}`);
  return {
    symbol,
    riskLevel,
    variant,
    configHash,
    days: dailyReturns.length,
    ...dayFigures(dailyReturns, context),
    ...dayIntervals(row, context),
    ...tradeEvidence({ trades, initialEquity, resamples, drawdownLimits, random }),
    foldVariation: foldVariation(row),
  };
}

type DayFigures = Pick<
  RowSelection,
  | 'sharpe'
  | 'probabilisticSharpe'
  | 'expectedMaximumSharpe'
  | 'deflatedSharpe'
  | 'gateDeflatedSharpe'
  | 'gateBasis'
  | 'minimumTrackRecordDays'
  | 'minimumBacktestDays'
>;

function dayFigures(returns: readonly number[], { trials }: RowContext): DayFigures {
  const missing = whyNoShape(returns);
  const estimate = missing === undefined ? estimateSharpe(returns) : undefined;
  if (estimate === undefined) {
    const none = without(missing ?? 'returns do not vary');
    return {
      sharpe: none,
      probabilisticSharpe: none,
      expectedMaximumSharpe: none,
      deflatedSharpe: none,
      gateDeflatedSharpe: none,
      gateBasis: none,
      minimumTrackRecordDays: none,
      minimumBacktestDays: none,
    };
  }
  const deflated = deflatedSharpe(estimate, trials);
  const gateBasis = gateBasisOf(returns, estimate);
  const unknownSpread = deflated.expectedMaximumSharpe === undefined;
  const isPositive = estimate.sharpe > 0;
  const years = minimumBacktest(trials.trials, estimate.sharpe * ANNUAL)?.years;
  return {
    sharpe: { value: estimate.sharpe * ANNUAL },
    probabilisticSharpe: figureOf(probabilisticSharpe(estimate, 0), 'no such moments'),
    expectedMaximumSharpe: figureOf(
      unknownSpread ? undefined : (deflated.expectedMaximumSharpe ?? 0) * ANNUAL,
      'fewer than two trials with a Sharpe ratio',
    ),
    deflatedSharpe: figureOf(
      deflated.probability,
      unknownSpread ? 'fewer than two trials with a Sharpe ratio' : 'no such moments',
    ),
    gateDeflatedSharpe: figureOf(gateDeflatedSharpe(gateBasis, trials), 'no such moments'),
    gateBasis: { value: gateBasis },
    minimumTrackRecordDays: figureOf(
      minimumTrackRecord(estimate, 0, ALPHA),
      isPositive ? 'no such moments' : 'Sharpe ratio not above 0',
    ),
    minimumBacktestDays: figureOf(years === undefined ? undefined : years * DAYS_PER_YEAR, 'Sharpe ratio not above 0'),
  };
}

function whyNoShape(returns: readonly number[]): 'fewer than 20 days' | 'returns do not vary' | undefined {
  if (returns.length < MIN_DAYS) return 'fewer than 20 days';
  return areReturnsConstant(returns) ? 'returns do not vary' : undefined;
}

type DayIntervals = Pick<RowSelection, 'sharpeInterval' | 'maxDrawdown' | 'maxDrawdownInterval'>;

function dayIntervals({ dailyReturns }: SelectionRow, { dayResamples }: RowContext): DayIntervals {
  const deepest = maxDrawdownOf(dailyReturns);
  const maxDrawdown = figureOf(dailyReturns.length < MIN_DAYS ? undefined : deepest, 'fewer than 20 days');
  const missing = whyNoShape(dailyReturns);
  if (missing !== undefined) {
    return { maxDrawdown, sharpeInterval: withoutInterval(missing), maxDrawdownInterval: withoutInterval(missing) };
  }
  const returns = Float64Array.from(dailyReturns);
  const indices = dayResamples.of(returns.length, meanBlockOf(returns));
  const intervalOf = (statistic: Statistic): IntervalFigure => {
    const interval = bootstrapInterval(0, replicatesOf(returns, indices, statistic), 0.95);
    if (interval === undefined) return withoutInterval('returns do not vary');
    const [low, high] = interval.percentile;
    return { low: { value: low }, high: { value: high } };
  };
  return {
    maxDrawdown,
    sharpeInterval: intervalOf((sample) => {
      const sharpe = sharpeRatio(sample);
      return sharpe === undefined ? undefined : sharpe * ANNUAL;
    }),
    maxDrawdownInterval: intervalOf(maxDrawdownOf),
  };
}

/** Largest fraction below the peak of the compounded returns; 1 from ruin on. */
function maxDrawdownOf(returns: ArrayLike<number>): number {
  let equity = 1;
  let peak = 1;
  let lowest = 1;
  for (let i = 0; i < returns.length; i += 1) {
    equity *= 1 + returns[i];
    if (!(equity > 0)) return 1;
    if (equity > peak) peak = equity;
    else if (equity < lowest * peak) lowest = equity / peak;
  }
  return 1 - lowest;
}

function foldVariation({ foldSharpe }: SelectionRow): Figure {
  const { folds, undefinedFolds, variation } = foldSharpe;
  return figureOf(
    variation,
    folds - undefinedFolds < 2 ? 'fewer than two folds with a figure' : 'mean of folds about 0',
  );
}
