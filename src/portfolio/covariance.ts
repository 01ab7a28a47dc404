// How do returns of several assets move together? Sample covariance and Pearson correlation.

/** A symmetric matrix as rows. */
export type Matrix = readonly (readonly number[])[];

/**
 * Sample covariance (n - 1) of equally long return columns, one per asset.
 * @throws RangeError for columns of unequal length or fewer than two rows
 */
export function covarianceMatrix(returnsByAsset: readonly ArrayLike<number>[]): Matrix {
  const rows = returnsByAsset.length === 0 ? 0 : returnsByAsset[0].length;
  if (returnsByAsset.some((column) => column.length !== rows)) throw new RangeError('assets differ in length');
  if (returnsByAsset.length > 0 && rows < 2) throw new RangeError('a covariance needs two rows');
  const deviations = returnsByAsset.map((column) => centred(column));
  const matrix = deviations.map(() => Array.from({ length: deviations.length }, () => 0));
  for (let i = 0; i < deviations.length; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = 0;
      for (let row = 0; row < rows; row += 1) sum += deviations[i][row] * deviations[j][row];
      matrix[i][j] = sum / (rows - 1);
      matrix[j][i] = matrix[i][j];
    }
  }
  return matrix;
}

/** Correlations of a covariance matrix; NaN wherever a variance is 0. */
export function correlationMatrix(covariance: Matrix): Matrix {
  return covariance.map((row, i) =>
    row.map((value, j) => {
      if (!(covariance[i][i] > 0) || !(covariance[j][j] > 0)) return Number.NaN;
      return i === j ? 1 : Math.max(-1, Math.min(1, value / Math.sqrt(covariance[i][i]) / Math.sqrt(covariance[j][j])));
    }),
  );
}

/** The deviations of `column` from its mean. */
export function centred(column: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let row = 0; row < column.length; row += 1) sum += column[row] - column[0];
  const centre = column[0] + sum / column.length;
  // A mapping `from` walks an iterator, which took most of the time of a rebalance.
  const deviations = new Float64Array(column.length);
  for (let row = 0; row < column.length; row += 1) deviations[row] = column[row] - centre;
  return deviations;
}
