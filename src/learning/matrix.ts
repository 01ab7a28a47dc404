// How is a table of feature values held? Row after row in one Float64Array; NaN is a missing value.
import { PerpilotError } from '../domain/errors.ts';

/** `values[row * columns + column]`; NaN means missing, infinity is not allowed. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A matrix of rows of equal length; null and undefined become NaN. @throws PerpilotError INVARIANT_BROKEN on unequal rows */
export function matrixFromRows(rows: readonly (readonly (number | null)[])[]): Matrix {
  const columns = rows.length === 0 ? 0 : rows[0].length;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new PerpilotError('INVARIANT_BROKEN', `row ${index} has ${row.length} values instead of ${columns}`);
    }
    row.forEach((value, column) => {
      values[index * columns + column] = value ?? NaN;
    });
  });
  return { rows: rows.length, columns, values };
}

/** The first cell that holds an infinity, or undefined. */
export function firstInfinity(matrix: Matrix): { readonly row: number; readonly column: number } | undefined {
  const { values, columns } = matrix;
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] === Infinity || values[index] === -Infinity) {
      return { row: Math.floor(index / columns), column: index % columns };
    }
  }
  return undefined;
}
