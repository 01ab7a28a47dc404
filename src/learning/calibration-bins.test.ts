// Do the bins hold every sample once, where it belongs, and do they add up over models?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationBins, calibrationErrorOf, mergedBins } from './calibration-bins.ts';

interface Sample {
  readonly probability: number;
  readonly label: number;
}

const samples = fc.array(
  fc.record({
    probability: fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 20 }).map((step) => step / 20),
    ),
    label: fc.constantFrom(0, 1),
  }),
  { maxLength: 200 },
);

const binsOf = (each: readonly Sample[]) =>
  calibrationBins(
    each.map(({ probability }) => probability),
    each.map(({ label }) => label),
  );

describe('calibration bins', () => {
  it('hold every sample once, in the bin of its probability', () => {
    fc.assert(
      fc.property(samples, (each) => {
        const bins = binsOf(each);
        const expected = Array.from({ length: 20 }, (_, bin) =>
          each.filter(({ probability }) => Math.min(19, Math.floor(probability * 20)) === bin),
        ).filter((own) => own.length > 0);
        expect(bins.map(({ count }) => count)).toEqual(expected.map((own) => own.length));
        expect(bins.map(({ won }) => won)).toEqual(
          expected.map((own) => own.filter(({ label }) => label === 1).length),
        );
        bins.forEach(({ predicted }, at) => {
          const own = expected[at].map(({ probability }) => probability);
          expect(predicted).toBeGreaterThanOrEqual(Math.min(...own) - 1e-15);
          expect(predicted).toBeLessThanOrEqual(Math.max(...own) + 1e-15);
        });
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('of parts add up to the bins of the whole', () => {
    fc.assert(
      fc.property(fc.array(samples, { maxLength: 5 }), (parts) => {
        const merged = mergedBins(parts.flatMap(binsOf));
        const whole = binsOf(parts.flat());
        expect(merged.map(({ count, won }) => [count, won])).toEqual(whole.map(({ count, won }) => [count, won]));
        merged.forEach(({ predicted }, at) => expect(predicted).toBeCloseTo(whole[at].predicted, 12));
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('keep the mean of equal probabilities in their bin', () => {
    for (let step = 0; step < 20; step += 1) {
      for (let count = 1; count < 200; count += 1) {
        const bins = binsOf(Array.from({ length: count }, () => ({ probability: step / 20, label: 0 })));
        expect(mergedBins([...bins, { predicted: (step + 0.5) / 20, count: 1, won: 1 }])).toHaveLength(1);
      }
    }
  });

  it('tell how far probabilities are from what came true', () => {
    expect(calibrationErrorOf([])).toBeUndefined();
    expect(calibrationErrorOf(binsOf([{ probability: 0.3, label: 1 }]))).toBeCloseTo(0.7, 12);
    const honest = Array.from({ length: 10 }, (_, at) => ({ probability: 0.3, label: at < 3 ? 1 : 0 }));
    expect(calibrationErrorOf(binsOf(honest))).toBeCloseTo(0, 12);
  });
});
