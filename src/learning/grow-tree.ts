// How does one boosted tree grow? Level by level from histograms; the sibling of a counted child is what is left of its parent.
import { compactTree, createTreeColumns, pruneTree } from './boosting-tree.ts';
import type { BoostingTree } from './boosting-tree.ts';
import { createBestSplit, findBestSplit, nodeWeight, SMALLEST_GAIN } from './split-search.ts';
import type { BestSplit, Histogram, SplitRules } from './split-search.ts';

export interface GrowthRules extends SplitRules {
  readonly maxDepth: number;
  readonly gamma: number;
  readonly learningRate: number;
}

/** Buffers that all trees of one training share. */
export interface Grower {
  readonly rules: GrowthRules;
  /** Rows to grow from, then the rows left out; filled by the caller, permuted by growing. */
  readonly rowOrder: Int32Array;
  readonly spill: Int32Array;
  readonly columns: BoostingTree;
  readonly begin: Int32Array;
  readonly end: Int32Array;
  /** Where the node's rows among those left out stand: they grow nothing, but follow the splits to their leaf. */
  readonly outBegin: Int32Array;
  readonly outEnd: Int32Array;
  readonly depth: Int32Array;
  readonly lastLeftSlot: Int32Array;
  readonly gradientSum: Float64Array;
  readonly hessianSum: Float64Array;
  readonly leftGradient: Float64Array;
  readonly leftHessian: Float64Array;
  readonly histograms: (Histogram | undefined)[];
  readonly free: Histogram[];
  readonly best: BestSplit;
}

/** Buffers for growing trees of at most `rules.maxDepth` levels on the rows of `rules.bins`. */
export function createGrower(rules: GrowthRules): Grower {
  const { rows } = rules.bins;
  const byDepth = rules.maxDepth < 30 ? 2 ** (rules.maxDepth + 1) - 1 : Infinity;
  const capacity = Math.max(1, Math.min(byDepth, 2 * rows - 1));
  return {
    rules,
    rowOrder: new Int32Array(rows),
    spill: new Int32Array(rows),
    columns: createTreeColumns(capacity),
    begin: new Int32Array(capacity),
    end: new Int32Array(capacity),
    outBegin: new Int32Array(capacity),
    outEnd: new Int32Array(capacity),
    depth: new Int32Array(capacity),
    lastLeftSlot: new Int32Array(capacity),
    gradientSum: new Float64Array(capacity),
    hessianSum: new Float64Array(capacity),
    leftGradient: new Float64Array(capacity),
    leftHessian: new Float64Array(capacity),
    histograms: Array.from({ length: capacity }, () => undefined),
    free: [],
    best: createBestSplit(),
  };
}

/** What one tree is grown on: the first `rowCount` rows of `rowOrder`, interleaved gradients, features in rising order. */
export interface TreeInput {
  readonly rowCount: number;
  readonly gradients: Float32Array;
  readonly features: Int32Array;
}

/**
 * Grows, prunes by gamma and renumbers one tree, and adds its leaf outputs to the margins of all rows.
 * With exact cuts nothing is subtracted, so that the sums of a node are those of its rows in order.
 */
export function growTree(grower: Grower, input: TreeInput, margin: Float32Array): BoostingTree {
  const { columns, rules } = grower;
  startRoot(grower, input);
  let nodeCount = 1;
  for (let node = 0; node < nodeCount; node += 1) {
    if (!(columns.lossChange[node] > SMALLEST_GAIN) || isTooWeak(rules, columns.lossChange[node])) {
      makeLeaf(grower, node);
      continue;
    }
    splitNode(grower, input, { node, left: nodeCount });
    nodeCount += 2;
  }
  const leafValue = (node: number): number => Math.fround(rules.learningRate * columns.baseWeight[node]);
  if (rules.gamma > 0) pruneTree(columns, nodeCount, { gamma: rules.gamma, leafValue });
  addLeafOutputs(grower, nodeCount, margin);
  return compactTree(columns, nodeCount);
}

/** XGBoost's histogram growth never makes a split below gamma; its exact growth makes it and prunes afterwards. */
function isTooWeak(rules: GrowthRules, gain: number): boolean {
  return rules.cuts === 'histogram' && gain < rules.gamma;
}

