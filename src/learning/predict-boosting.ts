// What does a boosting model predict for a row? Margin, probability and leaves, in single precision as XGBoost adds them up.
import { TREES_PER_GROUP } from './boosting-model.ts';
import type { BoostingModel } from './boosting-model.ts';
import { predictionOf } from './boosting-objective.ts';

/** Cells of the row at hand; written anew by every prediction, longer when a model has more features. */
let cells = new Float64Array(128);

/**
 * Two cells a feature: missing counts as +infinity in the first (it goes right) and as -infinity in the second (left),
 * so that walking a tree needs no test for missing.
 */
function prepareRow(model: BoostingModel, values: Float64Array, offset: number): Float64Array {
  const count = model.featureCount;
  if (cells.length < 2 * count) cells = new Float64Array(2 * count);
  const prepared = cells;
  for (let feature = 0; feature < count; feature += 1) {
    const value = Math.fround(values[offset + feature]);
    const isMissing = value !== value;
    prepared[2 * feature] = isMissing ? Infinity : value;
    prepared[2 * feature + 1] = isMissing ? -Infinity : value;
  }
  return prepared;
}

/**
 * The margin (log-odds for `binary:logistic`) of the row of `featureCount` values that starts at `offset`. NaN is missing.
 * Allocates nothing.
 */
export function predictMargin(model: BoostingModel, values: Float64Array, offset: number): number {
  const row = prepareRow(model, values, offset);
  const { root, groupDepth, next, cell, threshold, output } = model.flat;
  let margin = model.baseMargin;
  for (let group = 0; group < groupDepth.length; group += 1) {
    const first = group * TREES_PER_GROUP;
    let a = root[first];
    let b = root[first + 1];
    let c = root[first + 2];
    let d = root[first + 3];
    for (let steps = groupDepth[group]; steps > 0; steps -= 1) {
      a = next[a] + Number(row[cell[a]] >= threshold[a]);
      b = next[b] + Number(row[cell[b]] >= threshold[b]);
      c = next[c] + Number(row[cell[c]] >= threshold[c]);
      d = next[d] + Number(row[cell[d]] >= threshold[d]);
    }
    margin = Math.fround(Math.fround(Math.fround(margin + output[a]) + output[b]) + output[c]);
    margin = Math.fround(margin + output[d]);
  }
  return margin;
}

/** The prediction in the units of the label: a probability for `binary:logistic`. Allocates nothing. */
export function predictProbability(model: BoostingModel, values: Float64Array, offset: number): number {
  return predictionOf(model.objective, predictMargin(model, values, offset));
}

/** The number of the leaf that the row ends in, for each tree. */
export function predictLeaves(model: BoostingModel, values: Float64Array, offset: number): Int32Array {
  const row = prepareRow(model, values, offset);
  const { root, groupDepth, next, cell, threshold, nodeNumber, treeCount } = model.flat;
  const leaves = new Int32Array(treeCount);
  for (let tree = 0; tree < treeCount; tree += 1) {
    let node = root[tree];
    for (let steps = groupDepth[Math.floor(tree / TREES_PER_GROUP)]; steps > 0; steps -= 1) {
      node = next[node] + Number(row[cell[node]] >= threshold[node]);
    }
    leaves[tree] = nodeNumber[node];
  }
  return leaves;
}
