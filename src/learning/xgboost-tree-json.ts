// How does XGBoost's JSON model format hold one tree? Written compactly, read with every index checked.
import { createTreeColumns } from './boosting-tree.ts';
import type { BoostingTree } from './boosting-tree.ts';
import { member, optionalMember, readCount, readFloat32, readList, readPlaces, refuse } from './json-reader.ts';
import type { JsonPlace } from './json-reader.ts';

/** What XGBoost writes for the parent of the root. */
const NO_PARENT = 2_147_483_647;

/** Powers of ten that are exact doubles. */
const TENS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * The shortest decimal number that is this float32 value, as XGBoost prints it. Its reader of parameters takes a number
 * with more digits for no number at all, without an error.
 */
export function shortestFloat32(value: number): number {
  if (value === 0) return 0;
  // A number of fewer digits lies farther away: where eight are too few, six and seven are too. Most need eight or nine.
  let shortest = withDigits(value, 8);
  if (Math.fround(shortest) !== value) return isPowerOfTwo(value) ? fewestDigits(value) : withDigits(value, 9);
  for (let digits = 7; digits >= 6; digits -= 1) {
    const shorter = withDigits(value, digits);
    if (Math.fround(shorter) !== value) return shortest;
    shortest = shorter;
  }
  return shortest;
}

/**
 * `Number(value.toPrecision(digits))`, mostly by arithmetic: a whole number and a power of ten that are both exact give the
 * right double by one division or product. Text decides where the product lies too near to the middle of two whole numbers.
 */
function withDigits(value: number, digits: number): number {
  const places = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  if (places >= -22 && places <= 22) {
    const scaled = places >= 0 ? value * TENS[places] : value / TENS[-places];
    const whole = Math.round(scaled);
    const size = Math.abs(whole);
    const isClear = Math.abs(Math.abs(scaled - whole) - 0.5) > 1e-6;
    if (isClear && size >= TENS[digits - 1] && size < TENS[digits]) {
      return places >= 0 ? whole / TENS[places] : whole * TENS[-places];
    }
  }
  return Number(value.toPrecision(digits));
}

/** Below a power of two float32 values lie twice as near as above: there a number of fewer digits may do where more do not. */
function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(value)));
}

function fewestDigits(value: number): number {
  for (const digits of [6, 7]) {
    const shorter = withDigits(value, digits);
    if (Math.fround(shorter) === value) return shorter;
  }
  return withDigits(value, 9);
}

const printable = (values: Float32Array): number[] => Array.from(values, shortestFloat32);

/** A tree whose nodes are all reachable as XGBoost's document of it. */
export function treeToJson(tree: BoostingTree, at: { id: number; featureCount: number }): unknown {
  const nodes = tree.left.length;
  return {
    base_weights: printable(tree.baseWeight),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: Array.from(tree.defaultLeft),
    id: at.id,
    left_children: Array.from(tree.left),
    loss_changes: printable(tree.lossChange),
    parents: Array.from(tree.parent, (parent) => (parent < 0 ? NO_PARENT : parent)),
    right_children: Array.from(tree.right),
    split_conditions: printable(tree.value),
    split_indices: Array.from(tree.feature),
    split_type: Array.from({ length: nodes }, () => 0),
    sum_hessian: printable(tree.sumHessian),
    tree_param: {
      num_deleted: '0',
      num_feature: String(at.featureCount),
      num_nodes: String(nodes),
      size_leaf_vector: '0',
    },
  };
}

