// Are the normal distribution and its inverse accurate to about 1e-15?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from './normal.ts';

/** Computed with 40 digits. */
const CDF: readonly (readonly [number, number])[] = [
  [-37.5, 4.605353009581955e-308],
  [-12.3, 4.5287069561587846e-35],
  [-6, 9.86587645037698e-10],
  [-3, 0.0013498980316300946],
  [-1.75, 0.04005915686381709],
  [-1.5, 0.06680720126885807],
  [-1.25, 0.10564977366685525],
  [-0.3, 0.3820885778110474],
  [-1e-9, 0.49999999960105773],
  [0.7, 0.758036347776927],
  [1.5, 0.9331927987311419],
  [2.5, 0.9937903346742238],
  [5, 0.9999997133484281],
];
const QUANTILE: readonly (readonly [number, number])[] = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-17, -8.493793224109599],
  [0.0001, -3.7190164854556804],
  [0.02, -2.053748910631823],
  [0.069, -1.4832801273356206],
  [0.07, -1.4757910281791706],
  [0.071, -1.4683837982456598],
  [0.2, -0.8416212335729142],
  [0.45, -0.12566134685507402],
  [0.4999999, -2.5066282747031063e-7],
  [0.55, 0.12566134685507416],
  [0.9, 1.2815515655446006],
  [0.975, 1.9599639845400538],
  [0.9999, 3.7190164854557084],
];

describe('normal distribution', () => {
  it.each(CDF)('CDF at %d', (x, expected) => {
    // The rounding of x*x/2 grows with x: 37.5 loses 703 units of the last place.
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(2e-15 + 2e-16 * x * x);
  });

  it.each(QUANTILE)('quantile at %d', (p, expected) => {
    expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThan(1e-15);
  });

  it('inverts the CDF and is odd around one half', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 5, noNaN: true }), (z) => {
        const p = normalCdf(z);
        const slack = 1e-15 * (1 + Math.abs(z)) + (2.3e-16 * p) / (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI));
        expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(10 * slack);
        expect(normalCdf(-z)).toBeCloseTo(1 - p, 14);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('reaches infinity at 0 and 1 and refuses the rest', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalCdf(-Infinity)).toBe(0);
    expect(normalCdf(Infinity)).toBe(1);
    expect(normalCdf(Number.NaN)).toBeNaN();
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  });
});
