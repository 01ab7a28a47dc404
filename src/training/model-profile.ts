// What else should be known of a model that is to trade? Its data and labels, its calibration, what it relies on, and what it expects.
import { createRandom } from '../domain/random.ts';
import { calibrationBins, type CalibrationBin } from '../learning/calibration-bins.ts';
import { referenceBins, stabilityAgainst, type ReferenceBins } from '../learning/drift.ts';
import { featureImportance } from '../learning/feature-importance.ts';
import type { Matrix } from '../learning/matrix.ts';
import { permutationImportance } from '../learning/permutation-importance.ts';
import { featureContributions } from '../learning/tree-shap.ts';
import { probabilityOf, type MetaModel } from '../strategy/meta-model.ts';
import type { LabelingParams } from '../strategy/triple-barrier.ts';
import type { HistoryFacts } from './history-policy.ts';
import type { TradedRows } from './training-rows.ts';

/** How much one feature counts. */
export interface FeatureWeight {
  readonly feature: string;
  /** Mean rise of the validation log-loss when the feature is shuffled. */
  readonly permutation: number;
  /** Mean size of its exact TreeSHAP contribution to the boosted margin, over validation rows. */
  readonly contribution: number;
  /** Sum of the gains of its splits, and how many there are. */
  readonly gain: number;
  readonly splits: number;
}

/** Where a feature lay in training, so that drift can be told from it. */
export interface FeatureReference extends ReferenceBins {
  readonly feature: string;
  readonly edges: readonly number[];
  readonly share: readonly number[];
  /** Largest stability index that so many rows in a row of the training data themselves had against all of them. */
  readonly widest: number;
}

/** What the model's trades should bring: validation rows whose probability reaches break-even. */
export interface ExpectedTrades {
  readonly trades: number;
  readonly winRate: number | undefined;
  /** Mean and sample deviation of the net return, fractions of the entry value. */
  readonly meanNetReturn: number | undefined;
  readonly deviation: number | undefined;
}

export interface ModelProfile {
  readonly history: HistoryFacts;
  readonly labels: LabelingParams;
  /** Symbols that were learnt from together; one: only its own. */
  readonly symbols: readonly string[];
  /** Predicted and true shares of the validation part. */
  readonly calibration: readonly CalibrationBin[];
  /** The most telling feature first. */
  readonly importance: readonly FeatureWeight[];
  /** In the order of the features. */
  readonly reference: readonly FeatureReference[];
  readonly expected: ExpectedTrades;
}

/** Rows that drift is measured over. */
export const DRIFT_WINDOW = 200;

const SHUFFLES = 2;
/** Rows that importance is measured on, spread over the validation part. */
const SHUFFLED_ROWS = 1_200;
/** Exact contributions take some milliseconds a row. */
const EXPLAINED_ROWS = 60;

export interface ProfileTask {
  readonly model: MetaModel;
  readonly features: readonly string[];
  readonly train: TradedRows;
  readonly validation: TradedRows;
  readonly history: HistoryFacts;
  readonly labels: LabelingParams;
  readonly symbols: readonly string[];
  readonly seed: string;
}

/** Deterministic by `seed`. */
export function profileOf(task: ProfileTask): ModelProfile {
  const { model, validation, history, labels, symbols } = task;
  const { values, columns, rows } = validation.x;
  const predictions = Float64Array.from({ length: rows }, (_, row) => probabilityOf(model, values, row * columns));
  const known = [...predictions.keys()].filter((row) => !Number.isNaN(predictions[row]));
  return {
    history,
    labels,
    symbols,
    calibration: calibrationBins(
      known.map((row) => predictions[row]),
      known.map((row) => validation.y[row]),
    ),
    importance: importanceOf(task),
    reference: referenceOf(task),
    expected: expectedTrades(
      known.filter((row) => predictions[row] >= model.edge.breakEven).map((row) => validation.netReturn[row]),
    ),
  };
}

function importanceOf({ model, features, validation, seed }: ProfileTask): FeatureWeight[] {
  const { x, y } = spreadRows(validation, SHUFFLED_ROWS);
  const permutation = permutationImportance({
    x,
    y,
    predict: (values, offset) => probabilityOf(model, values, offset),
    repeats: SHUFFLES,
    random: createRandom(`${seed}/permutation`),
  });
  const contribution = meanContributions(model, spreadRows(validation, EXPLAINED_ROWS).x);
  const { totalGain, splits } = featureImportance(model.ensemble.boosting);
  return features
    .map((feature, at) => ({
      feature,
      permutation: permutation[at],
      contribution: contribution[at],
      gain: totalGain[at],
      splits: splits[at],
    }))
    .sort(
      (a, b) => b.permutation - a.permutation || b.contribution - a.contribution || (a.feature < b.feature ? -1 : 1),
    );
}

function meanContributions({ ensemble: { boosting } }: MetaModel, x: Matrix): Float64Array {
  const mean = new Float64Array(x.columns);
  for (let row = 0; row < x.rows; row += 1) {
    const contributions = featureContributions(boosting, x.values, row * x.columns);
    for (let feature = 0; feature < x.columns; feature += 1) mean[feature] += Math.abs(contributions[feature]) / x.rows;
  }
  return mean;
}

/** At most `most` rows, evenly spread over all of them. */
function spreadRows({ x, y }: TradedRows, most: number): { readonly x: Matrix; readonly y: Uint8Array } {
  const rows = Math.min(most, x.rows);
  const chosen = Array.from({ length: rows }, (_, at) => Math.floor((at * x.rows) / rows));
  const values = new Float64Array(rows * x.columns);
  chosen.forEach((row, at) => values.set(x.values.subarray(row * x.columns, (row + 1) * x.columns), at * x.columns));
  return { x: { rows, columns: x.columns, values }, y: Uint8Array.from(chosen, (row) => y[row]) };
}

function referenceOf({ features, train, validation }: ProfileTask): FeatureReference[] {
  return features.map((feature, at) => {
    const values = Float64Array.from([...columnOf(train.x, at), ...columnOf(validation.x, at)]);
    const bins = referenceBins(values);
    let widest = 0;
    for (let from = 0; from + DRIFT_WINDOW <= values.length; from += DRIFT_WINDOW / 2) {
      widest = Math.max(widest, stabilityAgainst(bins, values.subarray(from, from + DRIFT_WINDOW)));
    }
    return { feature, edges: Array.from(bins.edges), share: Array.from(bins.share), widest };
  });
}

function columnOf({ rows, columns, values }: Matrix, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => values[row * columns + column]);
}

function expectedTrades(netReturns: readonly number[]): ExpectedTrades {
  const trades = netReturns.length;
  if (trades === 0) return { trades, winRate: undefined, meanNetReturn: undefined, deviation: undefined };
  const meanNetReturn = netReturns.reduce((sum, each) => sum + each, 0) / trades;
  const squares = netReturns.reduce((sum, each) => sum + (each - meanNetReturn) ** 2, 0);
  return {
    trades,
    winRate: netReturns.filter((each) => each > 0).length / trades,
    meanNetReturn,
    deviation: trades < 2 ? undefined : Math.sqrt(squares / (trades - 1)),
  };
}
