// Is a row more than the best of everything that all the runs together have tried? Its deflated Sharpe probability.
import { DAY_MS, DAYS_PER_YEAR } from '../domain/time.ts';
import { marketKey, type CalibrationRow, type CalibrationRun } from './calibrate-run.ts';
import { deflatedSharpe } from './statistics/deflated-sharpe.ts';
import { sampleVariance } from './statistics/moments.ts';
import { normalQuantile } from './statistics/normal.ts';
import type { SharpeEstimate } from './statistics/probabilistic-sharpe.ts';

export interface Deflation {
  /** Distinct configurations × symbols × histories over all runs. */
  readonly trials: number;
  /** Probability of a row against all trials; undefined where its figures do not allow it. */
  readonly probabilityOf: (row: CalibrationRow) => number | undefined;
}

/** Days between the first and the last midnight of the tests. */
export function daysOf({ from, to }: CalibrationRow): number {
  return Math.round((to - from) / DAY_MS);
}

/**
 * Deflates by all rows of all runs. The spread of the Sharpe ratios is taken within each market and pooled, and is never
 * below 1 / days, which is what luck alone gives every trial: as a run's own verdict does it.
 */
export function deflationOver(runs: readonly CalibrationRun[]): Deflation {
  const rows = runs.flatMap((run) => run.rows);
  const distinct = new Map(rows.map((row) => [`${row.configHash} ${marketKey(row)}`, row]));
  const trials = distinct.size;
  const spread = pooledVariance([...distinct.values()]);
  return {
    trials,
    probabilityOf: (row) => {
      const estimate = estimateOf(row);
      if (estimate === undefined) return undefined;
      const varianceOfSharpes = Math.max(spread, 1 / estimate.observations);
      return deflatedSharpe(estimate, { trials, varianceOfSharpes }).probability;
    },
  };
}

function pooledVariance(rows: readonly CalibrationRow[]): number {
  let squares = 0;
  let freedom = 0;
  for (const own of Map.groupBy(rows, marketKey).values()) {
    const sharpes = own.map(dailySharpe).filter((sharpe) => sharpe !== undefined);
    const variance = sampleVariance(sharpes);
    if (variance === undefined) continue;
    squares += variance * (sharpes.length - 1);
    freedom += sharpes.length - 1;
  }
  return freedom === 0 ? 0 : squares / freedom;
}

function dailySharpe({ sharpe }: CalibrationRow): number | undefined {
  return sharpe === undefined ? undefined : sharpe / Math.sqrt(DAYS_PER_YEAR);
}

/**
 * The row's estimate. Results keep no skew and kurtosis, but the probabilistic Sharpe ratio PSR holds what matters of them:
 * the variance (T - 1) (SR / z(PSR))^2 of the estimate. Where PSR is rounded to 0 or 1, or says nothing, normal returns stand in.
 */
function estimateOf(row: CalibrationRow): SharpeEstimate | undefined {
  const sharpe = dailySharpe(row);
  const observations = daysOf(row);
  if (sharpe === undefined || observations < 2) return undefined;
  const normal = { sharpe, observations, skew: 0, kurtosis: 3 };
  const { probabilisticSharpe: psr } = row;
  if (psr === undefined || sharpe === 0 || !(psr > 1e-9 && psr < 1 - 1e-9)) return normal;
  const z = normalQuantile(psr);
  const variance = (observations - 1) * (sharpe / z) ** 2;
  if (z === 0 || !Number.isFinite(variance) || Math.sign(z) !== Math.sign(sharpe)) return normal;
  return { ...normal, kurtosis: 1 + (4 * (variance - 1)) / sharpe ** 2 };
}
