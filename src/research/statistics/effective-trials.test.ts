// Are eigenvalues right, and does correlation shrink the number of trials?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../domain/random.ts';
import { effectiveTrials } from './effective-trials.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';

/** A symmetric matrix with the given eigenvalues: a diagonal turned by random plane rotations. */
function matrixWith(eigenvalues: readonly number[], seed: number): number[][] {
  const random = createRandom(seed);
  const size = eigenvalues.length;
  const matrix = eigenvalues.map((value, i) => eigenvalues.map((_, j) => (i === j ? value : 0)));
  for (let turn = 0; turn < 3 * size; turn += 1) {
    const p = random.below(size);
    const q = random.below(size);
    if (p === q) continue;
    const angle = random.next() * 2 * Math.PI;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (const row of matrix) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
    for (let k = 0; k < size; k += 1)
      [matrix[p][k], matrix[q][k]] = [c * matrix[p][k] - s * matrix[q][k], s * matrix[p][k] + c * matrix[q][k]];
  }
  return matrix;
}

const constant = (count: number, rho: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => (i === j ? 1 : rho)));

describe('eigenvalues', () => {
  it('come back from a randomly turned diagonal', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.nat(), (eigenvalues, seed) => {
        const found = symmetricEigenvalues(matrixWith(eigenvalues, seed));
        const expected = eigenvalues.toSorted((a, b) => b - a);
        expected.forEach((value, index) => expect(Math.abs(found[index] - value)).toBeLessThan(1e-12));
      }),
      { seed: 9, numRuns: 100 },
    );
  });

  it('refuse what is not a finite square', () => {
    expect(() => symmetricEigenvalues([[1, 2]])).toThrow(RangeError);
    expect(() => symmetricEigenvalues([[Number.NaN]])).toThrow(RangeError);
    expect(symmetricEigenvalues([]).length).toBe(0);
  });
});

describe('effective trials', () => {
  it('are all of them without correlation, one with full correlation, in between otherwise', () => {
    const none = effectiveTrials(constant(6, 0));
    expect(none?.participationRatio).toBeCloseTo(6, 12);
    expect(none?.entropy).toBeCloseTo(6, 12);
    expect(none?.averageCorrelationTrials).toBeCloseTo(6, 12);
    const full = effectiveTrials(constant(6, 1));
    expect(full?.participationRatio).toBeCloseTo(1, 12);
    expect(full?.entropy).toBeCloseTo(1, 10);
    const half = effectiveTrials(constant(6, 0.5));
    expect(half?.participationRatio).toBeCloseTo(36 / (3.5 ** 2 + 5 * 0.25), 12);
    expect(half?.averageCorrelationTrials).toBeCloseTo(3.5, 12);
    expect(effectiveTrials([[1]])).toMatchObject({ participationRatio: 1, averageCorrelation: undefined });
    expect(effectiveTrials([])).toBeUndefined();
  });
});
