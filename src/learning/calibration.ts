// How does a raw probability become a calibrated one? By a fitted sigmoid over its log-odds or a fitted rising curve.
import { fitIsotonic, isotonicProbability, withoutFlatPoints } from './isotonic.ts';
import type { IsotonicCurve } from './isotonic.ts';
import { fitPlatt, plattProbability } from './platt.ts';
import type { PlattScaling, ScoredLabels } from './platt.ts';

export type CalibrationMethod = 'platt' | 'isotonic';

/** `requested` differs from `kind` when there were too few labels for the method asked for. */
export type Calibrator =
  | { readonly kind: 'platt'; readonly requested: CalibrationMethod; readonly platt: PlattScaling }
  | { readonly kind: 'isotonic'; readonly requested: CalibrationMethod; readonly curve: IsotonicCurve };

/** Isotonic calibration over-fits below so many labels; Platt scaling takes its place. */
export const ISOTONIC_MIN_LABELS = 1000;
/** Probabilities nearer to 0 and 1 than this count as this far away, so that their log-odds are finite. */
const CLIP = 1e-7;

function logOdds(probability: number): number {
  const clipped = Math.min(Math.max(probability, CLIP), 1 - CLIP);
  return Math.log(clipped / (1 - clipped));
}

/** Fits a calibrator to raw probabilities and labels that the model was not trained on. @throws PerpilotError TRAINING_FAILED */
export function fitCalibrator(rows: ScoredLabels, requested: CalibrationMethod): Calibrator {
  if (requested === 'isotonic' && rows.scores.length >= ISOTONIC_MIN_LABELS) {
    return { kind: 'isotonic', requested, curve: withoutFlatPoints(fitIsotonic(rows)) };
  }
  return { kind: 'platt', requested, platt: fitPlatt({ ...rows, scores: Float64Array.from(rows.scores, logOdds) }) };
}

/** The calibrated probability of a raw one; NaN stays NaN. Allocates nothing. */
export function calibrate(calibrator: Calibrator, probability: number): number {
  return calibrator.kind === 'platt'
    ? plattProbability(calibrator.platt, logOdds(probability))
    : isotonicProbability(calibrator.curve, probability);
}
