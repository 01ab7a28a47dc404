// Does gradient boosting agree with XGBoost: reading its models, predicting, explaining, and training the same trees?
import { featureContributions } from '../../../src/learning/tree-shap.ts';
import { featureImportance } from '../../../src/learning/feature-importance.ts';
import { firstTrees, treesOf } from '../../../src/learning/boosting-model.ts';
import type { BoostingModel } from '../../../src/learning/boosting-model.ts';
import type { BoostingTree } from '../../../src/learning/boosting-tree.ts';
import { objectiveMetric } from '../../../src/learning/boosting-objective.ts';
import { classifierMetrics } from '../../../src/learning/classifier-metrics.ts';
import { afterRound, NOTHING_SEEN } from '../../../src/learning/early-stopping.ts';
import { binFeatures } from '../../../src/learning/feature-bins.ts';
import type { CutRule } from '../../../src/learning/feature-bins.ts';
import { matrixFromRows } from '../../../src/learning/matrix.ts';
import type { Matrix } from '../../../src/learning/matrix.ts';
import { predictLeaves, predictMargin, predictProbability } from '../../../src/learning/predict-boosting.ts';
import { createBestSplit, findBestSplit, nodeScore } from '../../../src/learning/split-search.ts';
import { trainBoosting } from '../../../src/learning/train-boosting.ts';
import { modelFromXgboostJson, modelToXgboostJson } from '../../../src/learning/xgboost-json.ts';
import { differences } from '../format.ts';
import type { Tolerance, TopicRunner, VectorCase, VectorFile } from '../format.ts';

const absolute = (value: number): Tolerance => ({ absolute: value, relative: 0 });

export const run: TopicRunner = (vectorCase, file) => {
  switch (vectorCase.kind) {
    case 'model':
      return [...compareReading(vectorCase, file), ...compareTraining(vectorCase, file)];
    case 'early_stopping':
      return compareEarlyStopping(vectorCase);
    case 'split_table':
      return compareSplitTable(vectorCase, file);
    case 'quality':
      return compareQuality(vectorCase, file);
    default:
      return [`kind ${String(vectorCase.kind)} is not known`];
  }
};

function eachRow<Result>(
  model: BoostingModel,
  x: Matrix,
  predict: (model: BoostingModel, values: Float64Array, offset: number) => Result,
): Result[] {
  return Array.from({ length: x.rows }, (_, row) => predict(model, x.values, row * x.columns));
}

/** The saved model, read here, must predict and explain as XGBoost does; written and read again it must stay the same. */
function compareReading({ input, expected }: VectorCase, file: VectorFile): string[] {
  const model = modelFromXgboostJson(expected.model);
  const again = modelFromXgboostJson(JSON.parse(JSON.stringify(modelToXgboostJson(firstTrees(model, Infinity)))));
  const probe = matrixFromRows(input.X_probe);
  const train = matrixFromRows(input.X_train);
  const margin = absolute(file.tolerance['margin_absolute']);
  const probability = absolute(
    model.objective === 'binary:logistic' ? file.tolerance['probability_absolute'] : file.tolerance['margin_absolute'],
  );
  const found: string[] = [];
  const compare = (name: string, actual: unknown, wanted: unknown, tolerance: Tolerance): void => {
    if (wanted !== undefined) found.push(...differences(actual, wanted, tolerance, name));
  };
  compare('probe_margin', eachRow(model, probe, predictMargin), expected.probe_margin, margin);
  compare('probe_margin written anew', eachRow(again, probe, predictMargin), expected.probe_margin, margin);
  compare('probe_prediction', eachRow(model, probe, predictProbability), expected.probe_prediction, probability);
  compare('probe_leaf', eachRow(model, probe, predictLeaves), expected.probe_leaf, absolute(0));
  compare('train_margin', eachRow(model, train, predictMargin), expected.train_margin, margin);
  const explained = eachRow(model, probe, featureContributions).slice(
    0,
    expected.probe_contributions_first_5?.length ?? 0,
  );
  compare('probe_contributions', explained, expected.probe_contributions_first_5, margin);
  found.push(...compareImportance(model, expected), ...compareEvaluation(model, { input, expected }, margin));
  return found;
}

