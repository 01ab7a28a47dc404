// How is a table of feature values held? Row after row in one Float64Array; NaN is a missing value.
import { PerpilotError } from '../domain/errors.ts';

/** `values[row * columns + column]`; NaN means missing, infinity is not allowed. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A matrix over `values` (shared, not copied). @throws PerpilotError INVARIANT_BROKEN when the length does not fit */
export function createMatrix(rows: number, columns: number, values: Float64Array): Matrix {
  if (values.length !== rows * columns) {
    throw new PerpilotError(
      'INVARIANT_BROKEN',
      `${values.length} values do not make a matrix of ${rows} rows and ${columns} columns`,
    );
  }
  return { rows, columns, values };
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

/** The rows of `matrix` named by `indices`, copied, in that order. */
export function selectRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns, values } = matrix;
  const selected = new Float64Array(indices.length * columns);
  for (let index = 0; index < indices.length; index += 1) {
    const from = indices[index] * columns;
    selected.set(values.subarray(from, from + columns), index * columns);
  }
  return { rows: indices.length, columns, values: selected };
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
