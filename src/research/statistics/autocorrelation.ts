// What is a Sharpe ratio worth when returns depend on their past? Newey-West and Lo (2002) adjustments.
import { areReturnsConstant, mean } from './moments.ts';

/** Autocovariance at `lag` around `centre`, divided by the full length. */
export function autocovariance(values: ArrayLike<number>, centre: number, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i += 1) sum += (values[i] - centre) * (values[i - lag] - centre);
  return sum / values.length;
}

export interface NeweyWest {
  /** floor(4 (T/100)^(2/9)). */
  readonly lags: number;
  /** Long-run variance with Bartlett weights, per period. */
  readonly variance: number;
  /** Mean over the square root of the long-run variance, per period; undefined without variation. */
  readonly sharpe: number | undefined;
  readonly tStatistic: number | undefined;
}

/** Newey-West (1987) long-run variance of the mean of `returns`; at least one return. */
export function neweyWest(returns: ArrayLike<number>): NeweyWest {
  const count = returns.length;
  const lags = Math.floor(4 * (count / 100) ** (2 / 9));
  const centre = mean(returns) ?? 0;
  if (areReturnsConstant(returns)) return { lags, variance: 0, sharpe: undefined, tStatistic: undefined };
  let variance = autocovariance(returns, centre, 0);
  for (let lag = 1; lag <= lags; lag += 1)
    variance += 2 * (1 - lag / (lags + 1)) * autocovariance(returns, centre, lag);
  const sharpe = variance > 0 ? centre / Math.sqrt(variance) : undefined;
  return { lags, variance, sharpe, tStatistic: sharpe === undefined ? undefined : sharpe * Math.sqrt(count) };
}

/** Autocorrelations at lags 1 to `lags`; undefined for constant returns. */
export function autocorrelations(returns: ArrayLike<number>, lags: number): readonly number[] | undefined {
  const centre = mean(returns);
  if (centre === undefined || areReturnsConstant(returns)) return undefined;
  const variance = autocovariance(returns, centre, 0);
  return Array.from({ length: lags }, (_, index) => autocovariance(returns, centre, index + 1) / variance);
}

/**
 * Lo's factor that turns a Sharpe ratio per period into one per `periods`; correlations beyond those given count as 0.
 * Undefined where the implied variance is not positive.
 */
export function loFactor(correlations: readonly number[], periods: number): number | undefined {
  let sum = periods;
  for (let lag = 1; lag <= correlations.length && lag < periods; lag += 1)
    sum += 2 * (periods - lag) * correlations[lag - 1];
  return sum > 0 ? periods / Math.sqrt(sum) : undefined;
}
