// How does a window of history become a meta-model? Purged split, uniqueness weights, fit, calibration, edge scale, card.
import { PerpilotError } from '../domain/errors.ts';
import { sha256Hex } from '../domain/sha256.ts';
import { classifierMetrics, type ClassifierMetrics } from '../learning/classifier-metrics.ts';
import {
  ensembleToJson,
  fitEnsemble,
  predictEnsemble,
  type EnsembleModel,
  type LabeledRows,
} from '../learning/ensemble.ts';
import { averageUniqueness, effectiveSamples } from '../strategy/label-weights.ts';
import type { EdgeScale, MetaModel } from '../strategy/meta-model.ts';
import type { Dataset } from './dataset.ts';
import type { ModelCard } from './model-card.ts';
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
  const metrics = classifierMetrics(predictions, validation.y);
  const all = [...trainRows, ...validationRows];
  const weights = [...train.weight, ...validation.weight];
  const edge = edgeScale({ dataset, rows: all, weights, predictions, validationWeight: sum(validation.weight) });
  const json = JSON.stringify(ensemble);
  const id = sha256Hex([new TextEncoder().encode(json)]).slice(0, 16);
  const model: MetaModel = {
    id,
    schemaHash: dataset.schemaHash,
    ensemble,
    edge,
    skilled: metrics.auc !== undefined && metrics.auc > 0.5,
    baseRate: weightedMean(all, weights, (row) => dataset.labels.label[row]),
    validatedWinRate: validationRows.length === 0 ? undefined : mean(validation.y),
  };
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

function selectRows(dataset: Dataset, rows: readonly number[], params: ModelParams): LabeledRows {
  const { columns, values } = dataset.x;
  const { label, entryIndex, exitIndex } = dataset.labels;
  const x = { rows: rows.length, columns, values: new Float64Array(rows.length * columns) };
  rows.forEach((row, at) => x.values.set(values.subarray(row * columns, (row + 1) * columns), at * columns));
  const spans = {
    bars: dataset.bars,
    first: rows.map((row) => entryIndex[row]),
    last: rows.map((row) => exitIndex[row]),
  };
  return {
    x,
    y: Uint8Array.from(rows, (row) => label[row]),
    weight: params.sampleWeights === 'uniqueness' ? averageUniqueness(spans) : new Float64Array(rows.length).fill(1),
  };
}

function predictAll(ensemble: EnsembleModel, { x }: LabeledRows): Float64Array {
  const predictions = new Float64Array(x.rows);
  for (let row = 0; row < x.rows; row += 1) predictions[row] = predictEnsemble(ensemble, x.values, row * x.columns);
  return predictions;
}

interface EdgeInput {
  readonly dataset: Dataset;
  readonly rows: readonly number[];
  readonly weights: readonly number[];
  readonly predictions: Float64Array;
  /** Sum of the validation weights: with uniqueness weights the effective number of samples. */
  readonly validationWeight: number;
}

/** Break-even from the labels' own net returns; the spread of the validation predictions, not finer than chance allows. */
function edgeScale({ dataset, rows, weights, predictions, validationWeight }: EdgeInput): EdgeScale {
  const { label, netReturn } = dataset.labels;
  let won = 0;
  let wonWeight = 0;
  let lost = 0;
  let lostWeight = 0;
  rows.forEach((row, at) => {
    if (label[row] === 1) {
      won += weights[at] * netReturn[row];
      wonWeight += weights[at];
    } else {
      lost -= weights[at] * netReturn[row];
      lostWeight += weights[at];
    }
  });
  const meanWin = won / wonWeight;
  const meanLoss = lost / lostWeight;
  const centre = mean(predictions);
  const deviation = Math.sqrt(mean(predictions.map((value) => (value - centre) ** 2)));
  const baseRate = wonWeight / (wonWeight + lostWeight);
  const chance = Math.sqrt((baseRate * (1 - baseRate)) / Math.max(1, validationWeight));
  return { breakEven: meanLoss / (meanWin + meanLoss), spread: Math.max(deviation, chance) };
}

interface CardInput {
  readonly dataset: Dataset;
  readonly window: TrainingWindow;
  readonly border: number;
  readonly model: MetaModel;
  readonly metrics: ClassifierMetrics;
  readonly train: LabeledRows;
  readonly validation: LabeledRows;
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
    effectiveTrainSamples: effectiveSamples(train.weight),
    effectiveValidationSamples: effectiveSamples(validation.weight),
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

function weightedMean(rows: readonly number[], weights: readonly number[], value: (row: number) => number): number {
  let total = 0;
  rows.forEach((row, at) => {
    total += weights[at] * value(row);
  });
  return total / sum(weights);
}

function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += values[index];
  return total;
}
