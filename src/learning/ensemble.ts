// How likely is label 1 by the whole ensemble? Boosting and logistic regression, blended, calibrated and stored as JSON.
import { PerpilotError } from '../domain/errors.ts';
import { calibrate } from './calibration.ts';
import type { CalibrationMethod, Calibrator } from './calibration.ts';
import type { BoostingModel } from './boosting-model.ts';
import { member, readNumber, readNumbers, readText, readTexts, refuse } from './json-reader.ts';
import type { JsonPlace } from './json-reader.ts';
import { logisticProbability } from './logistic-regression.ts';
import type { LogisticModel } from './logistic-regression.ts';
import { predictProbability } from './predict-boosting.ts';
import { modelFromXgboostJson, modelToXgboostJson } from './xgboost-json.ts';

const FORMAT = 'perpilot-ensemble';
const VERSION = 1;

export interface EnsembleModel {
  readonly featureNames: readonly string[];
  /** 1 for features that were missing in at least one training row; the others must be present at prediction. */
  readonly mayBeMissing: Uint8Array;
  readonly boosting: BoostingModel;
  /** Undefined: boosting alone. */
  readonly logistic: LogisticModel | undefined;
  /** Share of boosting in the blend, 0 to 1. */
  readonly boostingShare: number;
  readonly calibrator: Calibrator;
}

/**
 * The calibrated probability of label 1 for the row of features that starts at `offset`. NaN (undefined) when a feature is
 * infinite, or missing though it never was in training: the model knows nothing about such a row. Allocates nothing.
 */
export function predictEnsemble(model: EnsembleModel, values: Float64Array, offset: number): number {
  return isKnownRow(model, values, offset) ? calibrate(model.calibrator, blend(model, values, offset)) : NaN;
}

/** Whether the model knows anything about the row of features that starts at `offset`. Allocates nothing. */
export function isKnownRow(
  { mayBeMissing }: Pick<EnsembleModel, 'mayBeMissing'>,
  values: Float64Array,
  offset: number,
): boolean {
  for (let feature = 0; feature < mayBeMissing.length; feature += 1) {
    const value = values[offset + feature];
    if (value - value !== 0 && !(value !== value && mayBeMissing[feature] === 1)) return false;
  }
  return true;
}

type Blend = Pick<EnsembleModel, 'boosting' | 'logistic' | 'boostingShare'>;

function blend(model: Blend, values: Float64Array, offset: number): number {
  const boosted = predictProbability(model.boosting, values, offset);
  if (model.logistic === undefined) return boosted;
  return blended(model.boostingShare, boosted, logisticProbability(model.logistic, values, offset));
}

/** The probability of both members together, not calibrated yet; `share` of boosting, 0 to 1. */
export function blended(share: number, boosted: number, regressed: number): number {
  return share * boosted + (1 - share) * regressed;
}

/** The model as a JSON value; equal models give equal texts through `JSON.stringify`. */
export function ensembleToJson(model: EnsembleModel): unknown {
  const { calibrator, logistic } = model;
  return {
    format: FORMAT,
    version: VERSION,
    featureNames: [...model.featureNames],
    mayBeMissing: Array.from(model.mayBeMissing),
    boostingShare: model.boostingShare,
    calibrator:
      calibrator.kind === 'platt'
        ? { kind: 'platt', requested: calibrator.requested, ...calibrator.platt }
        : {
            kind: 'isotonic',
            requested: calibrator.requested,
            x: Array.from(calibrator.curve.x),
            y: Array.from(calibrator.curve.y),
          },
    logistic: logistic === undefined ? null : logisticToJson(logistic),
    boosting: modelToXgboostJson(model.boosting),
  };
}

function logisticToJson(logistic: LogisticModel): unknown {
  const { scaler } = logistic;
  return {
    intercept: logistic.intercept,
    coefficients: Array.from(logistic.coefficients),
    mean: scaler === undefined ? null : Array.from(scaler.mean),
    scale: scaler === undefined ? null : Array.from(scaler.scale),
  };
}

