// Does the edge scale put break-even at one half, rise with the probability, and count in spreads?
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { confidenceOf } from './meta-model.ts';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const edge = fc.record({
  breakEven: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  spread: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
});

it('is one half at break-even, above it for more, and stays inside 0 to 1', () => {
  fc.assert(
    fc.property(probability, probability, edge, (a, b, scale) => {
      expect(confidenceOf(scale.breakEven, scale, 'edge')).toBe(0.5);
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map((p) => confidenceOf(p, scale, 'edge'));
      expect(low).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
    }),
    { seed: 1 },
  );
});

it.each([
  [-2, 0.0228],
  [-1, 0.1587],
  [0.5, 0.6915],
  [1, 0.8413],
  [2, 0.9772],
])('%f spreads above break-even are a normal probability of %f to one hundredth', (spreads, normal) => {
  const scale = { breakEven: 0.4, spread: 0.05 };
  expect(Math.abs(confidenceOf(0.4 + spreads * 0.05, scale, 'edge') - normal)).toBeLessThan(0.01);
});

it('is the probability itself on the probability scale, and undefined stays undefined', () => {
  const scale = { breakEven: 0.4, spread: 0.05 };
  expect(confidenceOf(0.37, scale, 'probability')).toBe(0.37);
  expect(confidenceOf(NaN, scale, 'edge')).toBeNaN();
  expect(confidenceOf(NaN, scale, 'probability')).toBeNaN();
});
