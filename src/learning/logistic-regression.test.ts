import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { createRandom } from '../domain/random.ts';
import { solvePositiveDefinite } from './cholesky.ts';
import { fitLogistic, logisticMargin, logisticProbability } from './logistic-regression.ts';
import { matrixFromRows } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { fitScaler, standardise } from './standard-scaler.ts';

function planted(rows: number, columns: number, seed: string): { x: Matrix; y: Uint8Array; weight: Float64Array } {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: rows * columns }, () => random.normal());
  const y = Uint8Array.from({ length: rows }, (_, row) => (values[row * columns] + random.normal() > 0.3 ? 1 : 0));
  return { x: { rows, columns, values }, y, weight: Float64Array.from(y, () => 0.2 + random.next()) };
}

describe('solvePositiveDefinite', () => {
  it('solves random systems, and says so when a matrix is not positive definite', () => {
    const random = createRandom('cholesky');
    for (let size = 1; size < 12; size += 1) {
      const root = Float64Array.from({ length: size * size }, () => random.normal());
      const a = Float64Array.from({ length: size * size }, (_, at) => {
        const [row, column] = [Math.floor(at / size), at % size];
        let sum = row === column ? 0.1 : 0;
        for (let k = 0; k < size; k += 1) sum += root[row * size + k] * root[column * size + k];
        return sum;
      });
      const x = Float64Array.from({ length: size }, () => random.normal());
      const b = x.map((_, row) => x.reduce((sum, value, column) => sum + a[row * size + column] * value, 0));
      solvePositiveDefinite(a, b, size)!.forEach((value, index) => expect(value).toBeCloseTo(x[index], 7));
    }
    expect(solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2)).toBeUndefined();
  });
});

const fit = (task: Partial<Parameters<typeof fitLogistic>[0]>) => () =>
  fitLogistic({ x: matrixFromRows([[1], [2]]), y: [0, 1], inverseRegularization: 1, ...task });

describe('fitLogistic', () => {
  it('ends where no step in any direction lowers the objective', () => {
    for (const [index, options] of [{}, { balanced: true }, { standardised: true }].entries()) {
      const task = { ...planted(120, 4, `minimum ${index}`), inverseRegularization: 0.7, ...options };
      const fitted = fitLogistic(task);
      const { model } = fitted;
      const x = model.scaler === undefined ? task.x : standardise(model.scaler, task.x);
      const rowsOf = [task.y.filter((label) => label === 0).length, task.y.filter((label) => label === 1).length];
      const objective = (b: Float64Array, intercept: number): number => {
        let sum = b.reduce((squares, one) => squares + one * one, 0) / 1.4;
        for (let row = 0; row < x.rows; row += 1) {
          const z = b.reduce((total, one, column) => total + one * x.values[row * x.columns + column], intercept);
          const balance = 'balanced' in options ? x.rows / (2 * rowsOf[task.y[row]]) : 1;
          sum += balance * task.weight[row] * Math.log(1 + Math.exp(task.y[row] === 1 ? -z : z));
        }
        return sum;
      };
      const least = objective(model.coefficients, model.intercept);
      expect(fitted.objective).toBeCloseTo(least, 9);
      for (let column = 0; column <= x.columns; column += 1) {
        for (const step of [1e-3, -1e-3]) {
          const moved = model.coefficients.map((value, at) => (at === column ? value + step : value));
          expect(objective(moved, model.intercept + (column === x.columns ? step : 0))).toBeGreaterThan(least);
        }
      }
      expect(fitted.iterations).toBeLessThan(15);
    }
  });

  it('standardises inside the model: probabilities are those of a model on standardised columns', () => {
    const task = planted(80, 3, 'scaled');
    const scaled = task.x.values.map((value, index) => value * 10 ** (index % 3) + (index % 3) * 50);
    const x = { ...task.x, values: scaled };
    const own = fitLogistic({ ...task, x, inverseRegularization: 0.3, standardised: true }).model;
    const by = fitLogistic({ ...task, x: standardise(fitScaler(x), x), inverseRegularization: 0.3 }).model;
    const z = standardise(fitScaler(x), x);
    for (let row = 0; row < 80; row += 1) {
      expect(logisticProbability(own, scaled, row * 3)).toBeCloseTo(logisticProbability(by, z.values, row * 3), 10);
    }
  });

  it('takes a missing value for the training mean', () => {
    const x = matrixFromRows([
      [1, 5],
      [2, null],
      [3, 7],
      [6, 9],
    ]);
    const { model } = fitLogistic({ x, y: [0, 1, 0, 1], inverseRegularization: 1, standardised: true });
    expect(model.scaler!.mean[1]).toBe(7);
    const missing = logisticMargin(model, Float64Array.of(0, 2, NaN), 1);
    expect(missing).toBeCloseTo(logisticMargin(model, Float64Array.of(2, 7), 0), 12);
  });

  it('gives a constant column no weight and an always missing one neither', () => {
    const x = matrixFromRows([
      [0.1, null, 1],
      [0.1, null, 2],
      [0.1, null, 3],
      [0.1, null, 5],
    ]);
    const { model } = fitLogistic({ x, y: [0, 1, 0, 1], inverseRegularization: 1, standardised: true });
    expect([...model.scaler!.scale.subarray(0, 2)]).toEqual([1, 1]);
    expect(Math.abs(model.coefficients[0])).toBeLessThan(1e-12);
    expect(model.coefficients[1]).toBe(0);
  });

  it('refuses rows that no model can be fitted to, with the reason', () => {
    expect(fit({})).not.toThrow();
    expect(fit({ y: [1, 1] })).toThrow(/of one class/);
    expect(fit({ weight: [0, 1] })).toThrow(/of one class/);
    expect(fit({ y: [0, 2] })).toThrow(/label of row 1 is 2/);
    expect(fit({ x: matrixFromRows([]), y: [] })).toThrow(/no rows/);
    expect(fit({ x: matrixFromRows([[1], [null]]) })).toThrow(/missing or infinite/);
    expect(fit({ inverseRegularization: 0 })).toThrow(PerpilotError);
  });
});
