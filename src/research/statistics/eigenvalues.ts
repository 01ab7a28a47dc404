// What are the eigenvalues of a symmetric matrix? Cyclic Jacobi rotations.

const MAX_SWEEPS = 100;

/**
 * Eigenvalues of a symmetric matrix, descending. Only the lower triangle is trusted to be symmetric with the upper one.
 * @throws RangeError for a matrix that is not square or holds other than finite numbers
 */
export function symmetricEigenvalues(matrix: readonly (readonly number[])[]): Float64Array {
  const size = matrix.length;
  const a = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    if (matrix[i].length !== size) throw new RangeError('matrix must be square');
    for (let j = 0; j < size; j += 1) {
      const value = i >= j ? matrix[i][j] : matrix[j][i];
      if (!Number.isFinite(value)) throw new RangeError(`matrix entry ${i},${j} is not a finite number`);
      a[i * size + j] = value;
    }
  }
  for (let sweep = 0; sweep < MAX_SWEEPS && !isDiagonal(a, size); sweep += 1) {
    for (let p = 0; p < size - 1; p += 1) for (let q = p + 1; q < size; q += 1) rotate(a, size, p, q);
  }
  return Float64Array.from({ length: size }, (_, index) => a[index * size + index])
    .sort()
    .reverse();
}

/** Whether what stands off the diagonal is rounding against the whole matrix. */
function isDiagonal(a: Float64Array, size: number): boolean {
  let off = 0;
  let all = 0;
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      const square = a[i * size + j] ** 2;
      all += square;
      if (i !== j) off += square;
    }
  }
  return !(off > all * Number.EPSILON ** 2);
}

/** Turns rows and columns p and q so that entry (p, q) becomes zero; the smaller of the two angles. */
function rotate(a: Float64Array, size: number, p: number, q: number): void {
  const off = a[p * size + q];
  if (off === 0) return;
  const ratio = (a[q * size + q] - a[p * size + p]) / (2 * off);
  const tangent = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  for (let k = 0; k < size; k += 1) {
    const kp = a[k * size + p];
    const kq = a[k * size + q];
    a[k * size + p] = cosine * kp - sine * kq;
    a[k * size + q] = sine * kp + cosine * kq;
  }
  for (let k = 0; k < size; k += 1) {
    const pk = a[p * size + k];
    const qk = a[q * size + k];
    a[p * size + k] = cosine * pk - sine * qk;
    a[q * size + k] = sine * pk + cosine * qk;
  }
  a[p * size + q] = 0;
  a[q * size + p] = 0;
}
