// Which weight does each selected symbol get? By the chosen allocation, under the caps, or by a simpler one that says why.
import { allocate, type AllocationMethod } from './allocation.ts';
import type { Matrix } from './covariance.ts';
import { isSingular } from './joint-returns.ts';
import type { AllocationSetting } from './portfolio-params.ts';
import type { Rebalance } from './rebalance.ts';

export interface SpreadInput {
  readonly count: number;
  readonly allocation: AllocationSetting;
  /** Shrunk covariance of the selected symbols; undefined: they have too little history in common. */
  readonly covariance: Matrix | undefined;
  /** Largest weight of one symbol. */
  readonly cap: number;
  /** Largest sum of the weights, besides 1. */
  readonly maxSum: number;
}

export interface SpreadRisk {
  readonly weights: Float64Array;
  readonly cash: number;
  readonly fallback: Rebalance['fallback'];
}

const METHODS: Readonly<Record<AllocationSetting, AllocationMethod>> = {
  equal: 'equal',
  inverse_volatility: 'inverse-volatility',
  risk_parity: 'equal-risk',
};

/** Weights of 0 or more, none above the cap, together at most 1 and `maxSum`. One symbol alone gets all that the caps leave. */
export function spreadRisk({ count, allocation, covariance, cap, maxSum }: SpreadInput): SpreadRisk {
  if (count === 0) return { weights: new Float64Array(0), cash: 1, fallback: undefined };
  const fallback = count === 1 ? undefined : fallbackFor(allocation, covariance);
  const chosen = count === 1 ? 'equal' : METHODS[allocation];
  const spread = covariance === undefined ? undefined : allocate(fallback?.method ?? chosen, covariance, cap);
  const { weights } = spread ?? { weights: new Float64Array(count).fill(Math.min(1 / count, cap)) };
  const scale = Math.min(1, maxSum);
  const scaled = weights.map((weight) => weight * scale);
  const invested = scaled.reduce((sum, weight) => sum + weight, 0);
  return { weights: scaled, cash: Math.max(0, 1 - invested), fallback };
}

function fallbackFor(allocation: AllocationSetting, covariance: Matrix | undefined): Rebalance['fallback'] {
  if (allocation === 'equal') return undefined;
  if (covariance === undefined) {
    return { method: 'equal', reason: 'the selected symbols have less than half of the lookback in common' };
  }
  if (covariance.some((row, i) => !(row[i] > 0))) {
    return { method: 'equal', reason: 'the price of a selected symbol did not move' };
  }
  if (allocation === 'risk_parity' && isSingular(covariance)) {
    return { method: 'inverse-volatility', reason: 'the covariance is singular: some symbols move as one' };
  }
  return undefined;
}
