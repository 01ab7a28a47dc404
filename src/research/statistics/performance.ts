// How did an equity curve and its trades perform? Every headline figure of a report, undefined where it has no meaning.
import { invariant } from '../../domain/errors.ts';
import { barsPerYear, DAYS_PER_YEAR, YEAR_MS } from '../../domain/time.ts';
import { autocorrelations, loFactor, neweyWest } from './autocorrelation.ts';
import { dailyReturns } from './daily-marks.ts';
import { drawdown } from './drawdown.ts';
import { exposure, turnoverPerYear } from './exposure.ts';
import { returnShape, sampleDeviation } from './moments.ts';
import { barRisk, downside, sharpeRatio } from './sharpe.ts';
import { tailRisk } from './tail-risk.ts';
import { tradeStatistics } from './trade-results.ts';
import type { TradeResult, TradeStatistics } from './trade-results.ts';

/** With fewer daily returns, figures that need a distribution are undefined. */
const MIN_DAYS_FOR_SHAPE = 20;
const LO_LAGS = 6;
const TAIL = 0.05;
const ANNUAL = Math.sqrt(DAYS_PER_YEAR);

export interface PerformanceInput {
  /** Times of the equity points, UTC epoch milliseconds, rising. */
  readonly time: Float64Array;
  /** Wallet plus unrealised at mark after fees and funding, quote currency; one per time. */
  readonly equity: Float64Array;
  readonly trades: readonly TradeResult[];
  /** Signed notional held from each equity point on; undefined: exposure is undefined. */
  readonly positionNotional?: Float64Array | undefined;
  /** Notional of every fill, both sides; undefined: turnover is undefined. */
  readonly tradedNotional?: ArrayLike<number> | undefined;
  /** Minimum acceptable return per day of the Sortino ratio; 0 unless given. */
  readonly minimumReturnDaily?: number | undefined;
}

export interface DailyFigures {
  /** Simple returns between UTC midnights. */
  readonly dailyReturns: Float64Array;
  readonly dailyVolatilityAnnual: number | undefined;
  /** The headline Sharpe ratio: daily returns, annualised by sqrt(365). */
  readonly sharpeDaily: number | undefined;
  readonly neweyWestLags: number | undefined;
  readonly neweyWestVariance: number | undefined;
  readonly sharpeNeweyWest: number | undefined;
  readonly meanTStatistic: number | undefined;
  /** Of daily returns at lags 1 to 6. */
  readonly autocorrelations: readonly number[] | undefined;
  readonly loFactor: number | undefined;
  readonly sharpeLo: number | undefined;
  /** The smallest of the headline Sharpe ratio and its two adjusted values: what gates compare. */
  readonly sharpeCautious: number | undefined;
  readonly skew: number | undefined;
  /** Not in excess. */
  readonly kurtosis: number | undefined;
  readonly downsideDeviationDaily: number | undefined;
  readonly sortinoDaily: number | undefined;
  /** Positive is a loss. */
  readonly valueAtRisk95Daily: number | undefined;
  readonly expectedShortfall95Daily: number | undefined;
}

export interface Performance extends DailyFigures, TradeStatistics {
  /** First point with equity at or below zero; the series is cut there and ends at zero. */
  readonly ruinedAtIndex: number | undefined;
  readonly totalReturn: number | undefined;
  readonly years: number;
  /** Compound growth per year of 365 days; an extrapolation where `years` is below 1. */
  readonly cagr: number | undefined;
  readonly barVolatilityAnnual: number | undefined;
  readonly sharpeBar: number | undefined;
  readonly maxDrawdown: number | undefined;
  readonly drawdownPeakIndex: number | undefined;
  readonly drawdownTroughIndex: number | undefined;
  readonly drawdownRecoveryIndex: number | undefined;
  readonly longestUnderwaterBars: number | undefined;
  readonly ulcerIndex: number | undefined;
  /** CAGR over maximum drawdown; undefined without a drawdown. */
  readonly calmar: number | undefined;
  readonly exposureTime: number | undefined;
  readonly exposureGross: number | undefined;
  readonly exposureNet: number | undefined;
  readonly turnoverAnnual: number | undefined;
}

/**
 * Performance in one linear pass per figure. Ratios are undefined without variation, loss, drawdown or time, never 0 or infinity.
 * @throws PerpilotError INVARIANT_BROKEN for columns of unequal length or equity that is not finite
 */
