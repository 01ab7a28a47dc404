// How have symbols moved together of late? Their returns over the bars that all of them have, and what these say.
import { correlationMatrix, type Matrix } from './covariance.ts';
import type { SymbolRecord } from './symbol-record.ts';

/** A window of bars that ends with the bar `last`. */
export interface BarWindow {
  readonly last: number;
  readonly bars: number;
}

/** Returns per bar, over the bars of which every record knows one, a column each; undefined: fewer than half of the window. */
export function jointReturns(
  records: readonly SymbolRecord[],
  { last, bars }: BarWindow,
): readonly Float64Array[] | undefined {
  const columns = records.map(() => new Float64Array(bars));
  let rows = 0;
  for (let number = last - bars + 1; number <= last; number += 1) {
    let isKnown = true;
    for (let index = 0; index < records.length && isKnown; index += 1) {
      const value = records[index].returnOver(number);
      columns[index][rows] = value;
      isKnown = !Number.isNaN(value);
    }
    if (isKnown) rows += 1;
  }
  if (rows < Math.max(2, bars / 2)) return undefined;
  return columns.map((column) => column.subarray(0, rows));
}

/**
 * Whether some asset is a combination of others, or does not move: no weights by joint risk exist then. Judged on the
 * correlations, by what is left of each asset's variance once the assets before it are known (Cholesky's pivots).
 */
export function isSingular(covariance: Matrix): boolean {
  const count = covariance.length;
  const correlation = correlationMatrix(covariance);
  const factor = correlation.map(() => new Float64Array(count));
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let rest = correlation[row][column];
      for (let k = 0; k < column; k += 1) rest -= factor[row][k] * factor[column][k];
      if (row !== column) factor[row][column] = rest / factor[column][column];
      else if (rest > 64 * count * Number.EPSILON) factor[row][row] = Math.sqrt(rest);
      else return true;
    }
  }
  return false;
}

/** Mean over all pairs; undefined: fewer than two assets, or an asset that does not move. */
export function meanCorrelation(covariance: Matrix): number | undefined {
  const correlation = correlationMatrix(covariance);
  let sum = 0;
  for (let i = 0; i < correlation.length; i += 1) for (let j = 0; j < i; j += 1) sum += correlation[i][j];
  const mean = sum / ((correlation.length * (correlation.length - 1)) / 2);
  return Number.isNaN(mean) ? undefined : mean;
}
