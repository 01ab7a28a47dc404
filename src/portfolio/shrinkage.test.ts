// Is the intensity of the shrinkage the optimal one? Against numpy, against the definition, and against the error that it is to make small.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventedMarket, portfolioParams, rebalancesOf } from '../../test/scenarios/portfolio-market.ts';
import { createRandom } from '../domain/random.ts';
import { correlationMatrix, covarianceMatrix } from './covariance.ts';
import { shrinkageIntensity, shrunk } from './shrinkage.ts';

/** Waves that share one, of very different sizes. */
const waves = (rows: number, assets: number, common: number): Float64Array[] =>
  Array.from({ length: assets }, (_, asset) =>
    Float64Array.from(
      { length: rows },
      (_, at) => (Math.sin((at + 1) * (asset + 2)) + common * Math.cos(1.7 * (at + 1))) * 10 ** (asset % 3),
    ),
  );

/** Assets that load on one factor with `loading`; their true correlations are its square. */
function factorReturns(seed: string, shape: { rows: number; assets: number; loading: number }): Float64Array[] {
  const random = createRandom(seed);
  const { rows, assets, loading } = shape;
  const factor = Float64Array.from({ length: rows }, () => random.normal());
  const own = Math.sqrt(1 - loading ** 2);
  return Array.from({ length: assets }, (_, asset) =>
    factor.map((value) => 0.01 * (asset + 1) * (loading * value + own * random.normal())),
  );
}

const pairs = (count: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: i }, (_, j): [number, number] => [i, j])).flat();

/** From the definition, with Pearson's formula as it stands in a textbook. */
function byDefinition(columns: readonly Float64Array[]): number {
  const rows = columns[0].length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / rows;
  let noise = 0;
  let squares = 0;
  for (const [i, j] of pairs(columns.length)) {
    const [a, b] = [[...columns[i]], [...columns[j]]];
    const [meanA, meanB] = [mean(a), mean(b)];
    const sizeA = Math.sqrt(mean(a.map((x) => (x - meanA) ** 2)));
    const sizeB = Math.sqrt(mean(b.map((x) => (x - meanB) ** 2)));
    const r = mean(a.map((x, at) => (x - meanA) * (b[at] - meanB))) / sizeA / sizeB;
    // Deviations over the sample deviation are those over the population one times (n - 1) / n, twice.
    const w = a.map((x, at) => (((x - meanA) / sizeA) * ((b[at] - meanB) / sizeB) * (rows - 1)) / rows);
    noise += (rows / (rows - 1) ** 3) * w.reduce((sum, x) => sum + (x - mean(w)) ** 2, 0);
    squares += r * r;
  }
  return Math.min(1, noise / squares);
}

const intensityOf = (rows: number, loading: number): number =>
  shrinkageIntensity(factorReturns('limits', { rows, assets: 5, loading }));

describe('the shrinkage intensity', () => {
  // numpy 2.4: z = (x - x.mean(0)) / x.std(0, ddof=1); w = einsum('ki,kj->kij', z, z);
  // var = n / (n - 1)**3 * ((w - w.mean(0))**2).sum(0); var[off].sum() / (corrcoef(x, rowvar=False)[off]**2).sum()
  it.each([
    [24, 5, 0.5, 0.8732384301133229],
    [60, 3, 2, 0.01807575266420696],
    [12, 8, 0.1, 2.837739917974818],
  ])('is that of numpy for %i rows of %i assets', (rows, assets, common, expected) => {
    expect(shrinkageIntensity(waves(rows, assets, common))).toBeCloseTo(Math.min(1, expected), 12);
  });

  it('is that of the definition, whatever the order and the size of the assets', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 4, max: 60 }),
      assets: fc.integer({ min: 2, max: 7 }),
      loading: fc.constantFrom(0, 0.3, 0.7, 0.95),
    });
    fc.assert(
      fc.property(fc.nat().map(String), shape, fc.integer({ min: -9, max: 9 }), (seed, how, power) => {
        const columns = factorReturns(seed, how);
        const intensity = shrinkageIntensity(columns);
        expect(intensity).toBeGreaterThanOrEqual(0);
        expect(intensity).toBeLessThanOrEqual(1);
        expect(intensity).toBeCloseTo(byDefinition(columns), 10);
        expect(shrinkageIntensity(columns.toReversed())).toBeCloseTo(intensity, 12);
        const scaled = columns.map((column, asset) => (asset === 0 ? column.map((x) => x * 2 ** power) : column));
        expect(shrinkageIntensity(scaled)).toBe(intensity);
      }),
      { seed: 81, numRuns: 200 },
    );
  });

  it('makes the error of the correlations smaller than leaving them, or taking them all out', () => {
    const shape = { rows: 30, assets: 6, loading: 0.55 };
    const errors = { none: 0, auto: 0, full: 0 };
    for (let round = 0; round < 200; round += 1) {
      const columns = factorReturns(`error-${round}`, shape);
      const covariance = covarianceMatrix(columns);
      for (const [name, intensity] of [
        ['none', 0],
        ['auto', shrinkageIntensity(columns)],
        ['full', 1],
      ] as const) {
        const correlation = correlationMatrix(shrunk(covariance, intensity));
        for (const [i, j] of pairs(6)) errors[name] += (correlation[i][j] - shape.loading ** 2) ** 2;
      }
    }
    expect(errors.auto).toBeLessThan(0.95 * errors.none);
    expect(errors.auto).toBeLessThan(0.95 * errors.full);
  });

  it('grows with noise, and falls with history', () => {
    expect(intensityOf(2_000, 0.9)).toBeLessThan(0.005);
    expect(intensityOf(50, 0)).toBeGreaterThan(0.5);
    expect(intensityOf(50, 0.9)).toBeGreaterThan(intensityOf(2_000, 0.9));
  });

  it('is 0 without pairs and 1 without correlation, and assets that stand still say nothing', () => {
    const [a, b] = factorReturns('still', { rows: 40, assets: 2, loading: 0.8 });
    expect(shrinkageIntensity([])).toBe(0);
    expect(shrinkageIntensity([a])).toBe(0);
    expect(shrinkageIntensity([a, new Float64Array(40)])).toBe(0);
    expect(shrinkageIntensity([a, new Float64Array(40).fill(3), b])).toBe(shrinkageIntensity([a, b]));
    expect(shrinkageIntensity([Float64Array.of(1, -1, 1, -1), Float64Array.of(1, 1, -1, -1)])).toBe(1);
  });
});

describe('a rebalance', () => {
  const market = inventedMarket('shrinkage', 5, 24 * 10);
  const made = (shrinkage: number | 'auto') =>
    rebalancesOf(
      market,
      portfolioParams({ crossSectional: { topK: 4, allocation: 'risk_parity' }, covariance: { shrinkage } }),
    );

  it('says how far it drew the covariance, and weighs as with that number', () => {
    const last = made('auto').at(-1);
    expect(last?.shrinkage).toBeGreaterThan(0.001);
    expect(last?.shrinkage).toBeLessThan(0.5);
    const fixed = made(last?.shrinkage ?? NaN).at(-1);
    expect(fixed).toEqual(last);
    expect(made(0.3).at(-1)?.shrinkage).toBe(0.3);
    expect(made(1).at(-1)?.weights).not.toEqual(last?.weights);
  });

  it('has none while the returns in common are too few', () => {
    expect(made('auto')[0]).toMatchObject({ shrinkage: undefined, fallback: { method: 'equal' } });
  });
});
