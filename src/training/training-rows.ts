// Which samples may a model learn from, and what does each count? Purged at the border, weighted by how much labels overlap.
import type { LabeledRows } from '../learning/fit-ensemble.ts';
import { averageUniqueness, effectiveSamples } from '../strategy/label-weights.ts';
import type { Dataset } from './dataset.ts';
import type { ModelParams } from './model-params.ts';

/** A training window, epoch milliseconds: samples decided in [start, end) whose outcome is known `embargoMs` before the end. */
export interface TrainingWindow {
  readonly start: number;
  readonly end: number;
  readonly embargoMs: number;
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

/** Rows with what became of their trades. */
export interface TradedRows extends LabeledRows {
  /** Net of all costs, a fraction of the entry value. */
  readonly netReturn: Float64Array;
}

export interface SelectedRows extends TradedRows {
  /** Sum of average uniqueness: how many independent labels these are worth, however they are weighted. */
  readonly effective: number;
}

/** Outcomes of all rows that are learnt from. */
export interface Outcomes {
  readonly label: Uint8Array;
  /** A fraction of the entry value. */
  readonly netReturn: Float64Array;
  readonly weight: readonly number[];
  /** Weighted share of label 1. */
  readonly baseRate: number;
}

/** What a window is learnt from: the rows that are fitted to, and later ones that are not. */
export interface TrainingRows {
  /** Where training ends and validation begins, epoch milliseconds. */
  readonly border: number;
  readonly train: SelectedRows;
  readonly validation: SelectedRows;
  /** Of training and validation together. */
  readonly outcomes: Outcomes;
}

/** What decides over rows and weights. */
export type RowParams = Pick<ModelParams, 'validationFraction' | 'sampleWeights' | 'classWeights'>;

/** The rows of a window. Neither part holds a label that reaches into what follows. */
export function trainingRows(
  dataset: Dataset,
  window: TrainingWindow,
  { validationFraction, sampleWeights, classWeights }: RowParams,
): TrainingRows {
  const { start, end, embargoMs } = window;
  const border = end - validationFraction * (end - start);
  const trainRows = usableSamples(dataset, { start, end: border, embargoMs });
  const validationRows = usableSamples(dataset, { start: border, end, embargoMs });
  const train = selectRows(dataset, trainRows, sampleWeights);
  const validation = selectRows(dataset, validationRows, sampleWeights);
  const outcomes = outcomesOf(dataset, [...trainRows, ...validationRows], [...train.weight, ...validation.weight]);
  return { border, train: classWeights === 'none' ? train : balanced(train), validation, outcomes };
}

/** Rows of several symbols as one; the outcomes of each stay with it. */
export function joinedRows(parts: readonly SelectedRows[]): SelectedRows {
  const rows = parts.reduce((sum, { x }) => sum + x.rows, 0);
  const { columns } = parts[0].x;
  const values = new Float64Array(rows * columns);
  const joined = { y: new Uint8Array(rows), netReturn: new Float64Array(rows), weight: new Float64Array(rows) };
  let at = 0;
  for (const part of parts) {
    values.set(part.x.values, at * columns);
    joined.y.set(part.y, at);
    joined.netReturn.set(part.netReturn, at);
    joined.weight.set(part.weight, at);
    at += part.x.rows;
  }
  const effective = parts.reduce((sum, part) => sum + part.effective, 0);
  return { x: { rows, columns, values }, ...joined, effective };
}

/** Each class weighs half of what both do together; only fitting sees it, base rate and edge do not. */
export function balanced(rows: SelectedRows): SelectedRows {
  const sums = [0, 0];
  rows.weight.forEach((each, row) => {
    sums[rows.y[row]] += each;
  });
  // One class only: nothing can be balanced, and fitting refuses it by name.
  if (sums[0] === 0 || sums[1] === 0) return rows;
  const half = (sums[0] + sums[1]) / 2;
  return { ...rows, weight: rows.weight.map((each, row) => (each * half) / sums[rows.y[row]]) };
}

function selectRows(
  dataset: Dataset,
  rows: readonly number[],
  sampleWeights: RowParams['sampleWeights'],
): SelectedRows {
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
    netReturn: Float64Array.from(rows, (row) => dataset.labels.netReturn[row]),
    weight: sampleWeights === 'uniqueness' ? uniqueness : new Float64Array(rows.length).fill(1),
    effective: effectiveSamples(uniqueness),
  };
}

function outcomesOf({ labels }: Dataset, rows: readonly number[], weight: readonly number[]): Outcomes {
  const label = Uint8Array.from(rows, (row) => labels.label[row]);
  let won = 0;
  let total = 0;
  weight.forEach((each, sample) => {
    won += each * label[sample];
    total += each;
  });
  return { label, netReturn: Float64Array.from(rows, (row) => labels.netReturn[row]), weight, baseRate: won / total };
}
