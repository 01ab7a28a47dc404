// Which value lies at a share of a sample? Quantiles of type 7: linear between order statistics.

/** A sorted copy; NaN must not occur in `values`. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Quantile at `probability` (0..1) of ascending `values`; position (n - 1) * probability. Undefined for no values. */
export function quantileOfSorted(values: Float64Array, probability: number): number | undefined {
  if (values.length === 0) return undefined;
  const position = (values.length - 1) * probability;
  const below = Math.min(Math.floor(position), values.length - 1);
  const above = Math.min(below + 1, values.length - 1);
  return values[below] + (position - below) * (values[above] - values[below]);
}

/** Quantile of type 7 of unsorted `values`. */
export function quantile(values: ArrayLike<number>, probability: number): number | undefined {
  return quantileOfSorted(sorted(values), probability);
}