/** The features that splits use, by XGBoost's names for features without names. */
function byName(values: Float64Array, splits: Float64Array): Record<string, number> {
  const used = Array.from(values.keys()).filter((feature) => splits[feature] > 0);
  return Object.fromEntries(used.map((feature) => [`f${feature}`, values[feature]]));
}

function compareImportance(model: BoostingModel, expected: VectorCase['expected']): string[] {
  const importance = featureImportance(model);
  const tolerance = { absolute: 1e-5, relative: 1e-5 };
  const pairs: [string, Float64Array][] = [
    ['gain_importance', importance.gain],
    ['total_gain_importance', importance.totalGain],
    ['weight_importance', importance.splits],
    ['cover_importance', importance.cover],
  ];
  return pairs.flatMap(([name, values]) =>
    expected[name] === undefined ? [] : differences(byName(values, importance.splits), expected[name], tolerance, name),
  );
}

/** The metric after each round on training and validation rows. */
function compareEvaluation(
  model: BoostingModel,
  { input, expected }: { input: any; expected: any },
  tolerance: Tolerance,
): string[] {
  const found: string[] = [];
  for (const [name, rows, labels, weight] of [
    ['train', input.X_train, input.y_train, input.weights],
    ['valid', input.X_valid, input.y_valid, null],
  ]) {
    const wanted = expected.evaluation?.[name];
    if (wanted === undefined) continue;
    const curve = Object.values(wanted)[0] as number[];
    const x = matrixFromRows(rows);
    const actual = curve.map((_, round) =>
      objectiveMetric({
        objective: model.objective,
        margin: Float32Array.from(eachRow(firstTrees(model, round + 1), x, predictMargin)),
        y: Float32Array.from(labels as number[]),
        weight: weight === null || weight === undefined ? new Float32Array(x.rows).fill(1) : Float32Array.from(weight),
      }),
    );
    found.push(...differences(actual, curve, tolerance, `evaluation.${name}`));
  }
  return found;
}

function trainLike(input: any): BoostingModel {
  const { params } = input;
  const weight = input.weights ?? undefined;
  return trainBoosting({
    train: { x: matrixFromRows(input.X_train), y: input.y_train, ...(weight === undefined ? {} : { weight }) },
    seed: String(params.seed ?? 0),
    objective: params.objective ?? 'binary:logistic',
    baseScore: params.base_score ?? 0.5,
    scalePosWeight: params.scale_pos_weight ?? 1,
    cuts: cutsOf(params.tree_method),
    params: {
      trees: input.rounds ?? params.rounds,
      maxDepth: params.max_depth ?? 6,
      learningRate: params.eta ?? params.learning_rate ?? 0.3,
      lambda: params.lambda ?? params.reg_lambda ?? 1,
      alpha: params.alpha ?? params.reg_alpha ?? 0,
      gamma: params.gamma ?? params.min_split_loss ?? 0,
      minChildWeight: params.min_child_weight ?? 1,
      rowSampling: 1,
      columnSampling: 1,
      maxBins: params.max_bin ?? 256,
      earlyStoppingRounds: 0,
    },
  }).model;
}

const cutsOf = (method: unknown): CutRule => (method === 'exact' ? 'exact' : 'histogram');

/** Trained here with the same settings, the trees must give the same training margins, and with exact cuts have the same splits. */
function compareTraining({ input, expected }: VectorCase, file: VectorFile): string[] {
  const trained = trainLike(input);
  const train = matrixFromRows(input.X_train);
  const margin = absolute(file.tolerance['margin_absolute']);
  const found = differences(
    eachRow(trained, train, predictMargin),
    expected.train_margin,
    margin,
    'trained train_margin',
  );
  if (cutsOf(input.params.tree_method) !== 'exact') return found;
  const reference = modelFromXgboostJson(expected.model);
  const trainedTrees = treesOf(trained);
  treesOf(reference).forEach((tree, index) => {
    const wanted = splitsOf(tree);
    found.push(...differences(splitsOf(trainedTrees[index]), wanted, absolute(1e-5), `trained tree ${index}`));
  });
  const probe = matrixFromRows(input.X_probe);
  found.push(
    ...differences(eachRow(trained, probe, predictMargin), expected.probe_margin, margin, 'trained probe_margin'),
  );
  return found;
}

