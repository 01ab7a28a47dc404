// What is one tree of a boosted model? Node columns in XGBoost's terms, and how weak splits are taken back.

/**
 * Nodes as columns of equal length; node 0 is the root. Children of a leaf and the parent of the root are -1.
 * A row goes left when its float32 value is below `value`, or when it is missing and `defaultLeft` is 1.
 */
export interface BoostingTree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly parent: Int32Array;
  readonly feature: Int32Array;
  /** Threshold of a split, output of a leaf (learning rate included). */
  readonly value: Float32Array;
  readonly defaultLeft: Uint8Array;
  /** Output the node would have as a leaf, without the learning rate. */
  readonly baseWeight: Float32Array;
  /** Gain of the split, without the factor 1/2; 0 at leaves. */
  readonly lossChange: Float32Array;
  readonly sumHessian: Float32Array;
}

/** Columns for `capacity` nodes, all of them leaves of output 0. */
export function createTreeColumns(capacity: number): BoostingTree {
  return {
    left: new Int32Array(capacity).fill(-1),
    right: new Int32Array(capacity).fill(-1),
    parent: new Int32Array(capacity).fill(-1),
    feature: new Int32Array(capacity),
    value: new Float32Array(capacity),
    defaultLeft: new Uint8Array(capacity),
    baseWeight: new Float32Array(capacity),
    lossChange: new Float32Array(capacity),
    sumHessian: new Float32Array(capacity),
  };
}

/** Takes back, from the bottom up, splits into two leaves that gain less than `gamma`; `leafValue` gives a node's output. */
export function pruneTree(
  tree: BoostingTree,
  nodeCount: number,
  rule: { gamma: number; leafValue: (node: number) => number },
): void {
  for (let node = nodeCount - 1; node >= 0; node -= 1) {
    const left = tree.left[node];
    if (left < 0 || tree.lossChange[node] >= rule.gamma) continue;
    if (tree.left[left] >= 0 || tree.left[tree.right[node]] >= 0) continue;
    tree.left[node] = -1;
    tree.right[node] = -1;
    tree.value[node] = rule.leafValue(node);
    tree.lossChange[node] = 0;
  }
}

/** A copy of the nodes that can be reached from the root, numbered anew in the same order. */
export function compactTree(tree: BoostingTree, nodeCount: number): BoostingTree {
  const numberOf = new Int32Array(nodeCount).fill(-1);
  numberOf[0] = 0;
  let count = 1;
  for (let node = 0; node < nodeCount; node += 1) {
    if (numberOf[node] < 0 || tree.left[node] < 0) continue;
    numberOf[tree.left[node]] = count;
    numberOf[tree.right[node]] = count + 1;
    count += 2;
  }
  const compact = createTreeColumns(count);
  for (let node = 0; node < nodeCount; node += 1) {
    const to = numberOf[node];
    if (to < 0) continue;
    const isLeaf = tree.left[node] < 0;
    compact.left[to] = isLeaf ? -1 : numberOf[tree.left[node]];
    compact.right[to] = isLeaf ? -1 : numberOf[tree.right[node]];
    compact.parent[to] = node === 0 ? -1 : numberOf[tree.parent[node]];
    compact.feature[to] = isLeaf ? 0 : tree.feature[node];
    compact.value[to] = tree.value[node];
    compact.defaultLeft[to] = isLeaf ? 0 : tree.defaultLeft[node];
    compact.baseWeight[to] = tree.baseWeight[node];
    compact.lossChange[to] = tree.lossChange[node];
    compact.sumHessian[to] = tree.sumHessian[node];
  }
  return compact;
}

/** The leaf that a row of feature values (from `offset` on) ends in. */
export function leafOf(tree: BoostingTree, values: Float64Array, offset: number): number {
  let node = 0;
  while (tree.left[node] >= 0) {
    const value = Math.fround(values[offset + tree.feature[node]]);
    const goesLeft = value !== value ? tree.defaultLeft[node] === 1 : value < tree.value[node];
    node = goesLeft ? tree.left[node] : tree.right[node];
  }
  return node;
}
