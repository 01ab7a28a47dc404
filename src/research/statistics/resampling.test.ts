// Do bootstrap, block length, data-snooping tests, p-values and Monte Carlo behave on data whose truth is known?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../domain/random.ts';
import { automaticBlockLength } from './block-length.ts';
import { bootstrapInterval, replicatesOf } from './bootstrap-interval.ts';
import { dataSnoopingTests } from './data-snooping.ts';
import { mean } from './moments.ts';
import { drawdownQuantiles, monteCarloDrawdown, randomPermutations } from './monte-carlo-drawdown.ts';
import { adjustPValues, permutationPValue } from './p-values.ts';
import { quantile } from './quantile.ts';
import { sharpeRatio } from './sharpe.ts';
import { stationaryIndices, stationaryResamples } from './stationary-bootstrap.ts';

function normals(seed: string, count: number, shift = 0): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, () => shift + random.normal());
}

function autoregressive(seed: string, count: number, memory: number): Float64Array {
  const values = normals(seed, count);
  for (let i = 1; i < count; i += 1) values[i] += memory * values[i - 1];
  return values;
}

const lengthAt = (memory: number): number => automaticBlockLength(autoregressive('ar', 1000, memory)).stationary;

describe('stationary bootstrap', () => {
  it('stays in range, continues circularly and breaks at the stated rate', () => {
    const random = createRandom(5);
    const draw = (): number => random.next();
    const indices = stationaryIndices(20_000, 10, draw);
    let breaks = 0;
    for (let i = 1; i < indices.length; i += 1) if (indices[i] !== (indices[i - 1] + 1) % 20_000) breaks += 1;
    expect(Math.min(...indices)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...indices)).toBeLessThan(20_000);
    expect(breaks).toBeGreaterThan(1800);
    expect(breaks).toBeLessThan(2200);
    expect(stationaryIndices(0, 3, draw).length).toBe(0);
    expect(Array.from(stationaryIndices(4, 1e9, () => 0.5))).toEqual([2, 3, 0, 1]);
    expect(() => stationaryIndices(5, 0.5, draw)).toThrow(RangeError);
  });

  it('covers the true mean about as often as it says, and repeats from its seed', () => {
    const random = createRandom('coverage');
    let percentile = 0;
    let basic = 0;
    for (let run = 0; run < 150; run += 1) {
      const values = Float64Array.from({ length: 80 }, () => 0.3 + random.normal());
      const resamples = stationaryResamples({ length: 80, meanBlock: 2, count: 300, random: random.fork(String(run)) });
      const interval = bootstrapInterval(mean(values) ?? 0, replicatesOf(values, resamples, mean), 0.9);
      if (interval === undefined) continue;
      if (interval.percentile[0] <= 0.3 && interval.percentile[1] >= 0.3) percentile += 1;
      if (interval.basic[0] <= 0.3 && interval.basic[1] >= 0.3) basic += 1;
    }
    expect(Math.abs(percentile / 150 - 0.88)).toBeLessThan(0.07);
    expect(Math.abs(basic / 150 - 0.88)).toBeLessThan(0.07);
    const twice = [1, 2].map(() => stationaryResamples({ length: 9, meanBlock: 3, count: 2, random: createRandom(8) }));
    expect(twice[0]).toEqual(twice[1]);
  });

  it('gives the quantiles of the replicates, mirrored at the estimate in the basic form', () => {
    const replicates = Float64Array.from({ length: 101 }, (_, index) => 100 - index);
    const interval = bootstrapInterval(40, replicates, 0.9);
    [5, 95].forEach((end, side) => expect(interval?.percentile[side]).toBeCloseTo(end, 10));
    [-15, 75].forEach((end, side) => expect(interval?.basic[side]).toBeCloseTo(end, 10));
    expect(interval?.shareNotPositive).toBe(1 / 101);
    expect(interval?.standardError).toBeCloseTo(Math.sqrt((101 * 102) / 12), 12);
  });

  it('leaves undefined replicates out', () => {
    const replicates = replicatesOf(
      [1, 2, 3],
      [
        [0, 0],
        [0, 1],
        [2, 2],
      ],
      sharpeRatio,
    );
    expect(replicates.length).toBe(1);
    expect(bootstrapInterval(1, new Float64Array(0), 0.9)).toBeUndefined();
  });
});

describe('quantile', () => {
  it('interpolates between order statistics', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([], 0.5)).toBeUndefined();
    expect(quantile([7], 0.99)).toBe(7);
  });
});

describe('automatic block length', () => {
  it('grows with dependence and stays 1 or little more without it', () => {
    expect(lengthAt(0)).toBeLessThan(4);
    expect(lengthAt(0.5)).toBeGreaterThan(lengthAt(0));
    expect(lengthAt(0.9)).toBeGreaterThan(lengthAt(0.5));
    expect(lengthAt(0.999)).toBeLessThanOrEqual(Math.ceil(3 * Math.sqrt(1000)));
  });

  it('falls back to the cube root where nothing can be judged', () => {
    expect(automaticBlockLength(new Float64Array(64))).toEqual({ bandwidth: undefined, stationary: 4, circular: 4 });
    expect(automaticBlockLength(normals('short', 8)).stationary).toBe(2);
    expect(automaticBlockLength([]).stationary).toBe(1);
  });
});

