// What solves a symmetric positive definite system of linear equations? Cholesky's factors, in place.

/**
 * Solves A x = b for a symmetric positive definite `a` (row-major, `size` by `size`; its lower half is read and
 * overwritten by the factor). Returns x, or undefined when `a` is not positive definite in double precision.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array, size: number): Float64Array | undefined {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = a[row * size + column];
      for (let k = 0; k < column; k += 1) sum -= a[row * size + k] * a[column * size + k];
      if (row !== column) a[row * size + column] = sum / a[column * size + column];
      else if (sum > 0 && sum < Infinity) a[row * size + row] = Math.sqrt(sum);
      else return undefined;
    }
  }
  const x = b.slice();
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1) x[row] -= a[row * size + k] * x[k];
    x[row] /= a[row * size + row];
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1) x[row] -= a[k * size + row] * x[k];
    x[row] /= a[row * size + row];
  }
  return x;
}
