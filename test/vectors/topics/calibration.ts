// Do calibration, classifier metrics and drift measures agree with the reference?
import { classifierMetrics, confusionAt } from '../../../src/learning/classifier-metrics.ts';
import { measureDrift } from '../../../src/learning/drift.ts';
import { fitIsotonic, isotonicProbability, withoutFlatPoints } from '../../../src/learning/isotonic.ts';
import { fitPlatt, plattProbability } from '../../../src/learning/platt.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner, VectorCase, VectorFile } from '../format.ts';

export const run: TopicRunner = (vectorCase, file) => {
  switch (vectorCase.kind) {
    case 'platt':
      return comparePlatt(vectorCase, file);
    case 'isotonic':
      return compareIsotonic(vectorCase, file);
    case 'classifier_metrics':
      return compareMetrics(vectorCase, file);
    case 'psi':
      return compareDrift(vectorCase, file);
    default:
      return [`kind ${String(vectorCase.kind)} is not known`];
  }
};

const weightOf = (weight: readonly number[] | null | undefined): { weight?: readonly number[] } =>
  weight === null || weight === undefined ? {} : { weight };

function comparePlatt({ input, expected }: VectorCase, file: VectorFile): readonly string[] {
  const platt = fitPlatt({ scores: input.scores, labels: input.labels, ...weightOf(input.weights) });
  const calibrated = input.scores
    .slice(0, expected.calibrated?.length ?? 0)
    .map((score: number) => plattProbability(platt, score));
  const wanted = { A: expected.A, B: expected.B, calibrated: expected.calibrated ?? [] };
  const tolerance = { absolute: file.tolerance['platt_absolute'], relative: 0 };
  return differences({ A: platt.slope, B: platt.offset, calibrated }, wanted, tolerance);
}

function compareIsotonic({ input, expected }: VectorCase, file: VectorFile): readonly string[] {
  const curve = fitIsotonic({ scores: input.x, labels: input.y, ...weightOf(input.weights) });
  const shorter = withoutFlatPoints(curve);
  const predict = (of: typeof curve): number[] => input.query.map((score: number) => isotonicProbability(of, score));
  const tolerance = toleranceOf(file);
  return [
    ...differences({ x_unique: curve.x, fitted_unique: curve.y, predicted: predict(curve) }, expected, tolerance),
    ...differences(predict(shorter), expected.predicted, tolerance, 'predicted without flat points'),
  ];
}

function compareMetrics({ input, expected }: VectorCase, file: VectorFile): readonly string[] {
  const metrics = classifierMetrics(input.probabilities, input.labels);
  const actual: Record<string, unknown> = {
    log_loss: metrics.logLoss,
    brier: metrics.brier,
    brier_skill: metrics.brierSkill,
    roc_auc: metrics.auc,
    ece_10: metrics.ece,
  };
  for (const key of Object.keys(expected)) {
    if (!key.startsWith('at_')) continue;
    const confusion = confusionAt(input.probabilities, input.labels, Number(key.slice(3)));
    actual[key] = {
      tp: confusion.truePositives,
      fp: confusion.falsePositives,
      fn: confusion.falseNegatives,
      tn: confusion.trueNegatives,
      precision: confusion.precision,
      recall: confusion.recall,
      f1: confusion.f1,
    };
  }
  return differences(actual, expected, toleranceOf(file));
}

const values = (list: readonly (number | null)[]): number[] => list.map((value) => value ?? NaN);

function compareDrift({ input, expected }: VectorCase, file: VectorFile): readonly string[] {
  const report = measureDrift(values(input.reference), values(input.current), { bins: input.bins, floor: input.floor });
  const actual = {
    edges: report.edges,
    reference_share: report.referenceShare,
    current_share: report.currentShare,
    psi: report.psi,
    ks_statistic: report.ks,
  };
  return differences(actual, expected, toleranceOf(file));
}
