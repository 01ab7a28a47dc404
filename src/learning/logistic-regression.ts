// How likely is label 1 by a linear model? L2-penalised logistic regression, fitted by Newton's method to full precision.
import { PerpilotError } from '../domain/errors.ts';
import { solvePositiveDefinite } from './cholesky.ts';
import type { Matrix } from './matrix.ts';
import { fitScaler, standardise } from './standard-scaler.ts';
import type { StandardScaler } from './standard-scaler.ts';

export interface LogisticTask {
  /** NaN is allowed with `standardised` only. */
  readonly x: Matrix;
  /** 0 or 1. */
  readonly y: ArrayLike<number>;
  /** Every weight is 1 when left out. */
  readonly weight?: ArrayLike<number>;
  /** C: the penalty is |b|^2 / (2C) beside the SUM of losses; the intercept is free. */
  readonly inverseRegularization: number;
  /** Multiplies weights by n / (2 × rows of the class). Default false. */
  readonly balanced?: boolean;
  /** Fits on standardised columns with missing values at their mean. Default false. */
  readonly standardised?: boolean;
}

export interface LogisticModel {
  /** On the scale of `scaler` where there is one. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly scaler: StandardScaler | undefined;
}

export interface FittedLogistic {
  readonly model: LogisticModel;
  /** Sum of weighted losses plus the penalty. */
  readonly objective: number;
  readonly iterations: number;
  /** Largest absolute component of the gradient at the end. */
  readonly gradientNorm: number;
}

const MAX_ITERATIONS = 200;
/** Relative to the sum of weights. */
const GRADIENT_TOLERANCE = 1e-13;

/** 1 / (1 + e^-z) without overflow. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const exponential = Math.exp(z);
  return exponential / (1 + exponential);
}

/** log(1 + e^z) without overflow. */
function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

/**
 * Minimises sum w log(1 + exp(-s z)) + |b|^2 / (2C), s = ±1, z = b·x + intercept.
 * @throws PerpilotError TRAINING_FAILED without rows, with labels of one class only, or when Newton's method fails
 */
export function fitLogistic(task: LogisticTask): FittedLogistic {
  const weight = effectiveWeights(task);
  const scaler = task.standardised === true ? fitScaler(task.x) : undefined;
  const x = scaler === undefined ? task.x : standardise(scaler, task.x);
  if (!x.values.every(Number.isFinite)) throw failed('a feature is missing or infinite');
  const byColumn = extendedColumns(x);
  const problem: Problem = { x, byColumn, y: task.y, weight, penalty: 1 / task.inverseRegularization };
  const size = x.columns + 1;
  const tolerance = GRADIENT_TOLERANCE * weight.reduce((sum, one) => sum + one, 0);
  let parameters = new Float64Array(size);
  let objective = objectiveAt(problem, parameters);
  let iterations = 0;
  let gradientNorm = Infinity;
  for (; iterations < MAX_ITERATIONS; iterations += 1) {
    const { gradient, hessian } = derivatives(problem, parameters);
    gradientNorm = gradient.reduce((largest, one) => Math.max(largest, Math.abs(one)), 0);
    if (gradientNorm <= tolerance) break;
    const step = solvePositiveDefinite(hessian, gradient, size);
    if (step === undefined) throw failed('the features are linearly dependent and not penalised enough');
    const next = descend(problem, parameters, step, objective);
    if (next === undefined) break;
    ({ parameters, objective } = next);
  }
  if (!(gradientNorm <= 1e6 * tolerance)) throw failed(`no minimum found, the gradient is still ${gradientNorm}`);
  const model = { coefficients: parameters.slice(0, x.columns), intercept: parameters[x.columns], scaler };
  return { model, objective, iterations, gradientNorm };
}

interface Problem {
  readonly x: Matrix;
  /** The same of `extendedColumns`. */
  readonly byColumn: Float64Array;
  readonly y: ArrayLike<number>;
  readonly weight: Float64Array;
  readonly penalty: number;
}

function failed(reason: string): PerpilotError {
  return new PerpilotError('TRAINING_FAILED', `logistic regression: ${reason}`);
}

function effectiveWeights(task: LogisticTask): Float64Array {
  const { x, y } = task;
  if (x.rows === 0) throw failed('there are no rows');
  if (y.length !== x.rows) throw failed(`${x.rows} rows have ${y.length} labels`);
  if (!(task.inverseRegularization > 0)) throw failed('inverseRegularization must be above 0');
  const weight = task.weight === undefined ? new Float64Array(x.rows).fill(1) : Float64Array.from(task.weight);
  if (weight.length !== x.rows || !weight.every((one) => one >= 0 && Number.isFinite(one))) {
    throw failed('there must be a weight of at least 0 for each row');
  }
  const rowsOf = [0, 0];
  const weightOf = [0, 0];
  for (let row = 0; row < x.rows; row += 1) {
    if (y[row] !== 0 && y[row] !== 1) throw failed(`the label of row ${row} is ${y[row]}`);
    rowsOf[y[row]] += 1;
    weightOf[y[row]] += weight[row];
  }
  if (!(weightOf[0] > 0 && weightOf[1] > 0)) throw failed('all labels with weight are of one class');
  if (task.balanced !== true) return weight;
  return weight.map((one, row) => (one * x.rows) / (2 * rowsOf[y[row]]));
}

