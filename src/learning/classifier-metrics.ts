// How good are predicted probabilities? Log-loss, Brier score and skill, AUC, calibration error, confusion at a threshold.
import { invariant } from '../domain/errors.ts';

export interface ClassifierMetrics {
  /** Mean, natural logarithm, probabilities clipped to [1e-15, 1 - 1e-15]. */
  readonly logLoss: number;
  /** Mean squared distance between probability and label. */
  readonly brier: number;
  /** 1 - Brier / variance of the labels; undefined when all labels are equal. */
  readonly brierSkill: number | undefined;
  /** Share of (positive, negative) pairs in the right order, ties 1/2; undefined when all labels are equal. */
  readonly auc: number | undefined;
  /** Expected calibration error over ten bins (k/10, (k+1)/10], 0 in the first. */
  readonly ece: number;
  readonly count: number;
  readonly positives: number;
}

const CLIP = 1e-15;
const BINS = 10;

/** Metrics of at least one probability and 0/1 label. @throws PerpilotError INVARIANT_BROKEN on none or unequal lengths */
export function classifierMetrics(probabilities: ArrayLike<number>, labels: ArrayLike<number>): ClassifierMetrics {
  const count = probabilities.length;
  invariant(count > 0 && labels.length === count, 'metrics need as many labels as probabilities, and at least one');
  let logLoss = 0;
  let brier = 0;
  let positives = 0;
  for (let index = 0; index < count; index += 1) {
    const p = probabilities[index];
    const y = labels[index];
    const clipped = Math.min(Math.max(p, CLIP), 1 - CLIP);
    logLoss -= y === 1 ? Math.log(clipped) : Math.log(1 - clipped);
    brier += (p - y) ** 2;
    positives += y;
  }
  const base = positives / count;
  const variance = base * (1 - base);
  return {
    logLoss: logLoss / count,
    brier: brier / count,
    brierSkill: variance > 0 ? 1 - brier / count / variance : undefined,
    auc: rankAuc(probabilities, labels, positives),
    ece: calibrationError(probabilities, labels),
    count,
    positives,
  };
}

/** Mann-Whitney statistic from mid-ranks. */
function rankAuc(scores: ArrayLike<number>, labels: ArrayLike<number>, positives: number): number | undefined {
  const count = scores.length;
  const negatives = count - positives;
  if (positives === 0 || negatives === 0) return undefined;
  const order = Array.from({ length: count }, (_, index) => index).sort((a, b) => scores[a] - scores[b]);
  let rankSum = 0;
  for (let from = 0; from < count;) {
    let to = from + 1;
    while (to < count && scores[order[to]] === scores[order[from]]) to += 1;
    const middle = (from + 1 + to) / 2;
    for (let index = from; index < to; index += 1) rankSum += labels[order[index]] * middle;
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function calibrationError(probabilities: ArrayLike<number>, labels: ArrayLike<number>): number {
  const sums = new Float64Array(BINS);
  const hits = new Float64Array(BINS);
  for (let index = 0; index < probabilities.length; index += 1) {
    const p = probabilities[index];
    let bin = 0;
    while (bin < BINS - 1 && p > (bin + 1) / BINS) bin += 1;
    sums[bin] += p;
    hits[bin] += labels[index];
  }
  let error = 0;
  for (let bin = 0; bin < BINS; bin += 1) error += Math.abs(sums[bin] - hits[bin]);
  return error / probabilities.length;
}

/** Counts and rates at a threshold; a rate whose denominator is 0 is undefined. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

/** What happens when every probability of at least `threshold` counts as positive. */
export function confusionAt(probabilities: ArrayLike<number>, labels: ArrayLike<number>, threshold: number): Confusion {
  let truePositives = 0;
  let falsePositives = 0;
  let falseNegatives = 0;
  let trueNegatives = 0;
  for (let index = 0; index < probabilities.length; index += 1) {
    const isPositive = labels[index] === 1;
    if (probabilities[index] >= threshold) {
      if (isPositive) truePositives += 1;
      else falsePositives += 1;
    } else if (isPositive) falseNegatives += 1;
    else trueNegatives += 1;
  }
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    precision: rate(truePositives, truePositives + falsePositives),
    recall: rate(truePositives, truePositives + falseNegatives),
    f1: rate(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  };
}

function rate(share: number, of: number): number | undefined {
  return of > 0 ? share / of : undefined;
}
