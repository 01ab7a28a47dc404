// Do the weights of overlapping labels agree with direct sums, and add up as they must?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageUniqueness, concurrency, effectiveSamples, returnAttribution, timeDecay } from './label-weights.ts';

const BARS = 50;
const spansArbitrary = fc
  .array(fc.tuple(fc.integer({ min: 0, max: BARS - 1 }), fc.integer({ min: 0, max: 12 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((pairs) => ({
    bars: BARS,
    first: pairs.map(([first]) => first),
    last: pairs.map(([first, length]) => Math.min(BARS - 1, first + length)),
  }));
const settings = { seed: 11, numRuns: 200 };

const sum = (values: Iterable<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
const barsIn = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, k) => first + k);

describe('label weights', () => {
  it('concurrency, uniqueness and attribution equal direct sums', () => {
    fc.assert(
      fc.property(
        spansArbitrary,
        fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: BARS, maxLength: BARS }),
        (spans, returns) => {
          const { first, last } = spans;
          const counts = barsIn(0, BARS - 1).map(
            (bar) => first.filter((a, label) => a <= bar && bar <= last[label]).length,
          );
          expect(Array.from(concurrency(spans))).toEqual(counts);
          const uniqueness = averageUniqueness(spans);
          const raw = first.map((a, label) =>
            Math.abs(sum(barsIn(a, last[label]).map((bar) => returns[bar] / counts[bar]))),
          );
          const weights = returnAttribution(spans, returns);
          first.forEach((a, label) => {
            const bars = barsIn(a, last[label]);
            expect(uniqueness[label]).toBeCloseTo(sum(bars.map((bar) => 1 / counts[bar])) / bars.length, 12);
            if (sum(raw) > 1e-6) expect(weights[label]).toBeCloseTo((raw[label] * first.length) / sum(raw), 6);
          });
        },
      ),
      settings,
    );
  });

  it('the uniqueness-weighted lengths add up to the bars covered; attribution to the number of labels', () => {
    fc.assert(
      fc.property(spansArbitrary, (spans) => {
        const uniqueness = averageUniqueness(spans);
        const covered = concurrency(spans).filter((count) => count > 0).length;
        const lengths = spans.first.map((first, label) => spans.last[label] - first + 1);
        expect(sum(lengths.map((length, label) => length * uniqueness[label]))).toBeCloseTo(covered, 9);
        expect(effectiveSamples(uniqueness)).toBeLessThanOrEqual(spans.first.length + 1e-9);
        const returns = new Float64Array(BARS).fill(0.01);
        expect(sum(returnAttribution(spans, returns))).toBeCloseTo(spans.first.length, 9);
      }),
      settings,
    );
  });

  it('decay never falls with the start of a label, whatever the order they are listed in', () => {
    fc.assert(
      fc.property(spansArbitrary, fc.double({ min: -0.9, max: 1, noNaN: true }), (spans, decay) => {
        const weights = timeDecay(spans, averageUniqueness(spans), decay);
        spans.first.forEach((a, older) =>
          spans.first.forEach((b, newer) => {
            if (a < b) expect(weights[older]).toBeLessThanOrEqual(weights[newer] + 1e-12);
          }),
        );
        expect(Math.max(...weights)).toBeCloseTo(1, 12);
      }),
      settings,
    );
  });

  it('decay is a line in cumulative uniqueness: from its value upwards, or from 0 after the oldest share', () => {
    const each = Array.from({ length: 10 }, (_, bar) => bar);
    const disjoint = { bars: 10, first: each, last: each };
    const uniqueness = averageUniqueness(disjoint);
    const expectLine = (decay: number, line: (age: number) => number): void => {
      timeDecay(disjoint, uniqueness, decay).forEach((weight, label) => {
        expect(weight).toBeCloseTo(line((label + 1) / 10), 12);
      });
    };
    expectLine(1, () => 1);
    expectLine(0.5, (age) => 0.5 + 0.5 * age);
    expectLine(-0.3, (age) => Math.max(0, (age - 0.3) / 0.7));
  });

  it('labels without any return weigh the same, labels over an undefined return have no weight', () => {
    const spans = { bars: 4, first: [0, 2], last: [1, 3] };
    expect(Array.from(returnAttribution(spans, [0, 0, 0, 0]))).toEqual([1, 1]);
    expect(Array.from(returnAttribution(spans, [0.1, 0.1, NaN, 0.1]))).toEqual([1, NaN]);
    expect(Array.from(returnAttribution({ bars: 4, first: [0], last: [1] }, [0.1, 0.1, NaN, NaN]))).toEqual([1]);
  });

  it('refuses spans that leave the bars or run backwards, and decays outside their range', () => {
    expect(() => concurrency({ bars: 3, first: [0], last: [3] })).toThrow(RangeError);
    expect(() => concurrency({ bars: 3, first: [2], last: [1] })).toThrow(RangeError);
    const spans = { bars: 3, first: [0], last: [1] };
    expect(() => timeDecay(spans, averageUniqueness(spans), 1.1)).toThrow(RangeError);
    expect(() => timeDecay(spans, averageUniqueness(spans), -1)).toThrow(RangeError);
  });
});
