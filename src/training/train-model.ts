// How does a window of history become a meta-model? Purged split, uniqueness weights, fit, calibration, edge scale, card.
import { PerpilotError } from '../domain/errors.ts';
import { classifierMetrics, type ClassifierMetrics } from '../learning/classifier-metrics.ts';
import type { EnsembleModel } from '../learning/ensemble.ts';
import { createEnsembleFitter, type EnsembleParams, type FittedEnsemble } from '../learning/fit-ensemble.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Dataset } from './dataset.ts';
import { edgeScaleOf } from './edge-scale.ts';
import type { ModelCard } from './model-card.ts';
import { identified } from './model-content.ts';
import type { ModelParams } from './model-params.ts';
import { trainingRows, type TrainingRows, type TrainingWindow } from './training-rows.ts';

export interface TrainedModel {
  readonly model: MetaModel;
  readonly card: ModelCard;
}

/** Trains with the given settings. */
export type Trainer = (params: ModelParams) => TrainedModel;

/**
 * Trains on the first part of the window, calibrates and measures on its last part; neither part holds a label that
 * reaches into what follows. Deterministic by `seed`.
 * @throws PerpilotError TRAINING_FAILED with too few usable labels or only one class
 */
export function trainModel(
  dataset: Dataset,
  window: TrainingWindow,
  { params, seed }: { readonly params: ModelParams; readonly seed: string },
): TrainedModel {
  return createTrainer(dataset, window, seed)(params);
}

/**
 * Trains as `trainModel` does, with any number of settings on one window: what they share of rows and fitted members is
 * made once and kept, and every model is the one that it would be alone.
 */
export function createTrainer(dataset: Dataset, window: TrainingWindow, seed: string): Trainer {
  const prepared = new Map<string, Prepared>();
  return (params) => {
    const { validationFraction, sampleWeights, classWeights } = params;
    const key = JSON.stringify([validationFraction, sampleWeights, classWeights]);
    const own = prepared.get(key) ?? prepare({ dataset, window, seed }, params);
    prepared.set(key, own);
    return compose(own, params);
  };
}

interface Task {
  readonly dataset: Dataset;
  readonly window: TrainingWindow;
  readonly seed: string;
}

/** What a model was trained on. */
export interface TrainedRows extends Task {
  readonly rows: TrainingRows;
  /** Of all symbols that were learnt from together; missing: the symbol's own counts. */
  readonly pooledAuc?: number | undefined;
}

/** What models of the same rows share. */
interface Prepared extends TrainedRows {
  readonly fit: (params: EnsembleParams) => FittedEnsemble;
}

function prepare(task: Task, params: ModelParams): Prepared {
  const { dataset, window, seed } = task;
  const rows = trainingRows(dataset, window, params);
  const { train, validation } = rows;
  return { ...task, rows, fit: createEnsembleFitter({ train, validation, featureNames: dataset.names, seed }) };
}

function compose(prepared: Prepared, params: ModelParams): TrainedModel {
  refuseTooFew(prepared.rows.outcomes.label.length, params);
  return composeModel(prepared, prepared.fit(params), params);
}

/** @throws PerpilotError TRAINING_FAILED */
export function refuseTooFew(usable: number, { minTrainSamples }: ModelParams): void {
  if (usable >= minTrainSamples) return;
  const needed = `${minTrainSamples} are needed (model.min_train_samples)`;
  throw new PerpilotError('TRAINING_FAILED', `${usable} usable labels, ${needed}`);
}

/** The model of a fitted ensemble and the rows of its symbol. */
export function composeModel(
  prepared: TrainedRows,
  { model: ensemble, predictions }: FittedEnsemble,
  params: ModelParams,
): TrainedModel {
  const { validation, outcomes } = prepared.rows;
  const metrics = measureEnsemble(ensemble, predictions, validation.y);
  const rankedBy = prepared.pooledAuc ?? metrics.auc;
  const edge = edgeScaleOf(outcomes, { predictions, effectiveSamples: validation.effective });
  const model = identified({
    schemaHash: prepared.dataset.schemaHash,
    ensemble,
    edge,
    skilled: rankedBy !== undefined && rankedBy > 0.5 && !isTurnedOver(ensemble),
    baseRate: outcomes.baseRate,
    validatedWinRate: Math.max(shareOfOnes(validation.y), edge.breakEven),
  });
  return { model, card: cardOf(prepared, { model, metrics, leakAlarmAuc: params.leakAlarmAuc }) };
}

/**
 * Metrics with the area under the curve of the ensemble's own ranking. A sigmoid fitted to rows that the ensemble ranks
 * the wrong way round turns it over, and the calibrated ranking of noise would look like skill on the very rows it was
 * calibrated on.
 */
export function measureEnsemble(
  ensemble: EnsembleModel,
  predictions: Float64Array,
  labels: Uint8Array,
): ClassifierMetrics {
  const metrics = classifierMetrics(predictions, labels);
  return isTurnedOver(ensemble) && metrics.auc !== undefined ? { ...metrics, auc: 1 - metrics.auc } : metrics;
}

/** Whether higher scores of the ensemble give lower probabilities. */
function isTurnedOver({ calibrator }: EnsembleModel): boolean {
  return calibrator.kind === 'platt' && calibrator.platt.slope > 0;
}

function shareOfOnes(labels: Uint8Array): number {
  let ones = 0;
  for (let index = 0; index < labels.length; index += 1) ones += labels[index];
  return ones / labels.length;
}

interface Measured {
  readonly model: MetaModel;
  readonly metrics: ClassifierMetrics;
  readonly leakAlarmAuc: number;
}

function cardOf({ dataset, window, seed, rows }: TrainedRows, { model, metrics, leakAlarmAuc }: Measured): ModelCard {
  const { border, train, validation } = rows;
  return {
    modelId: model.id,
    symbol: dataset.symbol,
    schemaHash: dataset.schemaHash,
    features: dataset.names,
    seed,
    trainFrom: window.start,
    trainUntil: border,
    validationUntil: window.end,
    trainSamples: train.y.length,
    validationSamples: validation.y.length,
    effectiveTrainSamples: train.effective,
    effectiveValidationSamples: validation.effective,
    baseRate: model.baseRate,
    breakEven: model.edge.breakEven,
    spread: model.edge.spread,
    skilled: model.skilled,
    validationAuc: metrics.auc,
    validationLogLoss: metrics.logLoss,
    validationBrier: metrics.brier,
    validationBrierSkill: metrics.brierSkill,
    leakSuspected: metrics.auc !== undefined && metrics.auc > leakAlarmAuc,
  };
}
