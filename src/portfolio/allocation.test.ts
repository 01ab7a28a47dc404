// Do weights share risk as told, sum to one and respect the cap?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import {
  allocate,
  capWeights,
  equalRiskWeights,
  inverseVarianceWeights,
  inverseVolatilityWeights,
  portfolioVolatility,
  riskContributions,
} from './allocation.ts';
import { correlationMatrix, covarianceMatrix } from './covariance.ts';

function returnsOf(seed: number, assets: number, rows: number): Float64Array[] {
  const random = createRandom(seed);
  const market = Float64Array.from({ length: rows }, () => random.normal());
  return Array.from({ length: assets }, (_, asset) => {
    const loading = random.next() * 2 - 0.5;
    return market.map((value) => (loading * value + random.normal()) * 0.01 * (asset + 1));
  });
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
const assets = fc.integer({ min: 1, max: 12 });

describe('equal risk contribution', () => {
  it('sums to 1 and splits the variance by the budgets', () => {
    fc.assert(
      fc.property(fc.nat(), assets, fc.boolean(), (seed, count, budgeted) => {
        const covariance = covarianceMatrix(returnsOf(seed, count, 40));
        const budgets = budgeted ? Array.from({ length: count }, (_, index) => index + 1) : undefined;
        const weights = equalRiskWeights(covariance, budgets) ?? new Float64Array(count);
        const parts = riskContributions(weights, covariance) ?? new Float64Array(count);
        expect(sum(weights)).toBeCloseTo(1, 12);
        expect(weights.every((weight) => weight > 0)).toBe(true);
        const total = budgets === undefined ? count : sum(budgets);
        parts.forEach((part, index) => expect(part).toBeCloseTo((budgets?.[index] ?? 1) / total, 10));
      }),
      { seed: 12, numRuns: 150 },
    );
  });

  it('follows the assets when they change places', () => {
    const columns = returnsOf(5, 6, 50);
    const weights = equalRiskWeights(covarianceMatrix(columns)) ?? new Float64Array(6);
    const turned = equalRiskWeights(covarianceMatrix(columns.toReversed())) ?? new Float64Array(6);
    turned.toReversed().forEach((weight, index) => expect(weight).toBeCloseTo(weights[index], 13));
  });

  it('is inverse volatility for two assets', () => {
    const covariance = covarianceMatrix(returnsOf(8, 2, 30));
    const expected = inverseVolatilityWeights(covariance) ?? new Float64Array(2);
    equalRiskWeights(covariance)?.forEach((weight, index) => expect(weight).toBeCloseTo(expected[index], 13));
  });

  it('is reached for many assets that are nearly the same', () => {
    const covariance = Array.from({ length: 80 }, (_, i) =>
      Array.from({ length: 80 }, (_, j) => (i === j ? 1 : 0.9999)),
    );
    equalRiskWeights(covariance)?.forEach((weight) => expect(weight).toBeCloseTo(1 / 80, 12));
    expect(equalRiskWeights(covariance)).toBeDefined();
  });

  it('is undefined where an asset has no risk or a budget is not positive', () => {
    expect(equalRiskWeights([])).toBeUndefined();
    expect(equalRiskWeights([[0]])).toBeUndefined();
    expect(inverseVolatilityWeights([[0]])).toBeUndefined();
    expect(
      equalRiskWeights(
        [
          [1, 0],
          [0, 1],
        ],
        [1, 0],
      ),
    ).toBeUndefined();
    expect(
      equalRiskWeights(
        [
          [1, 0],
          [0, 1],
        ],
        [1],
      ),
    ).toBeUndefined();
    expect(
      equalRiskWeights(
        [
          [1, -1],
          [-1, 1],
        ],
        [0.7, 0.3],
      ),
    ).toBeUndefined();
  });
});

describe('inverse variance', () => {
  it('has the least volatility of all weights where nothing is correlated', () => {
    const covariance = [0.04, 0.09, 0.5].map((variance, i) => [0, 1, 2].map((j) => (i === j ? variance : 0)));
    const weights = inverseVarianceWeights(covariance) ?? new Float64Array(3);
    const least = portfolioVolatility(weights, covariance);
    for (const shift of [0.01, -0.01])
      for (const other of [1, 2]) {
        const moved = weights.slice();
        moved[0] += shift;
        moved[other] -= shift;
        expect(portfolioVolatility(moved, covariance)).toBeGreaterThan(least);
      }
    expect(least).toBeCloseTo(1 / Math.sqrt(25 + 100 / 9 + 2), 14);
  });
});

describe('cap', () => {
  const weights = fc.array(fc.oneof(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 10,
  });

  it('is never exceeded, keeps the sum, and keeps the order and proportions of the rest', () => {
    fc.assert(
      fc.property(
        weights,
        fc.integer({ min: 5, max: 100 }).map((percent) => percent / 100),
        (raw, cap) => {
          fc.pre(sum(raw) > 0.001);
          const original = raw.map((weight) => weight / sum(raw));
          const result = capWeights(original, cap);
          const holders = original.filter((weight) => weight > 0).length;
          if (result === undefined) {
            expect(cap * holders).toBeLessThan(1);
            return;
          }
          expect(Math.max(...result)).toBeLessThanOrEqual(cap);
          expect(sum(result)).toBeCloseTo(1, 12);
          const free = original.flatMap((weight, i) => (weight > 1e-9 && result[i] < cap ? [result[i] / weight] : []));
          if (free.length > 0) expect(Math.max(...free) / Math.min(...free)).toBeCloseTo(1, 9);
        },
      ),
      { seed: 13, numRuns: 500 },
    );
  });

  it('leaves cash where it leaves no room', () => {
    const covariance = covarianceMatrix(returnsOf(2, 3, 30));
    expect(allocate('equal-risk', covariance, 0.2)).toEqual({
      weights: Float64Array.of(0.2, 0.2, 0.2),
      cash: 1 - (0.2 + 0.2 + 0.2),
    });
    expect(allocate('equal', covariance, 1)?.cash).toBe(0);
    expect(allocate('inverse-volatility', covariance, 0.5)?.weights.every((weight) => weight <= 0.5)).toBe(true);
    expect(allocate('equal', [], 1)).toBeUndefined();
  });
});

describe('covariance', () => {
  it('is symmetric, blind to shifts, and scales with the square', () => {
    const columns = returnsOf(4, 3, 25);
    const covariance = covarianceMatrix(columns);
    const moved = covarianceMatrix(columns.map((column) => column.map((value) => 2 * value + 5)));
    for (let i = 0; i < 3; i += 1)
      for (let j = 0; j < 3; j += 1) {
        expect(covariance[i][j]).toBe(covariance[j][i]);
        expect(moved[i][j]).toBeCloseTo(4 * covariance[i][j], 14);
      }
    expect(correlationMatrix(covariance)[1][1]).toBe(1);
    expect(
      correlationMatrix([
        [0, 0],
        [0, 1],
      ])[0][1],
    ).toBeNaN();
    expect(() => covarianceMatrix([[1], [2]])).toThrow(RangeError);
    expect(() => covarianceMatrix([[1, 2], [2]])).toThrow(RangeError);
  });
});
