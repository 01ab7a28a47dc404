import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { calibrate, fitCalibrator } from './calibration.ts';
import { classifierMetrics, confusionAt } from './classifier-metrics.ts';
import { measureDrift } from './drift.ts';
import { fitIsotonic, isotonicProbability, withoutFlatPoints } from './isotonic.ts';
import { fitPlatt } from './platt.ts';

const scored = fc.array(
  fc.record({
    score: fc.integer({ min: 0, max: 12 }).map((step) => step / 12),
    label: fc.integer({ min: 0, max: 1 }),
    weight: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 40 },
);
const columnsOf = (rows: readonly { score: number; label: number; weight: number }[]) => ({
  scores: rows.map((row) => row.score),
  labels: rows.map((row) => row.label),
  weight: rows.map((row) => row.weight),
});

describe('isotonic calibration', () => {
  it('is the max-min formula of isotonic regression', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        const curve = fitIsotonic(columnsOf(rows));
        const levels = [...new Set(rows.map((row) => row.score))].toSorted((a, b) => a - b);
        const mean = (from: number, to: number): number => {
          const within = rows.filter((row) => row.score >= levels[from] && row.score <= levels[to]);
          const mass = within.reduce((sum, row) => sum + row.weight, 0);
          return within.reduce((sum, row) => sum + row.weight * row.label, 0) / mass;
        };
        expect([...curve.x]).toEqual(levels);
        levels.forEach((_, at) => {
          const lows = levels.slice(0, at + 1).map((_, from) => {
            const means = levels.slice(at).map((_, step) => mean(from, at + step));
            return Math.min(...means);
          });
          expect(curve.y[at]).toBeCloseTo(Math.max(...lows), 12);
        });
        const shorter = withoutFlatPoints(curve);
        for (let score = -0.1; score < 1.1; score += 0.03) {
          expect(isotonicProbability(shorter, score)).toBeCloseTo(isotonicProbability(curve, score), 12);
        }
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  it('leaves an undefined score undefined', () => {
    expect(isotonicProbability(fitIsotonic({ scores: [0, 1], labels: [0, 1] }), NaN)).toBeNaN();
  });
});

describe('Platt scaling', () => {
  it('finds the sigmoid that made the labels', () => {
    const random = createRandom('platt');
    const scores = Float64Array.from({ length: 20_000 }, () => 3 * random.normal());
    const labels = Uint8Array.from(scores, (score) => (random.next() < 1 / (1 + Math.exp(-0.8 * score + 0.5)) ? 1 : 0));
    const platt = fitPlatt({ scores, labels });
    expect(Math.abs(platt.slope + 0.8)).toBeLessThan(0.04);
    expect(Math.abs(platt.offset - 0.5)).toBeLessThan(0.06);
  });

  it('takes a weight for so many copies, up to the smoothing of the targets', () => {
    const scores = [-2, -1, 0, 1, 2, 0.5];
    const labels = [0, 1, 0, 1, 1, 0];
    const copies = [2, 1, 3, 1, 2, 2];
    const weighted = fitPlatt({ scores, labels, weight: copies });
    const repeat = (list: readonly number[]): number[] => list.flatMap((value, at) => Array(copies[at]).fill(value));
    const repeated = fitPlatt({ scores: repeat(scores), labels: repeat(labels) });
    expect(weighted.slope).toBeCloseTo(repeated.slope, 9);
    expect(weighted.offset).toBeCloseTo(repeated.offset, 9);
  });
});

describe('fitCalibrator', () => {
  const random = createRandom('calibrator');
  const scores = Float64Array.from({ length: 1000 }, () => random.next());
  const labels = Uint8Array.from(scores, (p) => (random.next() < p * p ? 1 : 0));

  it('makes over-confident probabilities better calibrated, without changing their order', () => {
    for (const method of ['platt', 'isotonic'] as const) {
      const calibrator = fitCalibrator({ scores, labels }, method);
      expect(calibrator.kind).toBe(method);
      const after = scores.map((p) => calibrate(calibrator, p));
      expect(classifierMetrics(after, labels).ece).toBeLessThan(classifierMetrics(scores, labels).ece / 2);
      const order = scores.toSorted().map((p) => calibrate(calibrator, p));
      expect(order.every((p, at) => at === 0 || p >= order[at - 1])).toBe(true);
      expect(calibrate(calibrator, NaN)).toBeNaN();
      for (const p of [0, 1]) expect(calibrate(calibrator, p)).toSatisfy((q: number) => q >= 0 && q <= 1);
    }
  });

  it('uses Platt below 1000 labels and records what was asked for', () => {
    const few = { scores: scores.slice(1), labels: labels.slice(1) };
    expect(fitCalibrator(few, 'isotonic')).toMatchObject({ kind: 'platt', requested: 'isotonic' });
  });
});

describe('classifier metrics', () => {
  it('count pairs for AUC and errors for the confusion', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        const { scores, labels } = columnsOf(rows);
        const positive = scores.filter((_, at) => labels[at] === 1);
        const negative = scores.filter((_, at) => labels[at] === 0);
        const pairs = positive.flatMap((p) => negative.map((n): number => (p > n ? 1 : p === n ? 0.5 : 0)));
        const auc = classifierMetrics(scores, labels).auc;
        if (pairs.length === 0) expect(auc).toBeUndefined();
        else expect(auc).toBeCloseTo(pairs.reduce((sum, one) => sum + one, 0) / pairs.length, 12);
        const confusion = confusionAt(scores, labels, 0.5);
        expect(confusion.truePositives).toBe(positive.filter((p) => p >= 0.5).length);
        expect(confusion.trueNegatives).toBe(negative.filter((n) => n < 0.5).length);
        expect(confusion.precision === undefined).toBe(scores.every((score) => score < 0.5));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe('measureDrift', () => {
  const random = createRandom('drift');
  const reference = Array.from({ length: 2000 }, () => random.normal());

  it('is 0 against itself and grows with the distance', () => {
    expect(measureDrift(reference, reference)).toMatchObject({ psi: 0, ks: 0 });
    const shifted = [0.1, 0.5, 1, 2].map((by) =>
      measureDrift(
        reference,
        reference.map((value) => value + by),
      ),
    );
    shifted.forEach((report, at) => {
      expect(report.psi).toBeGreaterThan(at === 0 ? 0 : shifted[at - 1].psi);
      expect(report.ks!).toBeGreaterThan(at === 0 ? 0 : shifted[at - 1].ks!);
    });
  });

  it('has a bin for missing values, and no distance without present ones', () => {
    const report = measureDrift(
      reference,
      reference.map(() => NaN),
    );
    expect(report.currentShare.at(-1)).toBe(1);
    expect(report.ks).toBeUndefined();
  });
});
