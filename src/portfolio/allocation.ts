// How is risk shared among assets? Equal, inverse-volatility and equal-risk weights, long only, with caps.
import type { Matrix } from './covariance.ts';
import { correlationMatrix } from './covariance.ts';

const MAX_SWEEPS = 10_000;

/** The same weight for each of `count` assets; they sum to 1. */
export function equalWeights(count: number): Float64Array {
  return new Float64Array(count).fill(1 / count);
}

/** Weights in proportion to 1 / volatility; undefined where a variance is not positive. */
export function inverseVolatilityWeights(covariance: Matrix): Float64Array | undefined {
  return normalised(covariance.map((row, i) => 1 / Math.sqrt(row[i])));
}

/** Weights in proportion to 1 / variance; undefined where a variance is not positive. */
export function inverseVarianceWeights(covariance: Matrix): Float64Array | undefined {
  return normalised(covariance.map((row, i) => 1 / row[i]));
}

/**
 * Weights whose risk contributions are in proportion to `budgets` (equal unless given), summing to 1.
 * Solves y_i (C y)_i = b_i on the correlation matrix C by cyclical coordinate descent and divides by the volatilities
 * (Maillard, Roncalli, Teiletche 2010). Undefined where a variance or a budget is not positive or no solution is reached.
 */
export function equalRiskWeights(covariance: Matrix, budgets?: readonly number[]): Float64Array | undefined {
  const count = covariance.length;
  const shares = normalised(budgets ?? Array.from({ length: count }, () => 1));
  if (shares?.length !== count || covariance.some((row, i) => !(row[i] > 0))) return undefined;
  const correlation = correlationMatrix(covariance);
  const scaled = Float64Array.from(shares, (share) => Math.sqrt(share));
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep += 1) {
    let largestChange = 0;
    for (let i = 0; i < count; i += 1) {
      let others = 0;
      for (let j = 0; j < count; j += 1) if (j !== i) others += correlation[i][j] * scaled[j];
      const root = Math.sqrt(others * others + 4 * shares[i]);
      // The form without cancellation for either sign of the other assets' pull.
      const next = others > 0 ? (2 * shares[i]) / (others + root) : (root - others) / 2;
      largestChange = Math.max(largestChange, Math.abs(next - scaled[i]) / next);
      scaled[i] = next;
    }
    if (largestChange <= 8 * Number.EPSILON)
      return normalised(Array.from(scaled, (value, i) => value / Math.sqrt(covariance[i][i])));
  }
  return undefined;
}

/** Volatility of a portfolio, in the unit of the covariance's root. */
export function portfolioVolatility(weights: ArrayLike<number>, covariance: Matrix): number {
  let variance = 0;
  for (let i = 0; i < covariance.length; i += 1) variance += weights[i] * pull(weights, covariance, i);
  return Math.sqrt(Math.max(0, variance));
}

/** Share of each asset in the portfolio's variance, w_i (S w)_i / w'Sw; undefined for a portfolio without variance. */
export function riskContributions(weights: ArrayLike<number>, covariance: Matrix): Float64Array | undefined {
  const parts = Float64Array.from(covariance, (_, i) => weights[i] * pull(weights, covariance, i));
  const variance = parts.reduce((sum, part) => sum + part, 0);
  return variance > 0 ? parts.map((part) => part / variance) : undefined;
}

/**
 * Weights none of which exceeds `cap`: the excess goes to the others in proportion, again and again, and the sum stays.
 * Undefined where the assets with weight cannot hold the sum under the cap.
 */
export function capWeights(weights: ArrayLike<number>, cap: number): Float64Array | undefined {
  const original = Float64Array.from(weights);
  const total = original.reduce((sum, weight) => sum + weight, 0);
  const holders = original.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0);
  if (cap * holders < total * (1 - 4 * Number.EPSILON)) return undefined;
  const capped = new Uint8Array(original.length);
  const result = original.slice();
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < result.length; i += 1) {
      if (capped[i] === 1 || !(result[i] > cap)) continue;
      capped[i] = 1;
      result[i] = cap;
      changed = true;
    }
    if (changed) spreadRest(result, original, { capped, cap, total });
  }
  return result;
}

export type AllocationMethod = 'equal' | 'inverse-volatility' | 'equal-risk';

export interface Allocation {
  /** One weight per asset, each within 0..cap. */
  readonly weights: Float64Array;
  /** What stays uninvested because the cap leaves no room. */
  readonly cash: number;
}

/** Weights by `method` under a cap per asset; where the cap cannot hold everything all assets get it and the rest is cash. */
export function allocate(method: AllocationMethod, covariance: Matrix, cap: number): Allocation | undefined {
  const weights = weightsBy(method, covariance);
  if (weights === undefined) return undefined;
  const result = capWeights(weights, cap) ?? new Float64Array(weights.length).fill(cap);
  const invested = result.reduce((sum, weight) => sum + weight, 0);
  return { weights: result, cash: Math.max(0, 1 - invested) };
}

function weightsBy(method: AllocationMethod, covariance: Matrix): Float64Array | undefined {
  if (method === 'equal') return covariance.length > 0 ? equalWeights(covariance.length) : undefined;
  return method === 'equal-risk' ? equalRiskWeights(covariance) : inverseVolatilityWeights(covariance);
}

interface Capping {
  readonly capped: Uint8Array;
  readonly cap: number;
  readonly total: number;
}

function spreadRest(result: Float64Array, original: Float64Array, { capped, cap, total }: Capping): void {
  let rest = total;
  let free = 0;
  for (let i = 0; i < result.length; i += 1) {
    if (capped[i] === 1) rest -= cap;
    else free += original[i];
  }
  for (let i = 0; i < result.length; i += 1)
    if (capped[i] === 0 && free > 0) result[i] = (original[i] / free) * Math.max(0, rest);
}

/** (S w)_i: the covariance of asset i with the portfolio. */
function pull(weights: ArrayLike<number>, covariance: Matrix, i: number): number {
  let sum = 0;
  for (let j = 0; j < covariance.length; j += 1) sum += covariance[i][j] * weights[j];
  return sum;
}

function normalised(values: ArrayLike<number>): Float64Array | undefined {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (!(values[i] > 0 && values[i] < Infinity)) return undefined;
    sum += values[i];
  }
  return values.length > 0 ? Float64Array.from(values, (value) => value / sum) : undefined;
}
