// Where is a node split best? The second-order gain of every cut, with missing values tried on both sides.
import type { BinnedFeatures, CutRule } from './feature-bins.ts';

/** A split or a node that gains less than this stays a leaf (XGBoost's smallest gain). */
export const SMALLEST_GAIN: number = Math.fround(1e-6);
/** How far beyond the outermost value the cut between present and missing rows lies, on top of that value's size. */
const OUTER_GAP: Readonly<Record<CutRule, number>> = { exact: Math.fround(1e-6), histogram: Math.fround(1e-5) };

/** What stays the same in all searches of one training. Numbers are float32 values. */
export interface SplitRules {
  readonly bins: BinnedFeatures;
  readonly cuts: CutRule;
  readonly lambda: number;
  readonly alpha: number;
  readonly minChildWeight: number;
}

/** Gradient and hessian sums of a node per slot. */
export interface Histogram {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** The best split found; `gain` is 0 when there is none. */
export interface BestSplit {
  gain: number;
  feature: number;
  /** Present values in slots up to this one go left. */
  lastLeftSlot: number;
  defaultLeft: boolean;
  threshold: number;
  leftGradient: number;
  leftHessian: number;
}

/** A split with nothing found yet. */
export function createBestSplit(): BestSplit {
  return {
    gain: 0,
    feature: -1,
    lastLeftSlot: -1,
    defaultLeft: false,
    threshold: NaN,
    leftGradient: 0,
    leftHessian: 0,
  };
}

/** T(G) = sign(G) max(|G| - alpha, 0). */
function shrink(gradient: number, alpha: number): number {
  if (alpha === 0) return gradient;
  return gradient > alpha ? gradient - alpha : gradient < -alpha ? gradient + alpha : 0;
}

/** T(G)^2 / (H + lambda) as float32: what a node contributes to the gain. */
export function nodeScore(rules: SplitRules, gradient: number, hessian: number): number {
  if (hessian <= 0) return 0;
  const shrunk = shrink(gradient, rules.alpha);
  return Math.fround((shrunk * shrunk) / (hessian + rules.lambda));
}

/** -T(G) / (H + lambda) as float32, before the learning rate; 0 for a node lighter than `minChildWeight`. */
export function nodeWeight(rules: SplitRules, gradient: number, hessian: number): number {
  if (hessian < rules.minChildWeight || hessian <= 0) return 0;
  return Math.fround(-shrink(gradient, rules.alpha) / (hessian + rules.lambda)) + 0;
}

/** A node whose best split is looked for. `columns` names the features that may be used, in rising order. */
export interface SplitQuery {
  readonly histogram: Histogram;
  readonly columns: Int32Array;
  readonly gradient: number;
  readonly hessian: number;
}

/**
 * Writes the best split of a node into `best`. Of equal gains the first in this order wins: lower feature; then missing
 * right with rising cuts, then missing left with falling cuts. Gains are compared as float32.
 * `exact` skips the first pass of a feature that is never missing, `histogram` the second one where no missing row is in the node.
 */
export function findBestSplit(rules: SplitRules, query: SplitQuery, best: BestSplit): void {
  const { bins, cuts } = rules;
  const { hessian } = query.histogram;
  best.gain = 0;
  best.feature = -1;
  const ownScore = nodeScore(rules, query.gradient, query.hessian);
  for (let index = 0; index < query.columns.length; index += 1) {
    const feature = query.columns[index];
    const missingSlot = bins.start[feature + 1] - 1;
    const isConstant = missingSlot - bins.start[feature] < 2;
    const hasMissing = bins.hasMissing[feature] === 1;
    if (cuts === 'histogram') {
      scanMissingRight(rules, query, feature, ownScore, best);
      if (hasMissing && hessian[missingSlot] !== 0) scanMissingLeft(rules, query, feature, ownScore, best);
    } else {
      if (hasMissing && !isConstant) scanMissingRight(rules, query, feature, ownScore, best);
      scanMissingLeft(rules, query, feature, ownScore, best);
    }
  }
  if (best.feature < 0) return;
  best.threshold = thresholdOf(rules, query.histogram, best);
  if (cuts === 'exact') best.lastLeftSlot = lastSlotBelow(bins, best);
}

function scanMissingRight(
  rules: SplitRules,
  query: SplitQuery,
  feature: number,
  ownScore: number,
  best: BestSplit,
): void {
  const { lambda, alpha, minChildWeight } = rules;
  const gradients = query.histogram.gradient;
  const hessians = query.histogram.hessian;
  const gradient = query.gradient;
  const hessian = query.hessian;
  const from = rules.bins.start[feature];
  const to = rules.bins.start[feature + 1] - 1;
  let bestGain = best.gain;
  let bestSlot = -1;
  let bestGradient = 0;
  let bestHessian = 0;
  let left = 0;
  let leftHessian = 0;
  for (let slot = from; slot < to; slot += 1) {
    const inSlot = hessians[slot];
    if (inSlot === 0) continue;
    left += gradients[slot];
    leftHessian += inSlot;
    const rightHessian = hessian - leftHessian;
    if (rightHessian < minChildWeight || rightHessian <= 0) break;
    if (leftHessian < minChildWeight) continue;
    const l = shrink(left, alpha);
    const r = shrink(gradient - left, alpha);
    const scores = Math.fround(
      Math.fround((l * l) / (leftHessian + lambda)) + Math.fround((r * r) / (rightHessian + lambda)),
    );
    const gain = Math.fround(scores - ownScore);
    if (gain > bestGain) {
      bestGain = gain;
      bestSlot = slot;
      bestGradient = left;
      bestHessian = leftHessian;
    }
  }
  if (bestSlot < 0) return;
  best.gain = bestGain;
  best.feature = feature;
  best.lastLeftSlot = bestSlot;
  best.defaultLeft = false;
  best.leftGradient = bestGradient;
  best.leftHessian = bestHessian;
}

function scanMissingLeft(
  rules: SplitRules,
  query: SplitQuery,
  feature: number,
  ownScore: number,
  best: BestSplit,
): void {
  const { lambda, alpha, minChildWeight } = rules;
  const gradients = query.histogram.gradient;
  const hessians = query.histogram.hessian;
  const gradient = query.gradient;
  const hessian = query.hessian;
  const from = rules.bins.start[feature];
  const to = rules.bins.start[feature + 1] - 1;
  let bestGain = best.gain;
  let bestSlot = -2;
  let bestGradient = 0;
  let bestHessian = 0;
  let right = 0;
  let rightHessian = 0;
  for (let slot = to - 1; slot >= from; slot -= 1) {
    const inSlot = hessians[slot];
    if (inSlot === 0) continue;
    right += gradients[slot];
    rightHessian += inSlot;
    const leftHessian = hessian - rightHessian;
    if (leftHessian < minChildWeight || leftHessian <= 0) break;
    if (rightHessian < minChildWeight) continue;
    const r = shrink(right, alpha);
    const l = shrink(gradient - right, alpha);
    const scores = Math.fround(
      Math.fround((l * l) / (leftHessian + lambda)) + Math.fround((r * r) / (rightHessian + lambda)),
    );
    const gain = Math.fround(scores - ownScore);
    if (gain > bestGain) {
      bestGain = gain;
      bestSlot = slot - 1;
      bestGradient = gradient - right;
      bestHessian = leftHessian;
    }
  }
  if (bestSlot < -1) return;
  best.gain = bestGain;
  best.feature = feature;
  best.lastLeftSlot = bestSlot;
  best.defaultLeft = true;
  best.leftGradient = bestGradient;
  best.leftHessian = bestHessian;
}

/** Rows with value < threshold go left: the upper value of the cut, or with `exact` the middle of the node's own two neighbours. */
function thresholdOf(rules: SplitRules, histogram: Histogram, best: BestSplit): number {
  const { bins, cuts } = rules;
  const from = bins.start[best.feature];
  const to = bins.start[best.feature + 1] - 1;
  let above = best.lastLeftSlot + 1;
  let below = best.lastLeftSlot;
  if (cuts === 'exact') {
    while (above < to && histogram.hessian[above] === 0) above += 1;
    while (below >= from && histogram.hessian[below] === 0) below -= 1;
  }
  const gap = OUTER_GAP[cuts];
  if (above >= to) {
    const last = cuts === 'exact' ? bins.lower[below] : bins.highest[best.feature];
    return Math.fround(last + Math.fround(Math.abs(last) + gap));
  }
  if (below < from) {
    const first = cuts === 'exact' ? bins.lower[above] : bins.lower[from];
    return Math.fround(first - Math.fround(Math.abs(first) + gap));
  }
  if (cuts === 'histogram') return bins.lower[above];
  const middle = Math.fround(Math.fround(bins.lower[below] + bins.lower[above]) * 0.5);
  return middle > bins.lower[below] ? middle : bins.lower[above];
}

/** Rows of other nodes and rows left out may lie between the node's own values: the threshold decides about their slots too. */
function lastSlotBelow(bins: BinnedFeatures, best: BestSplit): number {
  let slot = bins.start[best.feature + 1] - 2;
  while (slot >= bins.start[best.feature] && bins.lower[slot] >= best.threshold) slot -= 1;
  return slot;
}
