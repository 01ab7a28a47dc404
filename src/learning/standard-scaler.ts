// On which scale does each feature lie? Mean and population standard deviation per column, missing values at the mean.
import type { Matrix } from './matrix.ts';

export interface StandardScaler {
  /** Mean of the present values; 0 for a column that is always missing. */
  readonly mean: Float64Array;
  /** Population standard deviation with missing values at the mean; 1 where that is 0. */
  readonly scale: Float64Array;
}

/** Fits a scaler to the columns of `x` (at least one row); NaN is missing. */
export function fitScaler(x: Matrix): StandardScaler {
  const mean = new Float64Array(x.columns);
  const scale = new Float64Array(x.columns);
  for (let column = 0; column < x.columns; column += 1) {
    let sum = 0;
    let present = 0;
    for (let index = column; index < x.values.length; index += x.columns) {
      if (Number.isNaN(x.values[index])) continue;
      sum += x.values[index];
      present += 1;
    }
    mean[column] = present === 0 ? 0 : sum / present;
    let squares = 0;
    for (let index = column; index < x.values.length; index += x.columns) {
      if (!Number.isNaN(x.values[index])) squares += (x.values[index] - mean[column]) ** 2;
    }
    const deviation = Math.sqrt(squares / x.rows);
    scale[column] = isConstant(x, column) || deviation === 0 ? 1 : deviation;
  }
  return { mean, scale };
}

/** A mean that is a little off by rounding must not give a constant column a standard deviation. */
function isConstant(x: Matrix, column: number): boolean {
  let first = NaN;
  for (let index = column; index < x.values.length; index += x.columns) {
    const value = x.values[index];
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(first)) first = value;
    else if (value !== first) return false;
  }
  return true;
}

/** The columns of `x` as (value - mean) / scale; missing values become 0, the mean. */
export function standardise(scaler: StandardScaler, x: Matrix): Matrix {
  const values = new Float64Array(x.values.length);
  for (let index = 0; index < values.length; index += 1) {
    const column = index % x.columns;
    const value = x.values[index];
    values[index] = Number.isNaN(value) ? 0 : (value - scaler.mean[column]) / scaler.scale[column];
  }
  return { rows: x.rows, columns: x.columns, values };
}
