// What is a trained boosting model? Its trees, one after another in few arrays, and laid out flat for fast prediction.
import { baseMargin } from './boosting-objective.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import { createTreeColumns, type BoostingTree } from './boosting-tree.ts';

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
 * Columns are as narrow as they can be: an account asks the models of all its symbols in turn, and they push each other out of
 * the processor's cache.
 */
export interface FlatForest {
  readonly treeCount: number;
  /** Root of each tree, filled up to a multiple of `TREES_PER_GROUP`. */
  readonly root: Int32Array;
  /** Steps that each group of trees takes. */
  readonly groupDepth: Int32Array;
  readonly next: Int32Array;
  readonly cell: Uint16Array | Int32Array;
  readonly threshold: Float32Array;
  /** Output of a leaf; 0 at splits. */
  readonly output: Float32Array;
  /** The node's number in its own tree. */
  readonly nodeNumber: Int32Array;
}

/** Survives structured cloning, and quickly: it holds no array per tree. `treesOf` tells the trees apart. */
export interface BoostingModel extends Omit<BoostingModelParts, 'trees'> {
  readonly baseMargin: number;
  /** Columns of all trees joined; children and parents are numbered within their own tree. */
  readonly nodes: BoostingTree;
  /** First node of each tree, and the number of all nodes. */
  readonly treeStart: Int32Array;
  readonly flat: FlatForest;
}

/** A model ready to predict. */
export function createBoostingModel({ trees, ...parts }: BoostingModelParts): BoostingModel {
  return {
    ...parts,
    baseMargin: baseMargin(parts.objective, parts.baseScore),
    ...joined(trees),
    flat: flatten(trees, parts.featureCount),
  };
}

/** The trees of a model, as views of its columns. */
export function treesOf({ nodes, treeStart }: BoostingModel): BoostingTree[] {
  return Array.from({ length: treeStart.length - 1 }, (_, tree) => {
    const [from, to] = [treeStart[tree], treeStart[tree + 1]];
    return {
      left: nodes.left.subarray(from, to),
      right: nodes.right.subarray(from, to),
      parent: nodes.parent.subarray(from, to),
      feature: nodes.feature.subarray(from, to),
      value: nodes.value.subarray(from, to),
      defaultLeft: nodes.defaultLeft.subarray(from, to),
      baseWeight: nodes.baseWeight.subarray(from, to),
      lossChange: nodes.lossChange.subarray(from, to),
      sumHessian: nodes.sumHessian.subarray(from, to),
    };
  });
}

function joined(trees: readonly BoostingTree[]): Pick<BoostingModel, 'nodes' | 'treeStart'> {
  const treeStart = new Int32Array(trees.length + 1);
  trees.forEach((tree, index) => {
    treeStart[index + 1] = treeStart[index] + tree.left.length;
  });
  const nodes = createTreeColumns(treeStart[trees.length]);
  trees.forEach((tree, index) => {
    const from = treeStart[index];
    nodes.left.set(tree.left, from);
    nodes.right.set(tree.right, from);
    nodes.parent.set(tree.parent, from);
    nodes.feature.set(tree.feature, from);
    nodes.value.set(tree.value, from);
    nodes.defaultLeft.set(tree.defaultLeft, from);
    nodes.baseWeight.set(tree.baseWeight, from);
    nodes.lossChange.set(tree.lossChange, from);
    nodes.sumHessian.set(tree.sumHessian, from);
  });
  return { nodes, treeStart };
}

/** The model of the first `count` trees. */
export function firstTrees(model: BoostingModel, count: number): BoostingModel {
  const { objective, baseScore, scalePosWeight, featureCount, featureNames } = model;
  const trees = treesOf(model).slice(0, count);
  return createBoostingModel({ objective, baseScore, scalePosWeight, featureCount, featureNames, trees });
}

function flatten(trees: readonly BoostingTree[], featureCount: number): FlatForest {
  const groups = Math.ceil(trees.length / TREES_PER_GROUP);
  const nodes = trees.reduce((sum, tree) => sum + reachable(tree), 1);
  const flat: FlatForest = {
    treeCount: trees.length,
    root: new Int32Array(groups * TREES_PER_GROUP),
    groupDepth: new Int32Array(groups),
    next: new Int32Array(nodes).fill(-1),
    cell: 2 * featureCount <= 65_536 ? new Uint16Array(nodes) : new Int32Array(nodes),
    threshold: new Float32Array(nodes).fill(-Infinity),
    output: new Float32Array(nodes),
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
