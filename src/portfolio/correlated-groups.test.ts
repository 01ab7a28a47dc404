// Are groups those of average linkage, whatever the order of the symbols, and does no chain of neighbours make one bet?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventedMarket, portfolioParams, rebalancesOf } from '../../test/scenarios/portfolio-market.ts';
import { createRandom } from '../domain/random.ts';
import { averageLinkage } from './correlated-groups.ts';
import { correlationMatrix, covarianceMatrix, type Matrix } from './covariance.ts';

/** Correlations of assets that share some of two factors. */
function correlationsOf(seed: number, count: number): Matrix {
  const random = createRandom(seed);
  const rows = 30;
  const factors = [0, 1].map(() => Float64Array.from({ length: rows }, () => random.normal()));
  const columns = Array.from({ length: count }, () => {
    const loadings = [random.normal(), random.normal()];
    return Float64Array.from(
      { length: rows },
      (_, row) => loadings[0] * factors[0][row] + loadings[1] * factors[1][row] + 0.4 * random.normal(),
    );
  });
  return correlationMatrix(covarianceMatrix(columns));
}

/** Members of every group. */
const partition = (groups: readonly number[]): number[][] => [
  ...Map.groupBy(groups.keys(), (index) => groups[index]).values(),
];

const between = (matrix: Matrix, a: readonly number[], b: readonly number[]): number => {
  const pairs = a.flatMap((i) => b.map((j) => matrix[i][j]));
  return pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
};

/** From the definition: every average anew from all its pairs. */
function byDefinition(matrix: Matrix, threshold: number): number[][] {
  let groups = matrix.map((_, index) => [index]);
  for (;;) {
    let best: readonly [number[], number[]] | undefined;
    for (const [at, a] of groups.entries())
      for (const b of groups.slice(at + 1))
        if (best === undefined || between(matrix, a, b) > between(matrix, ...best)) best = [a, b];
    if (best === undefined || between(matrix, ...best) < threshold) return groups;
    const [a, b] = best;
    const joined = [...a, ...b].toSorted((x, y) => x - y);
    groups = groups.filter((group) => group !== b).map((group) => (group === a ? joined : group));
  }
}

/** Groups in which each is correlated with some other at least so much. */
function singleLinkage(matrix: Matrix, threshold: number): number[] {
  const groups = [...matrix.keys()];
  for (const [i, row] of matrix.entries())
    for (let j = 0; j < i; j += 1) {
      if (row[j] < threshold) continue;
      const [from, to] = [groups[i], groups[j]];
      groups.forEach((group, index) => {
        if (group === from) groups[index] = to;
      });
    }
  return groups;
}

const market = fc.record({
  seed: fc.nat(),
  count: fc.integer({ min: 1, max: 12 }),
  threshold: fc.integer({ min: 10, max: 99 }).map((hundredths) => hundredths / 100),
});

describe('groups by average linkage', () => {
  it('are those of the definition', () => {
    fc.assert(
      fc.property(market, ({ seed, count, threshold }) => {
        const matrix = correlationsOf(seed, count);
        expect(partition(averageLinkage(matrix, threshold))).toEqual(byDefinition(matrix, threshold));
      }),
      { seed: 91, numRuns: 300 },
    );
  });

  it('are correlated enough on average within, not enough between, and lie within those of single linkage', () => {
    const counts = { pairs: 0, split: 0 };
    fc.assert(
      fc.property(market, ({ seed, count, threshold }) => {
        const matrix = correlationsOf(seed, count);
        const groups = averageLinkage(matrix, threshold);
        const members = partition(groups);
        const chains = singleLinkage(matrix, threshold);
        for (const [at, group] of members.entries()) {
          expect(groups[group[0]]).toBe(group[0]);
          expect(new Set(group.map((index) => chains[index])).size).toBe(1);
          const pairs = group.flatMap((i) => group.flatMap((j) => (j < i ? [matrix[i][j]] : [])));
          const mean = pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
          if (pairs.length > 0) expect(mean).toBeGreaterThan(threshold - 1e-8);
          for (const other of members.slice(at + 1)) {
            expect(between(matrix, group, other)).toBeLessThan(threshold + 1e-8);
          }
          counts.pairs += pairs.length;
        }
        if (members.length > partition(chains).length) counts.split += 1;
      }),
      { seed: 92, numRuns: 300 },
    );
    expect(counts.pairs).toBeGreaterThan(500);
    expect(counts.split).toBeGreaterThan(50);
  });

  it('do not depend on the order of the assets', () => {
    fc.assert(
      fc.property(market, fc.nat(), ({ seed, count, threshold }, other) => {
        const matrix = correlationsOf(seed, count);
        const random = createRandom(other);
        const order = [...matrix.keys()].map((index) => ({ index, key: random.next() }));
        const turned = order.toSorted((a, b) => a.key - b.key).map(({ index }) => index);
        const groups = averageLinkage(
          turned.map((i) => turned.map((j) => matrix[i][j])),
          threshold,
        );
        const back = partition(groups).map((members) => members.map((at) => turned[at]).toSorted((a, b) => a - b));
        expect(back.toSorted(([a], [b]) => a - b)).toEqual(partition(averageLinkage(matrix, threshold)));
      }),
      { seed: 93, numRuns: 300 },
    );
  });

  it('are not made by a chain of neighbours', () => {
    const chain = [
      [1, 0.85, 0.5],
      [0.85, 1, 0.84],
      [0.5, 0.84, 1],
    ];
    expect(averageLinkage(chain, 0.8)).toEqual([0, 0, 2]);
    expect(averageLinkage(chain, 0.67)).toEqual([0, 0, 0]);
    expect(averageLinkage(chain, 0.86)).toEqual([0, 1, 2]);
  });

  it('join of equals the first, and all that move as one at a threshold of 1', () => {
    const tie = [
      [1, 0.9, 0.9],
      [0.9, 1, 0.2],
      [0.9, 0.2, 1],
    ];
    expect(averageLinkage(tie, 0.8)).toEqual([0, 0, 2]);
    const almost = 1 - 2 * Number.EPSILON;
    expect(
      averageLinkage(
        [
          [1, almost],
          [almost, 1],
        ],
        1,
      ),
    ).toEqual([0, 0]);
    expect(averageLinkage([], 0.5)).toEqual([]);
    expect(averageLinkage([[1]], 0.5)).toEqual([0]);
  });
});

describe('the groups of a rebalance', () => {
  it('join ties by symbol, in whatever order the symbols were given', () => {
    const [a, b, c] = inventedMarket('ties', 3, 24 * 8);
    const twins = [a, { ...a, symbol: 'ZUSDT' }, { ...a, symbol: 'AUSDT' }, b, c];
    const params = portfolioParams({ crossSectional: { topK: 5 }, limits: { groupCorrelation: 0.95 } });
    const groups = (listed: typeof twins) => rebalancesOf(listed, params).map((made) => made.groups);
    expect(groups(twins).at(-1)).toEqual([['AUSDT', a.symbol, 'ZUSDT']]);
    expect(groups(twins.toReversed())).toEqual(groups(twins));
    expect(groups([...twins.slice(3), ...twins.slice(0, 3)])).toEqual(groups(twins));
  });
});
