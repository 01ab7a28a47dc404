// How is a model made that is to trade? Of one symbol alone or of many together, each with the profile that goes with it.
import { PerpilotError } from '../domain/errors.ts';
import { createEnsembleFitter, type FittedEnsemble } from '../learning/fit-ensemble.ts';
import { fixLastFeatures } from '../learning/fix-features.ts';
import type { LabelingParams } from '../strategy/triple-barrier.ts';
import type { Dataset } from './dataset.ts';
import type { HistoryFacts } from './history-policy.ts';
import type { ModelParams } from './model-params.ts';
import { profileOf, type ModelProfile } from './model-profile.ts';
import { composeModel, measureEnsemble, refuseTooFew, trainModel, type TrainedModel } from './train-model.ts';
import {
  balanced,
  joinedRows,
  trainingRows,
  type SelectedRows,
  type TrainingRows,
  type TrainingWindow,
} from './training-rows.ts';

/** One symbol's samples, and the history they were taken from. */
export interface TradeDataset {
  readonly dataset: Dataset;
  readonly history: HistoryFacts;
}

export interface TradeTraining {
  readonly window: TrainingWindow;
  readonly params: ModelParams;
  readonly labels: LabelingParams;
  /** Of the whole training; every symbol's own follows from it. */
  readonly seed: string;
}

export interface ProfiledModel extends TrainedModel {
  readonly profile: ModelProfile;
}

/**
 * Trains on one symbol alone, as research does in its folds.
 * @throws PerpilotError TRAINING_FAILED as `trainModel`, and when no feature tells anything because none ever changes
 */
export function trainAlone({ dataset, history }: TradeDataset, training: TradeTraining): ProfiledModel {
  const { window, params, labels } = training;
  const seed = seedOf(training, dataset.symbol);
  const { train, validation } = trainingRows(dataset, window, params);
  refuseSameFeatures(dataset.names, train);
  const trained = trainModel(dataset, window, { params, seed });
  const { model } = trained;
  const about = { features: dataset.names, history, labels, symbols: [dataset.symbol], seed };
  return { ...trained, profile: profileOf({ model, train, validation, ...about }) };
}

/** A model of one symbol out of many, or why there is none. */
export type JointOutcome =
  | { readonly symbol: string; readonly trained: ProfiledModel }
  | { readonly symbol: string; readonly reason: string };

/**
 * Trains one model on all symbols, with a feature per symbol that says whose row it is. Each symbol gets that model with
 * its own such features put in: it needs the features of the strategy only, and has its own break-even and figures.
 * @throws PerpilotError TRAINING_FAILED when the symbols together cannot be learnt from
 */
export function trainJointly(parts: readonly TradeDataset[], training: TradeTraining): JointOutcome[] {
  const { window, params } = training;
  const sorted = parts.toSorted((a, b) => (a.dataset.symbol < b.dataset.symbol ? -1 : 1));
  const symbols = sorted.map(({ dataset }) => dataset.symbol);
  const own = sorted.map(({ dataset }) => trainingRows(dataset, window, { ...params, classWeights: 'none' }));
  refuseTooFew(
    own.reduce((sum, { outcomes }) => sum + outcomes.label.length, 0),
    params,
  );
  const train = joinedRows(own.map((rows, index) => withSymbol(rows.train, index, symbols.length)));
  const validation = joinedRows(own.map((rows, index) => withSymbol(rows.validation, index, symbols.length)));
  const { names } = sorted[0].dataset;
  refuseSameFeatures(names, train);
  const fitted = createEnsembleFitter({
    train: params.classWeights === 'none' ? train : balanced(train),
    validation,
    featureNames: [...names, ...symbols.map((symbol) => `symbol=${symbol}`)],
    seed: seedOf(training, symbols.join('+')),
  })(params);
  const pooledAuc = measureEnsemble(fitted.model, fitted.predictions, validation.y).auc;
  let from = 0;
  return sorted.map((part, index) => {
    const rows = own[index];
    const predictions = fitted.predictions.subarray(from, (from += rows.validation.y.length));
    const model = fixLastFeatures(fitted.model, encoded(index, symbols.length));
    return jointModel({ part, rows, fitted: { model, predictions }, symbols, pooledAuc }, training);
  });
}

interface JointPart {
  readonly part: TradeDataset;
  readonly rows: TrainingRows;
  readonly fitted: FittedEnsemble;
  readonly symbols: readonly string[];
  readonly pooledAuc: number | undefined;
}

function jointModel({ part, rows, fitted, symbols, pooledAuc }: JointPart, training: TradeTraining): JointOutcome {
  const { dataset, history } = part;
  const { train, validation, outcomes } = rows;
  const { symbol } = dataset;
  if (!hasBothClasses(outcomes.label) || validation.y.length === 0) {
    return {
      symbol,
      reason: `its ${outcomes.label.length} usable labels are of one class, or none is in the validation part`,
    };
  }
  const { window, params, labels } = training;
  const seed = seedOf(training, symbols.join('+'));
  const trained = composeModel({ dataset, window, seed, rows, pooledAuc }, fitted, params);
  const about = { features: dataset.names, history, labels, symbols, seed };
  const profile = profileOf({ model: trained.model, train, validation, ...about });
  return { symbol, trained: { ...trained, profile } };
}

function seedOf({ seed, window }: TradeTraining, whose: string): string {
  return `${seed}/${whose}/${window.start}-${window.end}`;
}

/** 1 at the symbol's own place. */
function encoded(index: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => (at === index ? 1 : 0));
}

function withSymbol(rows: SelectedRows, index: number, count: number): SelectedRows {
  const { x } = rows;
  const columns = x.columns + count;
  const values = new Float64Array(x.rows * columns);
  const code = encoded(index, count);
  for (let row = 0; row < x.rows; row += 1) {
    values.set(x.values.subarray(row * x.columns, (row + 1) * x.columns), row * columns);
    values.set(code, row * columns + x.columns);
  }
  return { ...rows, x: { rows: x.rows, columns, values } };
}

function hasBothClasses(labels: Uint8Array): boolean {
  return labels.includes(0) && labels.includes(1);
}

/** @throws PerpilotError TRAINING_FAILED when every feature is the same in all rows, or missing in all of them */
function refuseSameFeatures(names: readonly string[], { x }: SelectedRows): void {
  if (x.rows === 0) return;
  const tells = names.some((_, feature) => {
    const first = x.values[feature];
    for (let row = 1; row < x.rows; row += 1) if (!Object.is(x.values[row * x.columns + feature], first)) return true;
    return false;
  });
  if (tells) return;
  throw new PerpilotError(
    'TRAINING_FAILED',
    `all ${names.length} features are constant or missing in all ${x.rows} rows`,
  );
}
