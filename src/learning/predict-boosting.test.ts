import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import type { Random } from '../domain/random.ts';
import { createBoostingModel, firstTrees, treesOf } from './boosting-model.ts';
import type { BoostingModel } from './boosting-model.ts';
import { createTreeColumns, leafOf } from './boosting-tree.ts';
import type { BoostingTree } from './boosting-tree.ts';
import { featureImportance } from './feature-importance.ts';
import { predictLeaves, predictMargin, predictProbability } from './predict-boosting.ts';
import { featureContributions } from './tree-shap.ts';

const FEATURES = 4;

/** A random, lopsided tree whose siblings do not stand side by side. */
function randomTree(random: Random, splits: number): BoostingTree {
  const tree = createTreeColumns(2 * splits + 1);
  const leaves = [0];
  const unused = Array.from({ length: 2 * splits }, (_, index) => index + 1);
  for (let split = 0; split < splits; split += 1) {
    const node = leaves.splice(random.below(leaves.length), 1)[0];
    for (const side of [tree.left, tree.right]) {
      const child = unused.splice(random.below(unused.length), 1)[0];
      side[node] = child;
      tree.parent[child] = node;
      leaves.push(child);
    }
    tree.feature[node] = random.below(FEATURES);
    tree.value[node] = Math.round(random.normal() * 4) / 4;
    tree.defaultLeft[node] = random.below(2);
    tree.lossChange[node] = random.next() * 10;
  }
  for (const leaf of leaves) {
    tree.value[leaf] = random.normal();
    for (let node = leaf, own = 0.1 + random.next(); node >= 0; node = tree.parent[node]!) tree.sumHessian[node] += own;
  }
  return tree;
}

function randomModel(seed: string, trees: number): BoostingModel {
  const random = createRandom(seed);
  return createBoostingModel({
    objective: 'binary:logistic',
    baseScore: 0.3,
    scalePosWeight: 1,
    featureCount: FEATURES,
    featureNames: [],
    trees: Array.from({ length: trees }, () => randomTree(random, random.below(7))),
  });
}

/** Values on the thresholds, a double just below them (the same float32), between them, and missing. */
function randomRow(random: Random): Float64Array {
  return Float64Array.from({ length: FEATURES }, () => {
    const value = Math.round(random.normal() * 4) / 4;
    return [value, value - 1e-12, value + 0.1, NaN][random.below(4)];
  });
}

describe('prediction', () => {
  it('walks the flat forest to the leaves that each tree gives by itself, and adds them in single precision', () => {
    for (let index = 0; index < 60; index += 1) {
      const model = randomModel(`forest ${index}`, index % 10);
      const random = createRandom(`rows ${index}`);
      for (let row = 0; row < 10; row += 1) {
        const values = Float64Array.of(99, ...randomRow(random));
        const leaves = treesOf(model).map((tree) => leafOf(tree, values, 1));
        let margin = Math.fround(Math.log(0.3 / 0.7));
        expect(model.baseMargin).toBeCloseTo(margin, 6);
        margin = model.baseMargin;
        treesOf(model).forEach((tree, at) => {
          margin = Math.fround(margin + tree.value[leaves[at]]);
        });
        expect([...predictLeaves(model, values, 1)]).toEqual(leaves);
        expect(predictMargin(model, values, 1)).toBe(margin);
        expect(predictProbability(model, values, 1)).toBeCloseTo(1 / (1 + Math.exp(-margin)), 6);
      }
    }
  });

  it('can be cut off after some trees', () => {
    const model = randomModel('cut', 9);
    const values = new Float64Array(FEATURES);
    expect(predictLeaves(firstTrees(model, 5), values, 0)).toEqual(predictLeaves(model, values, 0).slice(0, 5));
  });
});

/** The output of a tree when only the features in `known` are known: an average over the leaves by their hessian sums. */
function expectedKnowing(tree: BoostingTree, values: Float64Array, known: number): number {
  const walk = (node: number): number => {
    const left = tree.left[node];
    const right = tree.right[node];
    if (left < 0) return tree.value[node];
    const feature = tree.feature[node];
    if ((known >> feature) & 1) {
      const value = Math.fround(values[feature]);
      const goesLeft = Number.isNaN(value) ? tree.defaultLeft[node] === 1 : value < tree.value[node];
      return walk(goesLeft ? left : right);
    }
    const [a, b] = [tree.sumHessian[left], tree.sumHessian[right]];
    return (a * walk(left) + b * walk(right)) / tree.sumHessian[node];
  };
  return walk(0);
}

describe('explanation', () => {
  it('equals Shapley values from all subsets of features, and adds up to the margin', () => {
    const factorial = [1, 1, 2, 6, 24];
    for (let index = 0; index < 30; index += 1) {
      const model = randomModel(`shap ${index}`, 3);
      const values = randomRow(createRandom(`shap row ${index}`));
      const byDefinition = new Float64Array(FEATURES + 1);
      byDefinition[FEATURES] = model.baseMargin;
      for (const tree of treesOf(model)) {
        byDefinition[FEATURES] += expectedKnowing(tree, values, 0);
        for (let feature = 0; feature < FEATURES; feature += 1) {
          for (let known = 0; known < 2 ** FEATURES; known += 1) {
            if ((known >> feature) & 1) continue;
            const size = known.toString(2).replaceAll('0', '').length;
            const share = (factorial[size] * factorial[FEATURES - size - 1]) / factorial[FEATURES];
            const gained = expectedKnowing(tree, values, known | (1 << feature)) - expectedKnowing(tree, values, known);
            byDefinition[feature] += share * gained;
          }
        }
      }
      const contributions = featureContributions(model, values, 0);
      contributions.forEach((value, feature) => expect(value).toBeCloseTo(byDefinition[feature], 5));
      const sum = contributions.reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(predictMargin(model, values, 0), 5);
    }
  });

  it('counts gain and splits per feature; a feature without splits has no mean gain', () => {
    const random = createRandom('importance');
    const tree = randomTree(random, 5);
    tree.feature.fill(2);
    const model = createBoostingModel({ ...randomModel('importance', 0), trees: [tree] });
    const importance = featureImportance(model);
    expect([...importance.splits]).toEqual([0, 0, 5, 0]);
    expect(importance.gain[2]).toBeCloseTo(importance.totalGain[2] / 5, 12);
    expect(importance.gain[0]).toBeNaN();
  });
});
