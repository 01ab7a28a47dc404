// What is a trained boosting model? Its trees, and the same trees laid out flat for fast prediction.
import { baseMargin } from './boosting-objective.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import type { BoostingTree } from './boosting-tree.ts';

/** What defines a model; everything else follows from it. */
export interface BoostingModelParts {
  readonly objective: BoostingObjective;
  /** In the units of the prediction: a probability for `binary:logistic`. */
  readonly baseScore: number;
  readonly scalePosWeight: number;
  readonly featureCount: number;
  /** Empty when the features have no names. */
  readonly featureNames: readonly string[];
  readonly trees: readonly BoostingTree[];
}

/** Trees walked side by side: their steps do not wait for each other. */
export const TREES_PER_GROUP = 4;

/**
 * All nodes in one array per column. A step from a node is `next[node]`, plus 1 unless the row goes left. `cell` points into
 * a prepared row of two cells a feature (see predict-boosting.ts). A leaf steps onto itself, so that groups of trees can be
 * walked side by side for as many steps as the deepest of them needs; single leaves of output 0 fill the last group up.
 */
export interface FlatForest {
  readonly treeCount: number;
  /** Root of each tree, filled up to a multiple of `TREES_PER_GROUP`. */
  readonly root: Int32Array;
  /** Steps that each group of trees takes. */
  readonly groupDepth: Int32Array;
  readonly next: Int32Array;
  readonly cell: Int32Array;
  readonly threshold: Float64Array;
  /** Output of a leaf; 0 at splits. */
  readonly output: Float64Array;
  /** The node's number in its own tree. */
  readonly nodeNumber: Int32Array;
}

export interface BoostingModel extends BoostingModelParts {
  readonly baseMargin: number;
  readonly flat: FlatForest;
}

/** A model ready to predict. */
export function createBoostingModel(parts: BoostingModelParts): BoostingModel {
  return {
    ...parts,
    baseMargin: baseMargin(parts.objective, parts.baseScore),
    flat: flatten(parts.trees),
  };
}

/** The model of the first `count` trees. */
export function firstTrees(model: BoostingModel, count: number): BoostingModel {
  const { objective, baseScore, scalePosWeight, featureCount, featureNames } = model;
  const trees = model.trees.slice(0, count);
  return createBoostingModel({ objective, baseScore, scalePosWeight, featureCount, featureNames, trees });
}

function flatten(trees: readonly BoostingTree[]): FlatForest {
  const groups = Math.ceil(trees.length / TREES_PER_GROUP);
  const nodes = trees.reduce((sum, tree) => sum + reachable(tree), 1);
  const flat: FlatForest = {
    treeCount: trees.length,
    root: new Int32Array(groups * TREES_PER_GROUP),
    groupDepth: new Int32Array(groups),
    next: new Int32Array(nodes).fill(-1),
    cell: new Int32Array(nodes),
    threshold: new Float64Array(nodes).fill(-Infinity),
    output: new Float64Array(nodes),
    nodeNumber: new Int32Array(nodes),
  };
  let used = 1;
  trees.forEach((tree, index) => {
    const group = Math.floor(index / TREES_PER_GROUP);
    flat.root[index] = used;
    const placed = layOut(tree, flat, used);
    flat.groupDepth[group] = Math.max(flat.groupDepth[group], placed.depth);
    used = placed.end;
  });
  return flat;
}

function reachable(tree: BoostingTree): number {
  const open = [0];
  for (let at = 0; at < open.length; at += 1) {
    const node = open[at];
    if (tree.left[node] >= 0) open.push(tree.left[node], tree.right[node]);
  }
  return open.length;
}

/** Writes one tree breadth first from `first` on, siblings side by side. */
function layOut(tree: BoostingTree, flat: FlatForest, first: number): { readonly end: number; readonly depth: number } {
  const order = [0];
  const level = [0];
  for (let position = 0; position < order.length; position += 1) {
    const node = order[position];
    const place = first + position;
    flat.nodeNumber[place] = node;
    if (tree.left[node] < 0) {
      flat.next[place] = place - 1;
      flat.output[place] = tree.value[node];
      continue;
    }
    flat.next[place] = first + order.length;
    flat.cell[place] = 2 * tree.feature[node] + tree.defaultLeft[node];
    flat.threshold[place] = tree.value[node];
    order.push(tree.left[node], tree.right[node]);
    level.push(level[position] + 1, level[position] + 1);
  }
  return { end: first + order.length, depth: level[level.length - 1] };
}
