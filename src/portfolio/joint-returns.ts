// How have symbols moved together of late? Their returns over the bars that all of them have, and groups that are one bet.
import { centred, correlationMatrix, covarianceMatrix, type Matrix } from './covariance.ts';
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

/**
 * A group number per record: records whose returns are correlated at least `threshold`, directly or through others, share
 * the number of the first of them. Pairs that have less than half of the window in common are taken for unrelated.
 */
export function correlatedGroups(records: readonly SymbolRecord[], window: BarWindow, threshold: number): number[] {
  const groups = records.map((_, index) => index);
  const whole = records.map((record) => wholeColumn(record, window));
  for (let i = 1; i < records.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      if (groups[i] === groups[j]) continue;
      const [a, b] = [whole[i], whole[j]];
      const correlation =
        a !== undefined && b !== undefined
          ? correlationOf(a, b)
          : correlationWithHoles([records[i], records[j]], window);
      if (!(correlation >= threshold)) continue;
      const from = Math.max(groups[i], groups[j]);
      const to = Math.min(groups[i], groups[j]);
      groups.forEach((group, index) => {
        if (group === from) groups[index] = to;
      });
    }
  }
  return groups;
}

/** Returns of a whole window less their mean, and the root of the sum of their squares. */
interface WholeColumn {
  readonly deviations: Float64Array;
  readonly norm: number;
}

/** Undefined: a return of the window is not known. */
function wholeColumn(record: SymbolRecord, { last, bars }: BarWindow): WholeColumn | undefined {
  const column = new Float64Array(bars);
  for (let at = 0; at < bars; at += 1) {
    const value = record.returnOver(last - bars + 1 + at);
    if (Number.isNaN(value)) return undefined;
    column[at] = value;
  }
  const deviations = centred(column);
  return { deviations, norm: Math.sqrt(productOf(deviations, deviations)) };
}

/** NaN where one of them does not move. */
function correlationOf(a: WholeColumn, b: WholeColumn): number {
  return productOf(a.deviations, b.deviations) / a.norm / b.norm;
}

/** NaN: fewer than half of the window in common, or one of them does not move. */
function correlationWithHoles(pair: readonly SymbolRecord[], window: BarWindow): number {
  const returns = jointReturns(pair, window);
  return returns === undefined ? NaN : correlationMatrix(covarianceMatrix(returns))[0][1];
}

function productOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at] * b[at];
  return sum;
}