/**
 * Reads a parsed document.
 * @throws PerpilotError MODEL_CORRUPT on damage, MODEL_INCOMPATIBLE when the features have other names or another order
 */
export function ensembleFromJson(document: unknown, expectedFeatureNames: readonly string[]): EnsembleModel {
  const root = { value: document, path: 'ensemble' };
  const format = member(root, 'format');
  if (readText(format) !== FORMAT) refuse(format, `must be '${FORMAT}'`);
  const version = member(root, 'version');
  if (readNumber(version) !== VERSION) refuse(version, `must be ${VERSION}`);
  const featureNames = readTexts(member(root, 'featureNames'));
  refuseOtherFeatures(featureNames, expectedFeatureNames);
  const boostingPlace = member(root, 'boosting');
  const boosting = modelFromXgboostJson(boostingPlace.value);
  if (boosting.featureCount !== featureNames.length || boosting.objective !== 'binary:logistic') {
    refuse(boostingPlace, `must be a binary:logistic model of ${featureNames.length} features`);
  }
  const sharePlace = member(root, 'boostingShare');
  const boostingShare = readNumber(sharePlace);
  if (boostingShare < 0 || boostingShare > 1) refuse(sharePlace, 'must be between 0 and 1');
  const logisticPlace = member(root, 'logistic');
  return {
    featureNames,
    mayBeMissing: readFlags(member(root, 'mayBeMissing'), featureNames.length),
    boosting,
    logistic: logisticPlace.value === null ? undefined : readLogistic(logisticPlace, featureNames.length),
    boostingShare,
    calibrator: readCalibrator(member(root, 'calibrator')),
  };
}

function refuseOtherFeatures(stored: readonly string[], expected: readonly string[]): void {
  const length = Math.max(stored.length, expected.length);
  for (let index = 0; index < length; index += 1) {
    if (stored[index] === expected[index]) continue;
    throw new PerpilotError(
      'MODEL_INCOMPATIBLE',
      `the model was made for other features: feature ${index} is '${stored[index] ?? 'none'}' in the model, ` +
        `'${expected[index] ?? 'none'}' here`,
    );
  }
}

function readFlags(place: JsonPlace, length: number): Uint8Array {
  const flags = readNumbers(place, length);
  if (flags.some((flag) => flag !== 0 && flag !== 1)) refuse(place, 'must hold 0 and 1 only');
  return Uint8Array.from(flags);
}

function readLogistic(place: JsonPlace, features: number): LogisticModel {
  const mean = member(place, 'mean');
  const scale = member(place, 'scale');
  const model = {
    intercept: readNumber(member(place, 'intercept')),
    coefficients: readNumbers(member(place, 'coefficients'), features),
  };
  if (mean.value === null && scale.value === null) return { ...model, scaler: undefined };
  const scaler = { mean: readNumbers(mean, features), scale: readNumbers(scale, features) };
  if (scaler.scale.some((one) => !(one > 0))) refuse(scale, 'must be above 0');
  return { ...model, scaler };
}

function readMethod(place: JsonPlace): CalibrationMethod {
  const method = readText(place);
  return method === 'platt' || method === 'isotonic' ? method : refuse(place, "must be 'platt' or 'isotonic'");
}

function readCalibrator(place: JsonPlace): Calibrator {
  const requested = readMethod(member(place, 'requested'));
  if (readMethod(member(place, 'kind')) === 'platt') {
    const platt = { slope: readNumber(member(place, 'slope')), offset: readNumber(member(place, 'offset')) };
    return { kind: 'platt', requested, platt };
  }
  const x = readNumbers(member(place, 'x'));
  const y = readNumbers(member(place, 'y'), x.length);
  if (x.length === 0) refuse(place, 'the curve has no points');
  for (let index = 0; index < x.length; index += 1) {
    if (index > 0 && !(x[index] > x[index - 1] && y[index] >= y[index - 1])) refuse(place, 'the curve does not rise');
    if (y[index] < 0 || y[index] > 1) refuse(place, 'the curve leaves 0 to 1');
  }
  return { kind: 'isotonic', requested, curve: { x, y } };
}
