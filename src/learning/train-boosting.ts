// How is a boosting model trained? Round by round: gradients, a sample of rows and columns, one tree.
import { createRandom } from '../domain/random.ts';
import type { Random } from '../domain/random.ts';
import { createBoostingModel } from './boosting-model.ts';
import type { BoostingModel } from './boosting-model.ts';
import { baseMargin, computeGradients, objectiveMetric } from './boosting-objective.ts';
import type { BoostingObjective, GradientInput } from './boosting-objective.ts';
import { checkBoostingInput } from './boosting-input.ts';
import type { BoostingParams, BoostingRows } from './boosting-input.ts';
import { leafOf } from './boosting-tree.ts';
import type { BoostingTree } from './boosting-tree.ts';
import { afterRound, NOTHING_SEEN } from './early-stopping.ts';
import { binFeatures } from './feature-bins.ts';
import type { CutRule } from './feature-bins.ts';
import { createGrower, growTree } from './grow-tree.ts';
import type { Grower } from './grow-tree.ts';

export interface BoostingTask {
  readonly train: BoostingRows;
  /** Needed for early stopping; its metric is recorded whenever it is given. */
  readonly validation?: BoostingRows;
  readonly params: BoostingParams;
  readonly seed: string;
  /** Default `binary:logistic`. */
  readonly objective?: BoostingObjective;
  /** Start of all predictions in the units of the label; default 0.5. */
  readonly baseScore?: number;
  /** Multiplies the weight of rows with label 1; default 1. */
  readonly scalePosWeight?: number;
  /** Default `histogram`. */
  readonly cuts?: CutRule;
  readonly featureNames?: readonly string[];
}

export interface TrainedBoosting {
  /** After early stopping: the trees up to the best round. */
  readonly model: BoostingModel;
  /** Log-loss or root mean squared error of the validation rows after each round; empty without validation rows. */
  readonly validationMetric: readonly number[];
  /** Trees grown, including those cut off by early stopping. */
  readonly roundsRun: number;
}

/**
 * Trains second-order gradient boosting with the arithmetic of XGBoost (float32 features, gradients, margins and leaves;
 * sums in double). The same task and seed give the same model, bit for bit.
 * @throws PerpilotError TRAINING_FAILED on rows, weights, labels or settings that nothing can be trained from
 */
export function trainBoosting(task: BoostingTask): TrainedBoosting {
  return createBoostingTrainer(task)(task.seed);
}

/**
 * A function that trains the task with a seed of its own, not with the task's: the rows are checked and binned once.
 * @throws PerpilotError TRAINING_FAILED as `trainBoosting`
 */
export function createBoostingTrainer(task: BoostingTask): (seed: string) => TrainedBoosting {
  checkBoostingInput(task);
  const { train, params } = task;
  const grower = createGrower({
    bins: binFeatures(train.x, task.cuts ?? 'histogram', params.maxBins),
    cuts: task.cuts ?? 'histogram',
    maxDepth: params.maxDepth,
    gamma: Math.fround(params.gamma),
    learningRate: Math.fround(params.learningRate),
    lambda: Math.fround(params.lambda),
    alpha: Math.fround(params.alpha),
    minChildWeight: Math.fround(params.minChildWeight),
  });
  return (seed) => boost(task, grower, seed);
}

function boost(task: BoostingTask, grower: Grower, seed: string): TrainedBoosting {
  const { train, validation, params } = task;
  const objective = task.objective ?? 'binary:logistic';
  const baseScore = task.baseScore ?? 0.5;
  const scalePosWeight = task.scalePosWeight ?? 1;
  const start = baseMargin(objective, baseScore);
  const input = gradientInput(train, { objective, start, scalePosWeight });
  const judge =
    validation === undefined ? undefined : gradientInput(validation, { objective, start, scalePosWeight: 1 });
  const gradients = new Float32Array(2 * train.x.rows);
  const random = createRandom(seed);
  const draws = new Float64Array(train.x.rows);
  const trees: BoostingTree[] = [];
  const validationMetric: number[] = [];
  let stopping = NOTHING_SEEN;
  while (trees.length < params.trees && !stopping.hasStopped) {
    const rowCount = sampleRows(grower, params.rowSampling, { random, draws });
    computeGradients(input, grower.rowOrder.subarray(0, rowCount), gradients);
    const features = sampleFeatures(train.x.columns, params.columnSampling, random);
    const tree = growTree(grower, { rowCount, gradients, features }, input.margin);
    trees.push(tree);
    if (validation === undefined || judge === undefined) continue;
    addTree(tree, validation, judge.margin);
    const metric = objectiveMetric(judge);
    validationMetric.push(metric ?? NaN);
    if (params.earlyStoppingRounds > 0) stopping = afterRound(stopping, metric, params.earlyStoppingRounds);
  }
  const kept = params.earlyStoppingRounds > 0 && stopping.bestRound >= 0 ? stopping.bestRound + 1 : trees.length;
  const model = createBoostingModel({
    objective,
    baseScore: Math.fround(baseScore),
    scalePosWeight: Math.fround(scalePosWeight),
    featureCount: train.x.columns,
    featureNames: task.featureNames ?? [],
    trees: trees.slice(0, kept),
  });
  return { model, validationMetric, roundsRun: trees.length };
}

interface MarginStart {
  readonly objective: BoostingObjective;
  readonly start: number;
  readonly scalePosWeight: number;
}

function gradientInput(rows: BoostingRows, from: MarginStart): GradientInput {
  const count = rows.x.rows;
  const weight = new Float32Array(count).fill(1);
  if (rows.weight !== undefined) weight.set(rows.weight);
  const y = Float32Array.from(rows.y);
  const scale = Math.fround(from.scalePosWeight);
  if (from.objective === 'binary:logistic' && scale !== 1) {
    for (let row = 0; row < count; row += 1) if (y[row] === 1) weight[row] *= scale;
  }
  return { objective: from.objective, margin: new Float32Array(count).fill(from.start), y, weight };
}

/** Fills `rowOrder` with the rows of this tree first (each kept with probability `fraction`), then the others; returns how many. */
function sampleRows(
  { rowOrder }: Grower,
  fraction: number,
  { random, draws }: { readonly random: Random; readonly draws: Float64Array },
): number {
  const rows = rowOrder.length;
  if (fraction < 1) random.drawInto(draws);
  let kept = 0;
  let last = rows;
  for (let row = 0; row < rows; row += 1) {
    if (fraction >= 1 || draws[row] < fraction) {
      rowOrder[kept] = row;
      kept += 1;
    } else {
      last -= 1;
      rowOrder[last] = row;
    }
  }
  return kept;
}

/** At least one feature, `fraction` of them rounded down otherwise, in rising order. */
function sampleFeatures(count: number, fraction: number, random: Random): Int32Array {
  const features = Int32Array.from({ length: count }, (_, feature) => feature);
  const wanted = Math.max(1, Math.floor(fraction * count));
  if (wanted >= count) return features;
  for (let index = 0; index < wanted; index += 1) {
    const other = index + random.below(count - index);
    const swapped = features[index];
    features[index] = features[other];
    features[other] = swapped;
  }
  return features.slice(0, wanted).sort();
}

function addTree(tree: BoostingTree, rows: BoostingRows, margin: Float32Array): void {
  const { values, columns } = rows.x;
  for (let row = 0; row < rows.x.rows; row += 1) margin[row] += tree.value[leafOf(tree, values, row * columns)];
}