export function performance(input: PerformanceInput): Performance {
  const { positionNotional, tradedNotional } = input;
  invariant(input.time.length === input.equity.length, 'equity and its times differ in length');
  invariant(
    positionNotional === undefined || positionNotional.length === input.equity.length,
    'equity and positions differ in length',
  );
  const ruinedAtIndex = firstRuin(input.equity);
  const equity = ruinedAtIndex === undefined ? input.equity : cutAtRuin(input.equity, ruinedAtIndex);
  const time = input.time.subarray(0, equity.length);
  const count = equity.length;
  const elapsed = count > 0 ? time[count - 1] - time[0] : 0;
  const years = elapsed / YEAR_MS;
  const growth = ruinedAtIndex !== undefined ? 0 : count > 0 ? equity[count - 1] / equity[0] : undefined;
  const cagr = growth === undefined || !(years > 0) ? undefined : growth ** (1 / years) - 1;
  const bars = barRisk(equity);
  const annualBars = years > 0 ? Math.sqrt(barsPerYear(elapsed / (count - 1))) : undefined;
  const down = drawdown(equity);
  const held = positionNotional === undefined ? undefined : exposure(equity, positionNotional);
  return {
    ...dailyFigures(dailyReturns(time, equity), input.minimumReturnDaily ?? 0),
    ...tradeStatistics(input.trades),
    ruinedAtIndex,
    totalReturn: growth === undefined ? undefined : growth - 1,
    years,
    cagr,
    barVolatilityAnnual: product(bars.deviation, annualBars),
    sharpeBar: product(bars.sharpe, annualBars),
    maxDrawdown: ruinedAtIndex === undefined ? down?.maximum : 1,
    drawdownPeakIndex: down?.peakIndex,
    drawdownTroughIndex: down?.troughIndex,
    drawdownRecoveryIndex: down?.recoveryIndex,
    longestUnderwaterBars: down?.longestUnderwaterBars,
    ulcerIndex: down?.ulcerIndex,
    calmar: cagr === undefined || down === undefined || !(down.maximum > 0) ? undefined : cagr / down.maximum,
    exposureTime: held?.time,
    exposureGross: held?.gross,
    exposureNet: held?.net,
    turnoverAnnual: tradedNotional === undefined ? undefined : turnoverPerYear(equity, tradedNotional, years),
  };
}

/** Everything that daily returns alone decide. */
export function dailyFigures(returns: Float64Array, minimumReturnDaily: number): DailyFigures {
  const sharpe = product(sharpeRatio(returns), ANNUAL);
  const below = downside(returns, minimumReturnDaily);
  const enough = returns.length >= MIN_DAYS_FOR_SHAPE;
  const longRun = enough ? neweyWest(returns) : undefined;
  const correlations = enough ? autocorrelations(returns, LO_LAGS) : undefined;
  const eta = correlations === undefined ? undefined : loFactor(correlations, DAYS_PER_YEAR);
  const shape = enough ? returnShape(returns) : undefined;
  const tail = enough ? tailRisk(returns, TAIL) : undefined;
  const sharpeNeweyWest = product(longRun?.sharpe, ANNUAL);
  const sharpeLo = product(sharpeRatio(returns), eta);
  return {
    dailyReturns: returns,
    dailyVolatilityAnnual: product(sampleDeviation(returns), ANNUAL),
    sharpeDaily: sharpe,
    neweyWestLags: longRun?.lags,
    neweyWestVariance: longRun?.variance,
    sharpeNeweyWest,
    meanTStatistic: longRun?.tStatistic,
    autocorrelations: correlations,
    loFactor: eta,
    sharpeLo,
    sharpeCautious: sharpe === undefined ? undefined : Math.min(sharpe, sharpeNeweyWest ?? sharpe, sharpeLo ?? sharpe),
    skew: shape?.skew,
    kurtosis: shape?.kurtosis,
    downsideDeviationDaily: below.deviation,
    sortinoDaily: product(below.sortino, ANNUAL),
    valueAtRisk95Daily: tail?.valueAtRisk,
    expectedShortfall95Daily: tail?.expectedShortfall,
  };
}

function firstRuin(equity: Float64Array): number | undefined {
  let ruined: number | undefined;
  for (let i = 0; i < equity.length; i += 1) {
    invariant(Number.isFinite(equity[i]), `equity is not a finite number at point ${i}`);
    if (ruined === undefined && equity[i] <= 0) ruined = i;
  }
  return ruined;
}

/** The series up to and including the ruined point, which is set to zero: no account owes. */
function cutAtRuin(equity: Float64Array, index: number): Float64Array {
  const cut = equity.slice(0, index + 1);
  cut[index] = 0;
  return cut;
}

function product(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b;
}
