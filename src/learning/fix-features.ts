// What remains of a model when its last features are known for good? The same model of the other features alone.
import { createBoostingModel, treesOf, type BoostingModel } from './boosting-model.ts';
import { compactTree, type BoostingTree } from './boosting-tree.ts';
import type { EnsembleModel } from './ensemble.ts';
import type { LogisticModel } from './logistic-regression.ts';

/**
 * The model with the values of its last features put in: it predicts from the first ones what the whole model predicts from
 * all. A model of many symbols with a feature per symbol becomes the model of one symbol.
 */
export function fixLastFeatures(model: EnsembleModel, fixed: ArrayLike<number>): EnsembleModel {
  const kept = model.featureNames.length - fixed.length;
  const featureNames = model.featureNames.slice(0, kept);
  return {
    ...model,
    featureNames,
    mayBeMissing: model.mayBeMissing.slice(0, kept),
    boosting: fixedBoosting(model.boosting, { kept, fixed, featureNames }),
    logistic: model.logistic && fixedLogistic(model.logistic, kept, fixed),
  };
}

interface Fixing {
  readonly kept: number;
  readonly fixed: ArrayLike<number>;
}

function fixedBoosting(
  model: BoostingModel,
  { kept, fixed, featureNames }: Fixing & { readonly featureNames: readonly string[] },
): BoostingModel {
  const { objective, baseScore, scalePosWeight } = model;
  return createBoostingModel({
    objective,
    baseScore,
    scalePosWeight,
    featureCount: kept,
    featureNames: model.featureNames.length === 0 ? [] : featureNames,
    trees: treesOf(model).map((tree) => fixedTree(tree, { kept, fixed })),
  });
}

/** Every split on a fixed feature gives its place to the child that it leads to. */
function fixedTree(tree: BoostingTree, fixing: Fixing): BoostingTree {
  const nodeCount = tree.left.length;
  const next: BoostingTree = {
    left: tree.left.slice(),
    right: tree.right.slice(),
    parent: tree.parent.slice(),
    feature: tree.feature.slice(),
    value: tree.value.slice(),
    defaultLeft: tree.defaultLeft.slice(),
    baseWeight: tree.baseWeight.slice(),
    lossChange: tree.lossChange.slice(),
    sumHessian: tree.sumHessian.slice(),
  };
  // Children stand behind their parents: from the bottom up, a child has been dealt with before it moves.
  for (let node = nodeCount - 1; node >= 0; node -= 1) {
    if (next.left[node] < 0) continue;
    const at = next.feature[node] - fixing.kept;
    if (at >= 0) moveUp(next, node, goesLeft(next, node, fixing.fixed[at]) ? next.left[node] : next.right[node]);
    // Shares of rows must add up, or contributions would not.
    else next.sumHessian[node] = next.sumHessian[next.left[node]] + next.sumHessian[next.right[node]];
  }
  return compactTree(next, nodeCount);
}

function goesLeft(tree: BoostingTree, node: number, fixed: number): boolean {
  const value = Math.fround(fixed);
  return value !== value ? tree.defaultLeft[node] === 1 : value < tree.value[node];
}

function moveUp(tree: BoostingTree, node: number, child: number): void {
  const { left, right, feature, value, defaultLeft, baseWeight, lossChange, sumHessian } = tree;
  for (const column of [left, right, feature, value, defaultLeft, baseWeight, lossChange, sumHessian]) {
    column[node] = column[child];
  }
  if (left[node] < 0) return;
  tree.parent[left[node]] = node;
  tree.parent[right[node]] = node;
}

function fixedLogistic(
  { coefficients, intercept, scaler }: LogisticModel,
  kept: number,
  fixed: ArrayLike<number>,
): LogisticModel {
  let sum = intercept;
  for (let at = 0; at < fixed.length; at += 1) {
    const feature = kept + at;
    const value = scaler === undefined ? fixed[at] : (fixed[at] - scaler.mean[feature]) / scaler.scale[feature];
    sum += coefficients[feature] * value;
  }
  return {
    coefficients: coefficients.slice(0, kept),
    intercept: sum,
    scaler: scaler && { mean: scaler.mean.slice(0, kept), scale: scaler.scale.slice(0, kept) },
  };
}
