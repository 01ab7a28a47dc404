// How is an ensemble fitted? Its members to the training rows, its calibrator to later ones; members that settings share, once.
import { PerpilotError } from '../domain/errors.ts';
import { trainBaggedBoosting } from './bagged-boosting.ts';
import type { BoostingParams } from './boosting-input.ts';
import type { BoostingModel } from './boosting-model.ts';
import { calibrate, fitCalibrator } from './calibration.ts';
import type { CalibrationMethod } from './calibration.ts';
import { blended, isKnownRow } from './ensemble.ts';
import type { EnsembleModel } from './ensemble.ts';
import { fitLogistic, logisticProbability } from './logistic-regression.ts';
import type { LogisticModel } from './logistic-regression.ts';
import { firstInfinity } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import { predictProbability } from './predict-boosting.ts';

/** The part of the section `model` of the configuration that fitting uses. */
export interface EnsembleParams {
  /** False: boosting alone. */
  readonly ensemble: boolean;
  /** Weights of the blend; only their ratio counts. */
  readonly boostingWeight: number;
  readonly logisticWeight: number;
  readonly calibration: CalibrationMethod;
  /** Boosting models averaged into one. */
  readonly bags: number;
  readonly boosting: BoostingParams;
  readonly logistic: { readonly inverseRegularization: number };
}

/** Rows of features with 0/1 labels and weights of at least 0, in the order of time. NaN in `x` is missing. */
export interface LabeledRows {
  readonly x: Matrix;
  readonly y: Uint8Array;
  readonly weight: Float64Array;
}

export interface EnsembleData {
  readonly train: LabeledRows;
  /** Later rows, purged from `train`: the calibrator (and early stopping, if on) sees these only. */
  readonly validation: LabeledRows;
  readonly featureNames: readonly string[];
  readonly seed: string;
}

/** A model with what it says of the validation rows: `predictEnsemble` of each, which fitting knows already. */
export interface FittedEnsemble {
  readonly model: EnsembleModel;
  readonly predictions: Float64Array;
}

/** A member with its probabilities for the validation rows. */
interface Member<Model> {
  readonly model: Model;
  readonly probabilities: Float64Array;
}

/**
 * A function that fits boosting and logistic regression to the training rows and the calibrator to the validation rows.
 * A member is kept and shared by all settings that it would come out the same for. The same data and settings give the
 * same model, bit for bit, whatever was fitted before.
 * @throws PerpilotError TRAINING_FAILED (the function) with the reason: no rows, one class only, settings nothing can be
 * trained with
 */
export function createEnsembleFitter(data: EnsembleData): (params: EnsembleParams) => FittedEnsemble {
  const { train, validation, featureNames } = data;
  const boosters = new Map<string, Member<BoostingModel>>();
  const regressions = new Map<number, Member<LogisticModel>>();
  return (params) => {
    checkRows(train, 'training', featureNames.length);
    checkRows(validation, 'validation', featureNames.length);
    const boostingShare = blendShare(params);
    const { bags, boosting, calibration } = params;
    const boosted = kept(boosters, JSON.stringify([bags, boosting]), () => boostingMember(data, params));
    const { inverseRegularization } = params.logistic;
    const regressed = params.ensemble
      ? kept(regressions, inverseRegularization, () => logisticMember(data, inverseRegularization))
      : undefined;
    const scores = boosted.probabilities.map((probability, row) =>
      regressed === undefined ? probability : blended(boostingShare, probability, regressed.probabilities[row]),
    );
    const calibrator = fitCalibrator({ scores, labels: validation.y, weight: validation.weight }, calibration);
    const mayBeMissing = missingColumns(train.x);
    const { values, columns } = validation.x;
    const predictions = scores.map((score, row) =>
      isKnownRow({ mayBeMissing }, values, row * columns) ? calibrate(calibrator, score) : NaN,
    );
    const model = {
      featureNames: [...featureNames],
      mayBeMissing,
      boosting: boosted.model,
      logistic: regressed?.model,
      boostingShare,
      calibrator,
    };
    return { model, predictions };
  };
}

/** What `known` holds for `key`; made and put there when it is missing. */
function kept<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function boostingMember(
  { train, validation, featureNames, seed }: EnsembleData,
  { bags, boosting }: EnsembleParams,
): Member<BoostingModel> {
  const model = trainBaggedBoosting(
    {
      train,
      ...(boosting.earlyStoppingRounds > 0 ? { validation } : {}),
      params: boosting,
      seed,
      baseScore: weightedBaseRate(train),
      featureNames,
    },
    bags,
  );
  return {
    model,
    probabilities: forEachRow(validation.x, (offset, values) => predictProbability(model, values, offset)),
  };
}

function logisticMember({ train, validation }: EnsembleData, inverseRegularization: number): Member<LogisticModel> {
  const { model } = fitLogistic({ ...train, standardised: true, inverseRegularization });
  return {
    model,
    probabilities: forEachRow(validation.x, (offset, values) => logisticProbability(model, values, offset)),
  };
}

function forEachRow(x: Matrix, probabilityAt: (offset: number, values: Float64Array) => number): Float64Array {
  const probabilities = new Float64Array(x.rows);
  for (let row = 0; row < x.rows; row += 1) probabilities[row] = probabilityAt(row * x.columns, x.values);
  return probabilities;
}

function blendShare(params: EnsembleParams): number {
  if (!params.ensemble) return 1;
  const { boostingWeight, logisticWeight } = params;
  const sum = boostingWeight + logisticWeight;
  if (boostingWeight >= 0 && logisticWeight >= 0 && sum > 0 && Number.isFinite(sum)) return boostingWeight / sum;
  throw failed(`the weights of the ensemble must be at least 0 and not both 0: ${boostingWeight}, ${logisticWeight}`);
}

function failed(reason: string): PerpilotError {
  return new PerpilotError('TRAINING_FAILED', reason);
}

function checkRows(rows: LabeledRows, name: string, features: number): void {
  const { x, y, weight } = rows;
  if (x.rows === 0) throw failed(`there are no ${name} rows`);
  if (x.columns !== features) throw failed(`the ${name} rows have ${x.columns} features for ${features} names`);
  if (y.length !== x.rows || weight.length !== x.rows) {
    throw failed(`${x.rows} ${name} rows have ${y.length} labels and ${weight.length} weights`);
  }
  const infinity = firstInfinity(x);
  if (infinity !== undefined) {
    throw failed(`the ${name} rows: row ${infinity.row}, feature ${infinity.column} is infinite`);
  }
  if (!weight.every((one) => one >= 0 && Number.isFinite(one))) throw failed(`a weight of the ${name} rows is below 0`);
  const rate = weightedBaseRate(rows);
  if (!(rate > 0 && rate < 1)) throw failed(`all ${x.rows} labels of the ${name} rows with weight are of one class`);
}

/** Weighted share of label 1; NaN without any weight. */
function weightedBaseRate(rows: LabeledRows): number {
  let positive = 0;
  let total = 0;
  for (let row = 0; row < rows.x.rows; row += 1) {
    if (rows.y[row] === 1) positive += rows.weight[row];
    total += rows.weight[row];
  }
  return positive / total;
}

function missingColumns(x: Matrix): Uint8Array {
  const missing = new Uint8Array(x.columns);
  for (let index = 0; index < x.values.length; index += 1) {
    if (Number.isNaN(x.values[index])) missing[index % x.columns] = 1;
  }
  return missing;
}
