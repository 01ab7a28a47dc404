// Within which bounds does a statistic lie? Percentile and basic bootstrap intervals.
import { sampleDeviation } from './moments.ts';
import { quantileOfSorted, sorted } from './quantile.ts';

/** A figure computed from a sample of returns. It must not keep the array, which is reused. */
export type Statistic = (sample: Float64Array) => number | undefined;

/** The statistic of every resample, undefined ones left out. `indices` name rows of `values`. */
export function replicatesOf(
  values: ArrayLike<number>,
  indices: readonly ArrayLike<number>[],
  statistic: Statistic,
): Float64Array {
  const replicates = new Float64Array(indices.length);
  let sample = new Float64Array(values.length);
  let known = 0;
  for (const rows of indices) {
    if (sample.length !== rows.length) sample = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i += 1) sample[i] = values[rows[i]];
    const value = statistic(sample);
    if (value === undefined) continue;
    replicates[known] = value;
    known += 1;
  }
  return replicates.subarray(0, known);
}

export interface Interval {
  readonly level: number;
  /** Lower and upper quantile of the replicates. */
  readonly percentile: readonly [number, number];
  /** Twice the estimate minus the upper and lower quantile. */
  readonly basic: readonly [number, number];
  /** Sample deviation (n - 1) of the replicates. */
  readonly standardError: number | undefined;
  /** Share of replicates at or below 0. */
  readonly shareNotPositive: number;
}

/** Intervals of confidence `level` (0.95: 95 %) from replicates; undefined for none. Use 2000 or more for 95 %. */
export function bootstrapInterval(estimate: number, replicates: Float64Array, level: number): Interval | undefined {
  const ascending = sorted(replicates);
  const lower = quantileOfSorted(ascending, (1 - level) / 2);
  const upper = quantileOfSorted(ascending, (1 + level) / 2);
  if (lower === undefined || upper === undefined) return undefined;
  let notPositive = 0;
  for (const value of ascending) if (value <= 0) notPositive += 1;
  return {
    level,
    percentile: [lower, upper],
    basic: [2 * estimate - upper, 2 * estimate - lower],
    standardError: sampleDeviation(replicates),
    shareNotPositive: notPositive / replicates.length,
  };
}
