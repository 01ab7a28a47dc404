// How much did each feature add to a prediction? Exact TreeSHAP (Lundberg, Erion, Lee 2018), in double precision.
import { treesOf, type BoostingModel } from './boosting-model.ts';
import type { BoostingTree } from './boosting-tree.ts';

/** The features met on the way to a node: the share of rows that would follow without and with knowing the feature. */
interface Path {
  readonly feature: Int32Array;
  readonly zeroShare: Float64Array;
  readonly oneShare: Float64Array;
  /** Weight of the subsets of each size. */
  readonly weight: Float64Array;
}

/**
 * One contribution per feature in units of the margin, and the bias last; together they add up to the margin.
 * NaN where the model stores no hessian sums.
 */
export function featureContributions(model: BoostingModel, values: Float64Array, offset: number): Float64Array {
  const { featureCount } = model;
  const contributions = new Float64Array(featureCount + 1);
  contributions[featureCount] = model.baseMargin;
  const row = values.subarray(offset, offset + featureCount);
  for (const tree of treesOf(model)) {
    contributions[featureCount] += expectedOutput(tree, 0);
    if (tree.left[0] >= 0)
      descend({ tree, row, contributions }, 0, enter(emptyPath(0), 0, { zero: 1, one: 1, feature: -1 }), 1);
  }
  return contributions;
}

/** The mean output of the leaves under a node, weighted by their hessian sums. */
function expectedOutput(tree: BoostingTree, node: number): number {
  const left = tree.left[node];
  if (left < 0) return tree.value[node];
  const right = tree.right[node];
  const weighted =
    tree.sumHessian[left] * expectedOutput(tree, left) + tree.sumHessian[right] * expectedOutput(tree, right);
  return weighted / tree.sumHessian[node];
}

function emptyPath(length: number): Path {
  return {
    feature: new Int32Array(length),
    zeroShare: new Float64Array(length),
    oneShare: new Float64Array(length),
    weight: new Float64Array(length),
  };
}

interface Step {
  readonly zero: number;
  readonly one: number;
  readonly feature: number;
}

/** A copy of the first `length` steps of `path` with one more. */
function enter(path: Path, length: number, step: Step): Path {
  const longer = emptyPath(length + 1);
  longer.feature.set(path.feature.subarray(0, length));
  longer.zeroShare.set(path.zeroShare.subarray(0, length));
  longer.oneShare.set(path.oneShare.subarray(0, length));
  longer.weight.set(path.weight.subarray(0, length));
  longer.feature[length] = step.feature;
  longer.zeroShare[length] = step.zero;
  longer.oneShare[length] = step.one;
  longer.weight[length] = length === 0 ? 1 : 0;
  const { weight } = longer;
  for (let index = length - 1; index >= 0; index -= 1) {
    weight[index + 1] += (step.one * weight[index] * (index + 1)) / (length + 1);
    weight[index] = (step.zero * weight[index] * (length - index)) / (length + 1);
  }
  return longer;
}

/** Takes step `at` out of the first `length` steps, in place. */
function leave(path: Path, length: number, at: number): void {
  const { feature, zeroShare, oneShare, weight } = path;
  const one = oneShare[at];
  const zero = zeroShare[at];
  const last = length - 1;
  let next = weight[last];
  for (let index = last - 1; index >= 0; index -= 1) {
    if (one === 0) weight[index] = (weight[index] * length) / (zero * (last - index));
    else {
      const before = weight[index];
      weight[index] = (next * length) / ((index + 1) * one);
      next = before - (weight[index] * zero * (last - index)) / length;
    }
  }
  for (let index = at; index < last; index += 1) {
    feature[index] = feature[index + 1];
    zeroShare[index] = zeroShare[index + 1];
    oneShare[index] = oneShare[index + 1];
  }
}

/** The sum of weights that would remain without step `at`. */
function weightWithout(path: Path, length: number, at: number): number {
  const one = path.oneShare[at];
  const zero = path.zeroShare[at];
  const last = length - 1;
  let next = path.weight[last];
  let total = 0;
  for (let index = last - 1; index >= 0; index -= 1) {
    if (one === 0) total += (path.weight[index] * length) / (zero * (last - index));
    else {
      const part = (next * length) / ((index + 1) * one);
      total += part;
      next = path.weight[index] - (part * zero * (last - index)) / length;
    }
  }
  return total;
}

interface Explained {
  readonly tree: BoostingTree;
  readonly row: Float64Array;
  readonly contributions: Float64Array;
}

function descend(of: Explained, node: number, path: Path, length: number): void {
  const { tree, row, contributions } = of;
  if (tree.left[node] < 0) {
    for (let at = 1; at < length; at += 1) {
      const share = weightWithout(path, length, at) * (path.oneShare[at] - path.zeroShare[at]);
      contributions[path.feature[at]] += share * tree.value[node];
    }
    return;
  }
  const feature = tree.feature[node];
  const value = Math.fround(row[feature]);
  const goesLeft = value !== value ? tree.defaultLeft[node] === 1 : value < tree.value[node];
  const hot = goesLeft ? tree.left[node] : tree.right[node];
  const cold = goesLeft ? tree.right[node] : tree.left[node];
  let zero = 1;
  let one = 1;
  let kept = length;
  const met = path.feature.subarray(1, length).indexOf(feature) + 1;
  if (met > 0) {
    zero = path.zeroShare[met];
    one = path.oneShare[met];
    leave(path, length, met);
    kept -= 1;
  }
  const whole = tree.sumHessian[node];
  const hotZero = (zero * tree.sumHessian[hot]) / whole;
  const coldZero = (zero * tree.sumHessian[cold]) / whole;
  descend(of, hot, enter(path, kept, { zero: hotZero, one, feature }), kept + 1);
  descend(of, cold, enter(path, kept, { zero: coldZero, one: 0, feature }), kept + 1);
}