/** The reachable nodes breadth first: feature and threshold of a split, output of a leaf. */
function splitsOf(tree: BoostingTree): (number | null)[][] {
  const open = [0];
  const nodes: (number | null)[][] = [];
  for (let at = 0; at < open.length; at += 1) {
    const node = open[at];
    const isLeaf = tree.left[node] < 0;
    nodes.push([isLeaf ? null : tree.feature[node], tree.value[node]]);
    if (!isLeaf) open.push(tree.left[node], tree.right[node]);
  }
  return nodes;
}

function compareEarlyStopping({ input, expected }: VectorCase): string[] {
  const curve: number[] = input.validation_logloss;
  let state = NOTHING_SEEN;
  for (const metric of curve) if (!state.hasStopped) state = afterRound(state, metric, input.patience);
  return differences({ best_iteration: state.bestRound, rounds_run: state.rounds }, expected, absolute(0));
}

const sum = (values: Float64Array, to = values.length): number => values.subarray(0, to).reduce((a, b) => a + b, 0);

/** Every candidate of one feature at p = 0.5, scored by the product; and the search must find the best of them. */
function compareSplitTable({ input, expected }: VectorCase, file: VectorFile): string[] {
  const x = matrixFromRows(input.x.map((value: number | null) => [value]));
  const rules = {
    bins: binFeatures(x, 'exact', 256),
    cuts: 'exact' as const,
    lambda: input.lambda ?? 1,
    alpha: input.alpha ?? 0,
    minChildWeight: input.min_child_weight ?? 0,
  };
  const histogram = {
    gradient: new Float64Array(rules.bins.slotCount),
    hessian: new Float64Array(rules.bins.slotCount),
  };
  input.y.forEach((label: number, row: number) => {
    histogram.gradient[rules.bins.slots[row]] += 0.5 - label;
    histogram.hessian[rules.bins.slots[row]] += 0.25;
  });
  const missing = rules.bins.slotCount - 1;
  const total = { g: sum(histogram.gradient), h: sum(histogram.hessian) };
  const candidates = Array.from({ length: missing - 1 }, (_, slot) => slot).flatMap((slot) =>
    [true, false].map((defaultLeft) => {
      const g = sum(histogram.gradient, slot + 1) + (defaultLeft ? histogram.gradient[missing] : 0);
      const h = sum(histogram.hessian, slot + 1) + (defaultLeft ? histogram.hessian[missing] : 0);
      return {
        threshold: (rules.bins.lower[slot] + rules.bins.lower[slot + 1]) / 2,
        default_left: defaultLeft,
        G_left: g,
        H_left: h,
        G_right: total.g - g,
        H_right: total.h - h,
        loss_change:
          nodeScore(rules, g, h) + nodeScore(rules, total.g - g, total.h - h) - nodeScore(rules, total.g, total.h),
      };
    }),
  );
  const tolerance = absolute(file.tolerance['margin_absolute']);
  const best = createBestSplit();
  findBestSplit(rules, { histogram, columns: new Int32Array([0]), gradient: total.g, hessian: total.h }, best);
  const highest = Math.max(...expected.candidates.map((candidate: any) => candidate.loss_change));
  const found = differences({ candidates }, expected, tolerance);
  if (best.gain < highest - tolerance.absolute)
    found.push(`the search found a gain of ${best.gain} instead of ${highest}`);
  return found;
}

/** A histogram learner need not grow XGBoost's trees, but must be as good on unseen rows. */
function compareQuality({ input, expected }: VectorCase, file: VectorFile): string[] {
  const model = trainLike(input);
  const probabilities = eachRow(model, matrixFromRows(input.X_test), predictProbability);
  const metrics = classifierMetrics(probabilities, input.y_test);
  const allowed: number = file.tolerance['quality_absolute'];
  const found: string[] = [];
  if (metrics.logLoss > expected.xgboost.log_loss + allowed) {
    found.push(`log-loss ${metrics.logLoss} against ${expected.xgboost.log_loss}`);
  }
  if (metrics.auc === undefined || metrics.auc < expected.xgboost.auc - allowed) {
    found.push(`AUC ${metrics.auc} against ${expected.xgboost.auc}`);
  }
  return found;
}
