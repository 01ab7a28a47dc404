// How does a window of history become a meta-model? Purged split, uniqueness weights, fit, calibration, edge scale, card.
import { PerpilotError } from '../domain/errors.ts';
import { classifierMetrics, type ClassifierMetrics } from '../learning/classifier-metrics.ts';
import { fitEnsemble, predictEnsemble, type EnsembleModel, type LabeledRows } from '../learning/ensemble.ts';
import { averageUniqueness, effectiveSamples } from '../strategy/label-weights.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Dataset } from './dataset.ts';
import { edgeScaleOf } from './edge-scale.ts';
import type { ModelCard } from './model-card.ts';
import { identified } from './model-content.ts';
import type { ModelParams } from './model-params.ts';

/** A training window, epoch milliseconds: samples decided in [start, end) whose outcome is known `embargoMs` before the end. */
export interface TrainingWindow {
  readonly start: number;
  readonly end: number;
  readonly embargoMs: number;
}

export interface TrainedModel {
  readonly model: MetaModel;
  readonly card: ModelCard;
}

/**
 * Trains on the first part of the window, calibrates and measures on its last part; neither part holds a label that
 * reaches into what follows. Deterministic by `seed`.
 * @throws PerpilotError TRAINING_FAILED with too few usable labels or only one class
 */
export function trainModel(
  dataset: Dataset,
  window: TrainingWindow,
  options: { params: ModelParams; seed: string },
): TrainedModel {
  const { params, seed } = options;
  const border = window.end - params.validationFraction * (window.end - window.start);
  const trainRows = usableSamples(dataset, { start: window.start, end: border, embargoMs: window.embargoMs });
  const validationRows = usableSamples(dataset, { start: border, end: window.end, embargoMs: window.embargoMs });
  const usable = trainRows.length + validationRows.length;
  if (usable < params.minTrainSamples) {
    throw new PerpilotError(
      'TRAINING_FAILED',
      `${usable} usable labels, ${params.minTrainSamples} are needed (model.min_train_samples)`,
    );
  }
  const train = selectRows(dataset, trainRows, params);
  const validation = selectRows(dataset, validationRows, params);
  const ensemble = fitEnsemble({ train, validation, featureNames: dataset.names, params, seed });
  const predictions = predictAll(ensemble, validation);
  const metrics = measure(ensemble, predictions, validation.y);
  const everything = joined(dataset, [...trainRows, ...validationRows], [...train.weight, ...validation.weight]);
  const edge = edgeScaleOf(everything, { predictions, effectiveSamples: validation.effective });
  const model = identified({
    schemaHash: dataset.schemaHash,
    ensemble,
    edge,
    skilled: metrics.auc !== undefined && metrics.auc > 0.5 && !isTurnedOver(ensemble),
    baseRate: everything.baseRate,
    validatedWinRate: Math.max(shareOfOnes(validation.y), edge.breakEven),
  });
  return { model, card: cardOf({ dataset, window, border, model, metrics, train, validation, options }) };
}

/** Samples decided in [start, end) whose label is defined and known by end - embargo: no label reaches past the border. */
export function usableSamples(dataset: Dataset, window: TrainingWindow): number[] {
  const { label, horizonTime } = dataset.labels;
  const rows: number[] = [];
  for (let row = 0; row < dataset.time.length; row += 1) {
    const time = dataset.time[row];
    if (time < window.start || label[row] < 0) continue;
    if (time >= window.end) break;
    if (horizonTime[row] + window.embargoMs <= window.end) rows.push(row);
  }
  return rows;
}

interface SelectedRows extends LabeledRows {
  /** Sum of average uniqueness: how many independent labels these are worth, however they are weighted. */
  readonly effective: number;
}

function selectRows(dataset: Dataset, rows: readonly number[], params: ModelParams): SelectedRows {
  const { columns, values } = dataset.x;
  const { label, entryIndex, exitIndex } = dataset.labels;
  const x = { rows: rows.length, columns, values: new Float64Array(rows.length * columns) };
  rows.forEach((row, at) => x.values.set(values.subarray(row * columns, (row + 1) * columns), at * columns));
  const uniqueness = averageUniqueness({
    bars: dataset.bars,
    first: rows.map((row) => entryIndex[row]),
    last: rows.map((row) => exitIndex[row]),
  });
  return {
    x,
    y: Uint8Array.from(rows, (row) => label[row]),
    weight: params.sampleWeights === 'uniqueness' ? uniqueness : new Float64Array(rows.length).fill(1),
    effective: effectiveSamples(uniqueness),
  };
}

function predictAll(ensemble: EnsembleModel, { x }: LabeledRows): Float64Array {
  const predictions = new Float64Array(x.rows);
  for (let row = 0; row < x.rows; row += 1) predictions[row] = predictEnsemble(ensemble, x.values, row * x.columns);
  return predictions;
}

/**
 * Metrics with the area under the curve of the ensemble's own ranking. A sigmoid fitted to rows that the ensemble ranks
 * the wrong way round turns it over, and the calibrated ranking of noise would look like skill on the very rows it was
 * calibrated on.
 */
function measure(ensemble: EnsembleModel, predictions: Float64Array, labels: Uint8Array): ClassifierMetrics {
  const metrics = classifierMetrics(predictions, labels);
  return isTurnedOver(ensemble) && metrics.auc !== undefined ? { ...metrics, auc: 1 - metrics.auc } : metrics;
}

/** Whether higher scores of the ensemble give lower probabilities. */
function isTurnedOver({ calibrator }: EnsembleModel): boolean {
  return calibrator.kind === 'platt' && calibrator.platt.slope > 0;
}

interface JoinedSamples {
  readonly label: Uint8Array;
  readonly netReturn: Float64Array;
  readonly weight: readonly number[];
  /** Weighted share of label 1. */
  readonly baseRate: number;
}

/** Outcomes of training and validation together. */
function joined({ labels }: Dataset, rows: readonly number[], weight: readonly number[]): JoinedSamples {
  const label = Uint8Array.from(rows, (row) => labels.label[row]);
  let won = 0;
  let total = 0;
  weight.forEach((each, sample) => {
    won += each * label[sample];
    total += each;
  });
  return { label, netReturn: Float64Array.from(rows, (row) => labels.netReturn[row]), weight, baseRate: won / total };
}

function shareOfOnes(labels: Uint8Array): number {
  let ones = 0;
  for (let index = 0; index < labels.length; index += 1) ones += labels[index];
  return ones / labels.length;
}

interface CardInput {
  readonly dataset: Dataset;
  readonly window: TrainingWindow;
  readonly border: number;
  readonly model: MetaModel;
  readonly metrics: ClassifierMetrics;
  readonly train: SelectedRows;
  readonly validation: SelectedRows;
  readonly options: { readonly params: ModelParams; readonly seed: string };
}

function cardOf({ dataset, window, border, model, metrics, train, validation, options }: CardInput): ModelCard {
  return {
    modelId: model.id,
    symbol: dataset.symbol,
    schemaHash: dataset.schemaHash,
    features: dataset.names,
    seed: options.seed,
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
    leakSuspected: metrics.auc !== undefined && metrics.auc > options.params.leakAlarmAuc,
  };
}