/** Reads one tree; nodes that pruning deleted stay in the columns, unreachable. @throws PerpilotError MODEL_CORRUPT */
export function readTree(place: JsonPlace, featureCount: number): BoostingTree {
  const nodes = readNodeCount(member(place, 'tree_param'), featureCount);
  const column = (key: string): JsonPlace[] => {
    const list = member(place, key);
    const entries = readPlaces(list);
    return entries.length === nodes ? entries : refuse(list, `has ${entries.length} entries for ${nodes} nodes`);
  };
  refuseCategoricalSplits(place, nodes);
  const tree = createTreeColumns(nodes);
  tree.left.set(column('left_children').map(readNodeNumber));
  tree.right.set(column('right_children').map(readNodeNumber));
  tree.parent.set(column('parents').map(readParent));
  tree.feature.set(column('split_indices').map(readInt32));
  tree.value.set(column('split_conditions').map(readFloat32));
  tree.defaultLeft.set(column('default_left').map(readFlag));
  tree.baseWeight.set(column('base_weights').map(readFloat32));
  tree.lossChange.set(column('loss_changes').map(readFloat32));
  tree.sumHessian.set(column('sum_hessian').map(readFloat32));
  checkShape(tree, place, featureCount);
  return tree;
}

function readNodeCount(param: JsonPlace, featureCount: number): number {
  const features = optionalMember(param, 'num_feature');
  if (features !== undefined && readCount(features) !== featureCount) {
    refuse(features, `is not the model's number of features, ${featureCount}`);
  }
  const leafVector = optionalMember(param, 'size_leaf_vector');
  if (leafVector !== undefined && readCount(leafVector) > 1) refuse(leafVector, 'vector leaves are not supported');
  const place = member(param, 'num_nodes');
  const nodes = readCount(place);
  return nodes >= 1 && nodes < NO_PARENT ? nodes : refuse(place, 'a tree has at least one node');
}

function refuseCategoricalSplits(place: JsonPlace, nodes: number): void {
  for (const key of ['categories', 'categories_nodes', 'categories_segments', 'categories_sizes']) {
    const list = optionalMember(place, key);
    if (list !== undefined && readList(list).length > 0) refuse(list, 'categorical splits are not supported');
  }
  const types = optionalMember(place, 'split_type');
  if (types === undefined) return;
  const list = readList(types);
  if (list.length !== nodes) refuse(types, `has ${list.length} entries for ${nodes} nodes`);
  if (list.some((type) => type !== 0)) refuse(types, 'categorical splits are not supported');
}

function readInt32(place: JsonPlace): number {
  const { value } = place;
  const isIndex = typeof value === 'number' && Number.isInteger(value) && value >= -1 && value <= NO_PARENT;
  return isIndex ? value : refuse(place, 'must be a whole number');
}

/** A child: -1 for none. */
const readNodeNumber = (place: JsonPlace): number => readInt32(place);

/** A parent: XGBoost writes 2147483647 for none. */
function readParent(place: JsonPlace): number {
  const parent = readInt32(place);
  return parent === NO_PARENT ? -1 : parent;
}

function readFlag(place: JsonPlace): number {
  if (place.value === true || place.value === 1) return 1;
  return place.value === false || place.value === 0 ? 0 : refuse(place, 'must be 0, 1, true or false');
}

/**
 * Every node that can be reached has two children or none and splits a known feature. It is reached from its own parent
 * only, and the root has none: so there is no cycle.
 */
function checkShape(tree: BoostingTree, place: JsonPlace, featureCount: number): void {
  const nodes = tree.left.length;
  if (tree.parent[0] !== -1) refuse(place, 'node 0 must be the root');
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const left = tree.left[node];
    const right = tree.right[node];
    if (tree.sumHessian[node] < 0) refuse(place, `node ${node} has a negative hessian sum`);
    if (left === -1 && right === -1) continue;
    if (tree.feature[node] < 0 || tree.feature[node] >= featureCount) {
      refuse(place, `node ${node} splits feature ${tree.feature[node]} of ${featureCount}`);
    }
    for (const child of left === right ? [-1] : [left, right]) {
      if (child < 0 || child >= nodes) refuse(place, `node ${node} has no two children within the tree`);
      if (tree.parent[child] !== node) refuse(place, `node ${child} is not a child of its parent`);
      open.push(child);
    }
  }
}