function startRoot(grower: Grower, input: TreeInput): void {
  const { rowOrder } = grower;
  const { gradients, rowCount } = input;
  let gradient = 0;
  let hessian = 0;
  for (let index = 0; index < rowCount; index += 1) {
    const row = rowOrder[index];
    gradient += gradients[2 * row];
    hessian += gradients[2 * row + 1];
  }
  grower.columns.parent[0] = -1;
  grower.outBegin[0] = rowCount;
  grower.outEnd[0] = rowOrder.length;
  openNode(grower, 0, { begin: 0, end: rowCount, depth: 0, gradient, hessian });
  if (grower.rules.maxDepth > 0 && rowCount > 1) {
    const histogram = takeHistogram(grower);
    fillHistogram(grower, histogram, { node: 0, gradients });
    searchNode(grower, 0, histogram, input.features);
  }
}

interface NodeStart {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly gradient: number;
  readonly hessian: number;
}

function openNode(grower: Grower, node: number, start: NodeStart): void {
  const { columns } = grower;
  grower.begin[node] = start.begin;
  grower.end[node] = start.end;
  grower.depth[node] = start.depth;
  grower.gradientSum[node] = start.gradient;
  grower.hessianSum[node] = start.hessian;
  columns.left[node] = -1;
  columns.right[node] = -1;
  columns.lossChange[node] = 0;
  columns.sumHessian[node] = start.hessian;
  columns.baseWeight[node] = nodeWeight(grower.rules, start.gradient, start.hessian);
}

function makeLeaf(grower: Grower, node: number): void {
  const { columns } = grower;
  columns.lossChange[node] = 0;
  columns.value[node] = Math.fround(grower.rules.learningRate * columns.baseWeight[node]);
  releaseHistogram(grower, node);
}

function splitNode(grower: Grower, input: TreeInput, at: { node: number; left: number }): void {
  const { columns, begin, end, depth, rules } = grower;
  const { node, left } = at;
  const right = left + 1;
  columns.left[node] = left;
  columns.right[node] = right;
  columns.parent[left] = node;
  columns.parent[right] = node;
  const middle = partition(grower, node, { from: begin[node], to: end[node] });
  const outMiddle = partition(grower, node, { from: grower.outBegin[node], to: grower.outEnd[node] });
  grower.outBegin[left] = grower.outBegin[node];
  grower.outEnd[left] = outMiddle;
  grower.outBegin[right] = outMiddle;
  grower.outEnd[right] = grower.outEnd[node];
  const childDepth = depth[node] + 1;
  const gradient = grower.leftGradient[node];
  const hessian = grower.leftHessian[node];
  openNode(grower, left, { begin: begin[node], end: middle, depth: childDepth, gradient, hessian });
  openNode(grower, right, {
    begin: middle,
    end: end[node],
    depth: childDepth,
    gradient: grower.gradientSum[node] - gradient,
    hessian: grower.hessianSum[node] - hessian,
  });
  if (childDepth >= rules.maxDepth || rules.cuts === 'exact') releaseHistogram(grower, node);
  if (childDepth >= rules.maxDepth) return;
  if (rules.cuts === 'exact') {
    countAnew(grower, input, left);
    countAnew(grower, input, right);
    return;
  }
  const smaller = middle - begin[node] <= end[node] - middle ? left : right;
  const larger = smaller === left ? right : left;
  const histogram = takeHistogram(grower);
  fillHistogram(grower, histogram, { node: smaller, gradients: input.gradients });
  const rest = grower.histograms[node];
  grower.histograms[node] = undefined;
  if (rest !== undefined) {
    subtractHistogram(rest, histogram);
    searchNode(grower, larger, rest, input.features);
  }
  searchNode(grower, smaller, histogram, input.features);
}

/** Sums a node and its histogram from its rows, looks for its split and gives the histogram back. */
function countAnew(grower: Grower, input: TreeInput, node: number): void {
  const { rowOrder, begin, end, columns } = grower;
  const { gradients } = input;
  let gradient = 0;
  let hessian = 0;
  for (let index = begin[node]; index < end[node]; index += 1) {
    const row = rowOrder[index];
    gradient += gradients[2 * row];
    hessian += gradients[2 * row + 1];
  }
  grower.gradientSum[node] = gradient;
  grower.hessianSum[node] = hessian;
  columns.sumHessian[node] = hessian;
  columns.baseWeight[node] = nodeWeight(grower.rules, gradient, hessian);
  const histogram = takeHistogram(grower);
  fillHistogram(grower, histogram, { node, gradients });
  searchNode(grower, node, histogram, input.features);
  releaseHistogram(grower, node);
}