function linear(x: Matrix, row: number, parameters: Float64Array): number {
  const from = row * x.columns;
  let z = parameters[x.columns];
  for (let column = 0; column < x.columns; column += 1) z += x.values[from + column] * parameters[column];
  return z;
}

function objectiveAt(problem: Problem, parameters: Float64Array): number {
  const { x, y, weight, penalty } = problem;
  let sum = 0;
  for (let row = 0; row < x.rows; row += 1) {
    const z = linear(x, row, parameters);
    sum += weight[row] * softplus(y[row] === 1 ? -z : z);
  }
  let squares = 0;
  for (let column = 0; column < x.columns; column += 1) squares += parameters[column] ** 2;
  return sum + (penalty * squares) / 2;
}

/**
 * Gradient and the lower half of the Hessian. Every entry is summed over the rows in their order, four entries side by side:
 * so sums stay in registers, and additions do not wait for each other.
 */
function derivatives(
  problem: Problem,
  parameters: Float64Array,
): { readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const { x, byColumn, y, weight, penalty } = problem;
  const { rows } = x;
  const size = x.columns + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const slope = new Float64Array(rows);
  const curvature = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const p = sigmoid(linear(x, row, parameters));
    slope[row] = weight[row] * (p - y[row]);
    curvature[row] = weight[row] * p * (1 - p);
  }
  addProducts(slope, { byColumn, count: size }, gradient);
  const scaled = new Float64Array(rows);
  for (let i = 0; i < size; i += 1) {
    const column = byColumn.subarray(i * rows, (i + 1) * rows);
    for (let row = 0; row < rows; row += 1) scaled[row] = curvature[row] * column[row];
    addProducts(scaled, { byColumn, count: i + 1 }, hessian.subarray(i * size, (i + 1) * size));
  }
  for (let column = 0; column < x.columns; column += 1) {
    gradient[column] += penalty * parameters[column];
    hessian[column * size + column] += penalty;
  }
  return { gradient, hessian };
}

/** Adds the inner product of `values` with each of the first `count` columns to `sums`. */
function addProducts(
  values: Float64Array,
  { byColumn, count }: { readonly byColumn: Float64Array; readonly count: number },
  sums: Float64Array,
): void {
  const rows = values.length;
  let first = 0;
  for (; first + 3 < count; first += 4) {
    let [a, b, c, d] = [sums[first], sums[first + 1], sums[first + 2], sums[first + 3]];
    const [atB, atC, atD] = [(first + 1) * rows, (first + 2) * rows, (first + 3) * rows];
    const atA = first * rows;
    for (let row = 0; row < rows; row += 1) {
      const value = values[row];
      a += value * byColumn[atA + row];
      b += value * byColumn[atB + row];
      c += value * byColumn[atC + row];
      d += value * byColumn[atD + row];
    }
    sums[first] = a;
    sums[first + 1] = b;
    sums[first + 2] = c;
    sums[first + 3] = d;
  }
  for (; first < count; first += 1) {
    let sum = sums[first];
    for (let row = 0; row < rows; row += 1) sum += values[row] * byColumn[first * rows + row];
    sums[first] = sum;
  }
}

/** Column after column, and a last one of ones for the intercept. */
function extendedColumns({ rows, columns, values }: Matrix): Float64Array {
  const byColumn = new Float64Array(rows * (columns + 1)).fill(1);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) byColumn[column * rows + row] = values[row * columns + column];
  }
  return byColumn;
}

/** A Newton step, halved until the objective does not rise; undefined when only rounding is left to gain. */
function descend(
  problem: Problem,
  parameters: Float64Array,
  step: Float64Array,
  objective: number,
): { readonly parameters: Float64Array<ArrayBuffer>; readonly objective: number } | undefined {
  for (let share = 1; share > 1e-8; share /= 2) {
    const next = Float64Array.from(parameters, (value, index) => value - share * step[index]);
    const reached = objectiveAt(problem, next);
    if (reached <= objective + 1e-13 * Math.abs(objective)) return { parameters: next, objective: reached };
  }
  return undefined;
}

/** The log-odds of label 1 for the row that starts at `offset`. With a scaler NaN counts as the training mean. Allocates nothing. */
export function logisticMargin(model: LogisticModel, values: Float64Array, offset: number): number {
  const { coefficients, scaler } = model;
  let z = model.intercept;
  if (scaler === undefined) {
    for (let column = 0; column < coefficients.length; column += 1) z += coefficients[column] * values[offset + column];
    return z;
  }
  const { mean, scale } = scaler;
  for (let column = 0; column < coefficients.length; column += 1) {
    const value = values[offset + column];
    if (value === value) z += coefficients[column] * ((value - mean[column]) / scale[column]);
  }
  return z;
}

/** The probability of label 1 for the row that starts at `offset`. Allocates nothing. */
export function logisticProbability(model: LogisticModel, values: Float64Array, offset: number): number {
  return sigmoid(logisticMargin(model, values, offset));
}
