// Is the break-even probability the one at which a trade is expected to earn nothing, and the spread never finer than chance?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgeScaleOf } from './edge-scale.ts';

const sample = fc.record({
  label: fc.constantFrom(0, 1),
  size: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
  weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
});
const samples = fc
  .array(sample, { minLength: 2, maxLength: 40 })
  .filter((all) => all.some(({ label }) => label === 1) && all.some(({ label }) => label === 0));
const flat = { predictions: Float64Array.of(0.4, 0.4), effectiveSamples: 50 };

const scaleOf = (all: readonly { label: number; size: number; weight: number }[], conviction = flat) =>
  edgeScaleOf(
    {
      label: all.map(({ label }) => label),
      netReturn: all.map(({ label, size }) => (label === 1 ? size : -size)),
      weight: all.map(({ weight }) => weight),
    },
    conviction,
  );

/** Expected net return of a trade that wins with probability `p`: the weighted means drawn out one sample at a time. */
function expectedReturn(all: readonly { label: number; size: number; weight: number }[], p: number): number {
  let expected = 0;
  for (const label of [0, 1]) {
    const own = all.filter((each) => each.label === label);
    const weight = own.reduce((sum, each) => sum + each.weight, 0);
    for (const { size, weight: share } of own) {
      expected += (label === 1 ? p : -(1 - p)) * size * (share / weight);
    }
  }
  return expected;
}

/** The root of `expectedReturn` by bisection. */
function root(all: readonly { label: number; size: number; weight: number }[]): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (expectedReturn(all, middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

describe('break-even', () => {
  it('is the root of the expected net return', () => {
    fc.assert(
      fc.property(samples, (all) => {
        expect(scaleOf(all).breakEven).toBeCloseTo(root(all), 10);
      }),
      { seed: 1 },
    );
  });

  it('is 1/3 for wins of 2 and losses of 1, and rises with costs on both', () => {
    const plain = scaleOf([
      { label: 1, size: 0.02, weight: 1 },
      { label: 0, size: 0.01, weight: 1 },
    ]);
    expect(plain.breakEven).toBeCloseTo(1 / 3, 12);
    const afterCosts = scaleOf([
      { label: 1, size: 0.02 - 0.0013, weight: 1 },
      { label: 0, size: 0.01 + 0.0013, weight: 1 },
    ]);
    expect(afterCosts.breakEven).toBeCloseTo(0.0113 / 0.03, 12);
  });
});

describe('spread', () => {
  it('is the deviation of the predictions, at least the standard error of the base rate', () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0.5, max: 1e4, noNaN: true }),
        (all, values, effectiveSamples) => {
          const predictions = Float64Array.from(values);
          const { spread } = scaleOf(all, { predictions, effectiveSamples });
          const total = all.reduce((sum, { weight }) => sum + weight, 0);
          const p = all.reduce((sum, { label, weight }) => sum + label * weight, 0) / total;
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
          expect(spread).toBeCloseTo(Math.max(deviation, Math.sqrt((p * (1 - p)) / Math.max(1, effectiveSamples))), 10);
          expect(spread).toBeGreaterThan(0);
        },
      ),
      { seed: 2 },
    );
  });
});
