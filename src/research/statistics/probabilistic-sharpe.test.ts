// Do PSR, DSR and the minimum lengths behave as their definitions demand?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../domain/random.ts';
import { deflateBestTrial, deflatedSharpe, expectedMaximum, minimumBacktest } from './deflated-sharpe.ts';
import { estimateSharpe, minimumTrackRecord, probabilisticSharpe } from './probabilistic-sharpe.ts';

/** Moments that a sample can have: kurtosis is at least skew^2 + 1. */
const moments = fc
  .record({
    sharpe: fc.double({ min: 0.01, max: 1, noNaN: true }),
    skew: fc.double({ min: -3, max: 3, noNaN: true }),
    extra: fc.double({ min: 0.1, max: 10, noNaN: true }),
  })
  .map(({ sharpe, skew, extra }) => ({ sharpe, skew, kurtosis: 1 + skew * skew + extra }));

describe('probabilistic Sharpe ratio', () => {
  it('rises with the number of observations above the benchmark and falls below it', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 2, max: 400 }), (estimate, observations) => {
        const at = (count: number, benchmark: number): number =>
          probabilisticSharpe({ ...estimate, observations: count }, benchmark) ?? Number.NaN;
        expect(at(observations + 1, 0)).toBeGreaterThanOrEqual(at(observations, 0));
        expect(at(observations + 1, 2)).toBeLessThanOrEqual(at(observations, 2));
        expect(at(observations, 0.005)).toBeLessThanOrEqual(at(observations, 0));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('reaches 1 - alpha exactly at the minimum track record', () => {
    fc.assert(
      fc.property(moments, fc.constantFrom(0.01, 0.05, 0.2), (estimate, alpha) => {
        const observations = minimumTrackRecord(estimate, 0, alpha) ?? Number.NaN;
        fc.pre(observations >= 2);
        expect(probabilisticSharpe({ ...estimate, observations }, 0)).toBeCloseTo(1 - alpha, 10);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  it('is undefined for constant returns, one return and a Sharpe ratio at the benchmark', () => {
    expect(estimateSharpe([0.01, 0.01, 0.01])).toBeUndefined();
    expect(estimateSharpe([0.01])).toBeUndefined();
    expect(probabilisticSharpe({ sharpe: 1, observations: 1, skew: 0, kurtosis: 3 }, 0)).toBeUndefined();
    expect(minimumTrackRecord({ sharpe: 0.1, skew: 0, kurtosis: 3 }, 0.1, 0.05)).toBeUndefined();
  });
});

describe('deflated Sharpe ratio', () => {
  it('expects close to the mean maximum of simulated normals', () => {
    const random = createRandom('maximum');
    for (const trials of [5, 30]) {
      let sum = 0;
      for (let run = 0; run < 4000; run += 1) {
        let highest = -Infinity;
        for (let trial = 0; trial < trials; trial += 1) highest = Math.max(highest, random.normal());
        sum += highest;
      }
      expect(Math.abs(expectedMaximum(trials) - sum / 4000)).toBeLessThan(0.06);
    }
  });

  it('is the plain PSR for one trial and falls with every further one', () => {
    const estimate = { sharpe: 0.1, observations: 500, skew: -0.5, kurtosis: 6 };
    expect(deflatedSharpe(estimate, { trials: 1, varianceOfSharpes: undefined })).toEqual({
      expectedMaximumSharpe: 0,
      probability: probabilisticSharpe(estimate, 0),
    });
    let previous = 1;
    for (const trials of [1, 2, 3, 10, 100, 1e6]) {
      const { probability = Number.NaN } = deflatedSharpe(estimate, { trials, varianceOfSharpes: 0.002 });
      expect(probability).toBeLessThan(previous);
      previous = probability;
    }
    expect(deflatedSharpe(estimate, { trials: 2, varianceOfSharpes: undefined }).probability).toBeUndefined();
  });

  it('rarely praises the best of many random trials, which PSR does most of the time', () => {
    const random = createRandom('noise');
    let praisedByPsr = 0;
    let praisedByDsr = 0;
    for (let run = 0; run < 60; run += 1) {
      const trials = Array.from({ length: 30 }, () => Float64Array.from({ length: 365 }, () => random.normal()));
      const { bestIndex = 0, probability = 0 } = deflateBestTrial(trials, 30);
      const estimate = estimateSharpe(trials[bestIndex]);
      if (estimate !== undefined && (probabilisticSharpe(estimate, 0) ?? 0) > 0.95) praisedByPsr += 1;
      if (probability > 0.95) praisedByDsr += 1;
    }
    expect(praisedByPsr).toBeGreaterThan(36);
    expect(praisedByDsr).toBeLessThanOrEqual(2);
  });

  it('skips trials without variation and counts those whose returns are gone', () => {
    const random = createRandom('lost');
    const known = Array.from({ length: 3 }, () => Array.from({ length: 50 }, () => random.normal()));
    const result = deflateBestTrial([Array.from({ length: 50 }, () => 0), ...known], 2);
    expect(result.trialSharpes[0]).toBeUndefined();
    expect(result.expectedMaximumSharpe).toBeCloseTo(Math.sqrt(result.varianceOfSharpes ?? 0) * expectedMaximum(4), 14);
    expect(deflateBestTrial(known, 100).probability ?? 1).toBeLessThan(deflateBestTrial(known, 3).probability ?? 0);
    expect(deflateBestTrial([], 0)).toMatchObject({ bestIndex: undefined, probability: undefined });
  });

  it('never needs longer backtests than their upper bound says', () => {
    for (const trials of [1, 2, 5, 45, 1000, 1e9]) {
      const length = minimumBacktest(trials, 1.5);
      expect(length?.years).toBeLessThanOrEqual(length?.upperBound ?? Number.NaN);
    }
    expect(minimumBacktest(10, 0)).toBeUndefined();
  });
});