function searchNode(grower: Grower, node: number, histogram: Histogram, features: Int32Array): void {
  const { best, columns } = grower;
  const gradient = grower.gradientSum[node];
  const hessian = grower.hessianSum[node];
  grower.histograms[node] = histogram;
  findBestSplit(grower.rules, { histogram, columns: features, gradient, hessian }, best);
  if (best.feature < 0) return;
  columns.lossChange[node] = best.gain;
  columns.feature[node] = best.feature;
  columns.value[node] = best.threshold;
  columns.defaultLeft[node] = best.defaultLeft ? 1 : 0;
  grower.lastLeftSlot[node] = best.lastLeftSlot;
  grower.leftGradient[node] = best.leftGradient;
  grower.leftHessian[node] = best.leftHessian;
}

/**
 * Orders a range of rows so that those going left at `node` stand first, keeping their order; returns where the right ones
 * begin. Every row is written to both sides and one of them moves on: a branch would be mispredicted half of the time.
 */
function partition(grower: Grower, node: number, range: { from: number; to: number }): number {
  const { rowOrder, spill, rules, columns } = grower;
  const { slots, columns: width, start } = rules.bins;
  const feature = columns.feature[node];
  const missingSlot = start[feature + 1] - 1;
  const lastLeft = grower.lastLeftSlot[node];
  const leftMissingSlot = columns.defaultLeft[node] === 1 ? missingSlot : -1;
  const end = range.to;
  let kept = range.from;
  let spilt = 0;
  for (let index = kept; index < end; index += 1) {
    const row = rowOrder[index];
    const slot = slots[row * width + feature];
    const goesLeft = Number(slot <= lastLeft) | Number(slot === leftMissingSlot);
    rowOrder[kept] = row;
    spill[spilt] = row;
    kept += goesLeft;
    spilt += 1 - goesLeft;
  }
  for (let index = 0; index < spilt; index += 1) rowOrder[kept + index] = spill[index];
  return kept;
}

function takeHistogram(grower: Grower): Histogram {
  const { slotCount } = grower.rules.bins;
  return grower.free.pop() ?? { gradient: new Float64Array(slotCount), hessian: new Float64Array(slotCount) };
}

function releaseHistogram(grower: Grower, node: number): void {
  const histogram = grower.histograms[node];
  if (histogram === undefined) return;
  grower.free.push(histogram);
  grower.histograms[node] = undefined;
}

/**
 * All features are counted, also those this tree may not use: picking columns costs more than counting a few too many.
 * Two cells a turn, because neighbours never share a slot and so do not wait for each other.
 */
function fillHistogram(grower: Grower, histogram: Histogram, of: { node: number; gradients: Float32Array }): void {
  const { rowOrder, rules, begin, end } = grower;
  const { slots, columns } = rules.bins;
  const { gradient, hessian } = histogram;
  const { gradients } = of;
  gradient.fill(0);
  hessian.fill(0);
  const last = end[of.node];
  for (let index = begin[of.node]; index < last; index += 1) {
    const row = rowOrder[index];
    const g = gradients[2 * row];
    const h = gradients[2 * row + 1];
    const to = (row + 1) * columns;
    let cell = row * columns;
    for (; cell + 1 < to; cell += 2) {
      const slot = slots[cell];
      const next = slots[cell + 1];
      gradient[slot] += g;
      gradient[next] += g;
      hessian[slot] += h;
      hessian[next] += h;
    }
    if (cell < to) {
      const slot = slots[cell];
      gradient[slot] += g;
      hessian[slot] += h;
    }
  }
}

function subtractHistogram(from: Histogram, part: Histogram): void {
  const { gradient, hessian } = from;
  for (let slot = 0; slot < gradient.length; slot += 1) {
    gradient[slot] -= part.gradient[slot];
    hessian[slot] -= part.hessian[slot];
  }
}

function addLeafOutputs(grower: Grower, nodeCount: number, margin: Float32Array): void {
  const { columns, rowOrder } = grower;
  for (let node = 0; node < nodeCount; node += 1) {
    const parent = columns.parent[node];
    if (columns.left[node] >= 0 || (parent >= 0 && columns.left[parent] < 0)) continue;
    const output = columns.value[node];
    addToRows(margin, rowOrder.subarray(grower.begin[node], grower.end[node]), output);
    addToRows(margin, rowOrder.subarray(grower.outBegin[node], grower.outEnd[node]), output);
  }
}

function addToRows(margin: Float32Array, rows: Int32Array, output: number): void {
  for (let index = 0; index < rows.length; index += 1) margin[rows[index]] += output;
}