describe('data-snooping tests', () => {
  const resamples = stationaryResamples({ length: 200, meanBlock: 3, count: 199, random: createRandom(1) });

  it('find a planted edge among noise and order the three p-values', () => {
    const noise = Array.from({ length: 12 }, (_, index) => normals(`n${index}`, 200));
    const found = dataSnoopingTests([...noise, normals('edge', 200, 0.5)], resamples);
    expect(found?.spaPConsistent).toBeLessThan(0.02);
    expect(found?.realityCheckP).toBeLessThan(0.02);
    const none = dataSnoopingTests(noise.slice(0, 6), resamples);
    expect(none?.spaPLower).toBeLessThanOrEqual(none?.spaPConsistent ?? 0);
    expect(none?.spaPConsistent).toBeLessThanOrEqual(none?.spaPUpper ?? 0);
  });

  it('rejects about as often as it says where there is nothing to find', () => {
    let rejected = 0;
    for (let run = 0; run < 60; run += 1) {
      const noise = Array.from({ length: 4 }, (_, index) => normals(`run${run}/${index}`, 200));
      if ((dataSnoopingTests(noise, resamples)?.spaPConsistent ?? 0) <= 0.1) rejected += 1;
    }
    expect(rejected).toBeGreaterThan(0);
    expect(rejected).toBeLessThan(14);
  });

  it('is not fooled by hopeless strategies in the way the reality check is', () => {
    const good = normals('good', 200, 0.13);
    const wild = Array.from({ length: 20 }, (_, index) => normals(`bad${index}`, 200, -1).map((value) => value * 3));
    const tests = dataSnoopingTests([good, ...wild], resamples);
    expect(tests?.spaPConsistent).toBeLessThan(tests?.realityCheckP ?? 0);
    expect(dataSnoopingTests([], resamples)).toBeUndefined();
    expect(dataSnoopingTests([new Float64Array(200)], resamples)).toMatchObject({ spaStatistic: 0, spaPConsistent: 1 });
  });
});

describe('p-values', () => {
  it('never fall below 1 / (1 + number of permutations)', () => {
    expect(permutationPValue(9, [1, 2, 3])).toBe(0.25);
    expect(permutationPValue(2, [1, 2, 3])).toBe(0.75);
    expect(permutationPValue(2, [])).toBe(1);
  });

  it('adjusted: equal their definitions, in input order, never below the raw value', () => {
    const pValues = fc.array(
      fc.nat(1000).map((thousandths) => thousandths / 1000),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(pValues, (raw) => {
        const count = raw.length;
        const adjusted = adjustPValues(raw);
        const order = raw.toSorted((a, b) => a - b);
        raw.forEach((p, index) => {
          const steps = order.map((value, rank) => ({ value, rank: rank + 1 }));
          const holm = Math.min(
            1,
            Math.max(...steps.filter(({ value }) => value <= p).map(({ value, rank }) => (count - rank + 1) * value)),
          );
          const hochberg = Math.min(
            1,
            ...steps.filter(({ value }) => value >= p).map(({ value, rank }) => (count / rank) * value),
          );
          expect(adjusted.holm[index]).toBeCloseTo(holm, 12);
          expect(adjusted.benjaminiHochberg[index]).toBeCloseTo(hochberg, 12);
          expect(adjusted.bonferroni[index]).toBeGreaterThanOrEqual(adjusted.holm[index]);
          expect(adjusted.holm[index]).toBeGreaterThanOrEqual(p);
          expect(adjusted.benjaminiYekutieli[index]).toBeGreaterThanOrEqual(adjusted.benjaminiHochberg[index]);
        });
      }),
      { seed: 8, numRuns: 200 },
    );
  });
});

describe('Monte Carlo drawdown', () => {
  it('keeps the end value when trades are reordered, and ruin stays ruin', () => {
    const random = createRandom(9);
    const tradeReturns = normals('trades', 40).map((value) => value / 50);
    const permutations = randomPermutations(40, 50, random);
    for (const order of permutations) expect(Array.from(order).sort((a, b) => a - b)[39]).toBe(39);
    const orderAsDraw = monteCarloDrawdown({
      tradeReturns,
      permutations,
      resamples: permutations,
      drawdownLimit: 0.05,
    });
    expect(new Set(orderAsDraw.resampleReturns.map((value) => Math.round(value * 1e10))).size).toBe(1);
    expect(orderAsDraw.reorderDrawdowns).toEqual(orderAsDraw.resampleDrawdowns);
    expect(drawdownQuantiles(orderAsDraw.reorderDrawdowns, [0, 1])).toEqual([
      Math.min(...orderAsDraw.reorderDrawdowns),
      Math.max(...orderAsDraw.reorderDrawdowns),
    ]);
    const ruin = monteCarloDrawdown({
      tradeReturns: [-1.5, 0.5],
      permutations: [],
      resamples: [[0, 1]],
      drawdownLimit: 0.5,
    });
    expect(ruin).toMatchObject({ observed: 1, probabilityOverLimit: 1, probabilityOfLoss: 1 });
    expect(ruin.resampleReturns[0]).toBe(-1);
    const none = monteCarloDrawdown({ tradeReturns: [], permutations: [], resamples: [], drawdownLimit: 0.1 });
    expect(none).toMatchObject({ observed: 0, probabilityOverLimit: undefined });
  });
});
