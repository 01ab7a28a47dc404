// How far are measured correlations to be trusted? Covariances drawn towards their diagonal, by as much as their noise calls for.
import { centred, type Matrix } from './covariance.ts';

/** `covariance` drawn towards its diagonal: 0 leaves it, 1 takes every correlation out. Variances stay. */
export function shrunk(covariance: Matrix, shrinkage: number): Matrix {
  return covariance.map((row, i) => row.map((value, j) => (i === j ? value : value * (1 - shrinkage))));
}

/**
 * The intensity with the least expected squared error of the correlations, 0 to 1: the sum of their estimated variances over the
 * sum of their squares (Ledoit and Wolf 2004; for a diagonal of unequal variances Schaefer and Strimmer 2005, target D, on
 * standardised returns, so that wild assets count no more than calm ones). Columns are returns of equal length, one per asset.
 * Assets that do not move have no correlations; 0 where there are none, 1 where all are exactly 0.
 */
export function shrinkageIntensity(columns: readonly Float64Array[]): number {
  const moving = columns.map(standardised).filter((column) => column !== undefined);
  let noise = 0;
  let squares = 0;
  for (let i = 1; i < moving.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const { correlation, variance } = correlationEstimate(moving[i], moving[j]);
      noise += variance;
      squares += correlation * correlation;
    }
  }
  if (moving.length < 2) return 0;
  return squares > 0 ? Math.min(1, noise / squares) : 1;
}

/** Deviations over the sample deviation (n - 1); undefined: it does not move. */
function standardised(column: Float64Array): Float64Array | undefined {
  const deviations = centred(column);
  let squares = 0;
  for (let row = 0; row < deviations.length; row += 1) squares += deviations[row] * deviations[row];
  if (!(squares > 0)) return undefined;
  const deviation = Math.sqrt(squares / (column.length - 1));
  for (let row = 0; row < deviations.length; row += 1) deviations[row] /= deviation;
  return deviations;
}

/** The correlation of two standardised columns, and the unbiased estimate of its variance: n / (n - 1)^3 × sum of (w - mean w)^2. */
function correlationEstimate(a: Float64Array, b: Float64Array) {
  const rows = a.length;
  const products = new Float64Array(rows);
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    products[row] = a[row] * b[row];
    sum += products[row];
  }
  let squares = 0;
  for (let row = 0; row < rows; row += 1) squares += (products[row] - sum / rows) ** 2;
  return { correlation: sum / (rows - 1), variance: (rows / (rows - 1) ** 3) * squares };
}
