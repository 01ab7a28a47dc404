// Which rising curve turns scores into calibrated probabilities? Pool adjacent violators, linear between the points.
import { PerpilotError } from '../domain/errors.ts';
import type { ScoredLabels } from './platt.ts';

/** Points in strictly rising `x` with values that never fall. */
export interface IsotonicCurve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Fits the rising curve of least weighted squared error; equal scores are averaged first. @throws PerpilotError TRAINING_FAILED */
export function fitIsotonic(rows: ScoredLabels): IsotonicCurve {
  const { x, y, weight } = averageTies(rows);
  const mean = new Float64Array(x.length);
  const mass = new Float64Array(x.length);
  const last = new Int32Array(x.length);
  let blocks = 0;
  for (let index = 0; index < x.length; index += 1) {
    mean[blocks] = y[index];
    mass[blocks] = weight[index];
    last[blocks] = index;
    while (blocks > 0 && mean[blocks - 1] >= mean[blocks]) {
      const sum = mass[blocks - 1] + mass[blocks];
      mean[blocks - 1] = (mean[blocks - 1] * mass[blocks - 1] + mean[blocks] * mass[blocks]) / sum;
      mass[blocks - 1] = sum;
      last[blocks - 1] = index;
      blocks -= 1;
    }
    blocks += 1;
  }
  const fitted = new Float64Array(x.length);
  for (let block = 0, index = 0; block < blocks; block += 1) {
    for (; index <= last[block]; index += 1) fitted[index] = mean[block];
  }
  return { x, y: fitted };
}

function averageTies(rows: ScoredLabels): { x: Float64Array; y: Float64Array; weight: Float64Array } {
  const { scores, labels } = rows;
  const own = (index: number): number => (rows.weight === undefined ? 1 : rows.weight[index]);
  const order = Array.from({ length: scores.length }, (_, index) => index)
    .filter((index) => own(index) > 0)
    .sort((a, b) => scores[a] - scores[b]);
  if (order.length === 0)
    throw new PerpilotError('TRAINING_FAILED', 'isotonic calibration: there are no rows with weight');
  const x: number[] = [];
  const y: number[] = [];
  const weight: number[] = [];
  for (let from = 0; from < order.length;) {
    const score = scores[order[from]];
    if (!Number.isFinite(score))
      throw new PerpilotError('TRAINING_FAILED', 'isotonic calibration: a score is not finite');
    let sum = 0;
    let mass = 0;
    let to = from;
    for (; to < order.length && scores[order[to]] === score; to += 1) {
      sum += own(order[to]) * labels[order[to]];
      mass += own(order[to]);
    }
    x.push(score);
    y.push(sum / mass);
    weight.push(mass);
    from = to;
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y), weight: Float64Array.from(weight) };
}

/** The curve without the inner points of its flat parts: the same value everywhere. */
export function withoutFlatPoints(curve: IsotonicCurve): IsotonicCurve {
  const { x, y } = curve;
  const kept = Array.from(x.keys()).filter(
    (index) => index === 0 || index === x.length - 1 || y[index] !== y[index - 1] || y[index] !== y[index + 1],
  );
  return { x: Float64Array.from(kept, (index) => x[index]), y: Float64Array.from(kept, (index) => y[index]) };
}

/** The curve's value at a score: linear between points, constant outside. Allocates nothing. */
export function isotonicProbability(curve: IsotonicCurve, score: number): number {
  const { x, y } = curve;
  if (!(score > x[0])) return score === score ? y[0] : NaN;
  let low = 0;
  let high = x.length - 1;
  if (score >= x[high]) return y[high];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (x[middle] <= score) low = middle;
    else high = middle;
  }
  return y[low] + ((y[high] - y[low]) * (score - x[low])) / (x[high] - x[low]);
}
