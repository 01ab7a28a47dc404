// Which sigmoid turns scores into calibrated probabilities? Platt 1999, fitted by Newton's method (Lin, Lin, Weng 2007).
import { PerpilotError } from '../domain/errors.ts';

/** p = 1 / (1 + exp(slope × score + offset)); `slope` is negative when higher scores mean label 1. */
export interface PlattScaling {
  readonly slope: number;
  readonly offset: number;
}

export interface ScoredLabels {
  readonly scores: ArrayLike<number>;
  /** 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** Every weight is 1 when left out. */
  readonly weight?: ArrayLike<number>;
}

const MAX_ITERATIONS = 200;

/** The calibrated probability of a score. Allocates nothing. */
export function plattProbability(platt: PlattScaling, score: number): number {
  const z = platt.slope * score + platt.offset;
  if (z < 0) return 1 / (1 + Math.exp(z));
  const exponential = Math.exp(-z);
  return exponential / (1 + exponential);
}

/**
 * Fits the sigmoid by cross-entropy against the targets (N+ + 1) / (N+ + 2) and 1 / (N- + 2).
 * @throws PerpilotError TRAINING_FAILED without rows or with scores that are not finite
 */
export function fitPlatt(rows: ScoredLabels): PlattScaling {
  const count = rows.scores.length;
  if (count === 0) throw new PerpilotError('TRAINING_FAILED', 'Platt scaling: there are no rows');
  const targets = smoothedTargets(rows);
  let current = { slope: 0, offset: Math.log((targets.negatives + 1) / (targets.positives + 1)) };
  let loss = crossEntropy(rows, targets.target, current);
  if (!Number.isFinite(loss)) throw new PerpilotError('TRAINING_FAILED', 'Platt scaling: a score is not finite');
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration += 1) {
    const step = newtonStep(rows, targets.target, current);
    const next = halveUntilLower({ rows, target: targets.target, current, loss }, step);
    if (next === undefined) break;
    const moved = Math.abs(next.slope - current.slope) + Math.abs(next.offset - current.offset);
    current = { slope: next.slope, offset: next.offset };
    loss = next.loss;
    if (moved <= 1e-13 * (Math.abs(current.slope) + Math.abs(current.offset))) break;
  }
  return current;
}

function smoothedTargets(rows: ScoredLabels): { target: Float64Array; positives: number; negatives: number } {
  let positives = 0;
  let negatives = 0;
  for (let index = 0; index < rows.labels.length; index += 1) {
    const own = rows.weight === undefined ? 1 : rows.weight[index];
    if (rows.labels[index] === 1) positives += own;
    else negatives += own;
  }
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  return { target: Float64Array.from(rows.labels, (label) => (label === 1 ? high : low)), positives, negatives };
}

function crossEntropy(rows: ScoredLabels, target: Float64Array, platt: PlattScaling): number {
  let sum = 0;
  for (let index = 0; index < target.length; index += 1) {
    const z = platt.slope * rows.scores[index] + platt.offset;
    const own = rows.weight === undefined ? 1 : rows.weight[index];
    sum +=
      own * (z >= 0 ? target[index] * z + Math.log1p(Math.exp(-z)) : (target[index] - 1) * z + Math.log1p(Math.exp(z)));
  }
  return sum;
}

function newtonStep(rows: ScoredLabels, target: Float64Array, platt: PlattScaling): PlattScaling {
  let slopeSlope = 0;
  let slopeOffset = 0;
  let offsetOffset = 0;
  let slope = 0;
  let offset = 0;
  for (let index = 0; index < target.length; index += 1) {
    const score = rows.scores[index];
    const p = plattProbability(platt, score);
    const own = rows.weight === undefined ? 1 : rows.weight[index];
    const curvature = own * p * (1 - p);
    slopeSlope += score * score * curvature;
    slopeOffset += score * curvature;
    offsetOffset += curvature;
    slope += own * score * (target[index] - p);
    offset += own * (target[index] - p);
  }
  const determinant = slopeSlope * offsetOffset - slopeOffset * slopeOffset;
  if (!(determinant > 0)) return { slope: 0, offset: offsetOffset > 0 ? -offset / offsetOffset : 0 };
  return {
    slope: -(offsetOffset * slope - slopeOffset * offset) / determinant,
    offset: -(slopeSlope * offset - slopeOffset * slope) / determinant,
  };
}

interface DescentState {
  readonly rows: ScoredLabels;
  readonly target: Float64Array;
  readonly current: PlattScaling;
  readonly loss: number;
}

function halveUntilLower(from: DescentState, step: PlattScaling): (PlattScaling & { loss: number }) | undefined {
  for (let share = 1; share > 1e-10; share /= 2) {
    const slope = from.current.slope + share * step.slope;
    const offset = from.current.offset + share * step.offset;
    const loss = crossEntropy(from.rows, from.target, { slope, offset });
    if (loss <= from.loss + 1e-14 * Math.abs(from.loss)) return { slope, offset, loss };
  }
  return undefined;
}
