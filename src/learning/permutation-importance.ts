// How much does a prediction hang on each feature? What the loss rises by when the feature's values are shuffled.
import type { Random } from '../domain/random.ts';
import type { Matrix } from './matrix.ts';

export interface PermutationTask {
  /** Rows that the model was not fitted on. */
  readonly x: Matrix;
  /** 0 or 1. */
  readonly y: ArrayLike<number>;
  /** Probability of label 1 for the row that starts at the offset; NaN: not known. */
  readonly predict: (values: Float64Array, offset: number) => number;
  /** Shuffles per feature; the mean counts. */
  readonly repeats: number;
  readonly random: Random;
}

const CLIP = 1e-15;

/** Per feature: mean rise of the log-loss; below 0 where shuffling does better by chance, 0 for a feature without effect. */
export function permutationImportance(task: PermutationTask): Float64Array {
  const { x, repeats, random } = task;
  const values = x.values.slice();
  const whole = meanLogLoss(task, values);
  const importance = new Float64Array(x.columns);
  const column = new Float64Array(x.rows);
  for (let feature = 0; feature < x.columns; feature += 1) {
    let sum = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (let row = 0; row < x.rows; row += 1) column[row] = x.values[row * x.columns + feature];
      shuffle(column, random);
      for (let row = 0; row < x.rows; row += 1) values[row * x.columns + feature] = column[row];
      sum += meanLogLoss(task, values) - whole;
    }
    importance[feature] = sum / repeats;
    for (let row = 0; row < x.rows; row += 1) values[row * x.columns + feature] = x.values[row * x.columns + feature];
  }
  return importance;
}

function meanLogLoss({ x, y, predict }: PermutationTask, values: Float64Array): number {
  let sum = 0;
  let known = 0;
  for (let row = 0; row < x.rows; row += 1) {
    const p = predict(values, row * x.columns);
    if (p !== p) continue;
    const clipped = Math.min(Math.max(p, CLIP), 1 - CLIP);
    sum -= y[row] === 1 ? Math.log(clipped) : Math.log(1 - clipped);
    known += 1;
  }
  return known === 0 ? 0 : sum / known;
}

/** Fisher and Yates. */
function shuffle(values: Float64Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const value = values[last];
    values[last] = values[other];
    values[other] = value;
  }
}
