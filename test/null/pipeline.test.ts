// R10 in small: the same module as `npm run null`, over few seeds and short histories.
import { beforeAll, describe, expect, it } from 'vitest';
import { createWorkerPool } from '../../src/adapters/system/worker-pool.ts';
import { binomialBand } from './binomial-band.ts';
import { edgeMarket, flipSigns, noiseMarket } from './pipeline-markets.ts';
import { nullRun, type NullReport, type NullTask } from './pipeline-run.ts';
import { brokenPromises, falseFinds, isPraised, MOST_PAID, powerOf, shareLines, tradesOf } from './pipeline-table.ts';

const SMALL: Omit<NullTask, 'seed' | 'market'> = {
  days: 240,
  costs: 'none',
  overrides: [
    'model.boosting.trees=20',
    'model.bags=1',
    'research.ensemble_variants=[true]',
    'research.regime_sensitivities=[standard,relaxed]',
  ],
};

const LEVELS = 3;
const ROWS = LEVELS * 2;

describe('the whole research on noise', () => {
  let reports: readonly NullReport[];
  const tasks = [0, 1].map((seed): NullTask => ({ ...SMALL, seed, market: seed % 2 === 0 ? 'walk' : 'flipped' }));
  beforeAll(async () => {
    reports = await Promise.all(tasks.map(nullRun));
  });

  it('trades and calls nothing an edge, the best of all rows included', () => {
    expect(tradesOf(reports).some((trades) => trades > 30)).toBe(true);
    expect(reports.filter(isPraised)).toEqual([]);
    expect(reports.every(({ words }) => words.length === LEVELS)).toBe(true);
    expect(brokenPromises(falseFinds(reports))).toEqual([]);
  });

  it('pays nothing, so that the true Sharpe ratio is 0', () => {
    expect(Math.max(...reports.flatMap(({ rows }) => rows.map(({ paid }) => paid)))).toBeLessThan(MOST_PAID);
  });

  it('looks at the row with the highest Sharpe ratio of all', () => {
    for (const { rows, best, chosen } of reports) {
      expect(rows).toHaveLength(ROWS);
      expect(rows).toContain(chosen);
      const known = rows.flatMap(({ sharpe }) => sharpe ?? []);
      expect(best?.sharpe).toBe(known.length === 0 ? undefined : Math.max(...known));
    }
  });

  it('gives a thread the same seed the same result', async () => {
    const pool = createWorkerPool<NullTask, NullReport>({
      module: new URL('pipeline-worker.ts', import.meta.url),
      threads: 1,
      shared: undefined,
    });
    try {
      const [threaded] = await pool.run([tasks[1]], () => undefined);
      expect({ ...threaded, cpuSeconds: 0 }).toEqual({ ...reports[1], cpuSeconds: 0 });
    } finally {
      await pool.close();
    }
  });
});

describe('the whole research on a planted edge', () => {
  it('finds it', async () => {
    const reports = await Promise.all(
      [0, 1].map((seed) => nullRun({ ...SMALL, seed, costs: 'shipped', market: 0.25 })),
    );
    expect(powerOf(0.25, reports)).toMatchObject({
      runs: 2,
      recommended: 2,
      bestSurvives: 2,
    });
    expect(brokenPromises(falseFinds(reports))).toHaveLength(4);
  });
});

/** Of successive days' log returns. */
const correlation = (close: Float64Array): number => {
  const days = Array.from({ length: 399 }, (_, day) => Math.log(close[24 * day + 24] / close[24 * day]));
  const squares = days.reduce((sum, value) => sum + value * value, 0);
  return days.slice(1).reduce((sum, value, at) => sum + value * days[at], 0) / squares;
};

describe('flipped signs', () => {
  const { candles } = edgeMarket(0.25, { seed: 1, days: 400 });
  const flipped = flipSigns(candles, 'test');

  it('keep the size of every move and the order of prices within a bar', () => {
    const { open, high, low, close } = flipped;
    let furthest = 0;
    let disordered = 0;
    for (let bar = 1; bar < candles.length; bar += 1) {
      const from = close[bar - 1];
      const before = candles.close[bar - 1];
      const move = Math.abs(close[bar] / from - 1) - Math.abs(candles.close[bar] / before - 1);
      const range = (high[bar] - low[bar]) / from - (candles.high[bar] - candles.low[bar]) / before;
      furthest = Math.max(furthest, Math.abs(move), Math.abs(range));
      if (low[bar] > Math.min(open[bar], close[bar]) || high[bar] < Math.max(open[bar], close[bar])) disordered += 1;
    }
    expect(furthest).toBeLessThan(1e-12);
    expect(disordered).toBe(0);
  });

  it('leave nothing of a trend: the correlation of one day with the next is within its noise', () => {
    expect(correlation(candles.close)).toBeGreaterThan(0.3);
    expect(Math.abs(correlation(flipped.close))).toBeLessThan(3 / Math.sqrt(398));
  });

  it('are drawn by the seed, and the noise market differs from one to the next', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => noiseMarket('flipped', { seed, days: 30 }).candles.close);
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
  });
});

describe('the table', () => {
  it.each([
    [0, 200, 0, 0.018275],
    [10, 200, 0.024235, 0.090028],
    [5, 20, 0.086571, 0.491046],
    [20, 20, 0.831567, 1],
  ])('has the band of Clopper and Pearson: %i of %i', (hits, tries, low, high) => {
    const band = binomialBand(hits, tries);
    expect(band.low).toBeCloseTo(low, 5);
    expect(band.high).toBeCloseTo(high, 5);
  });

  it('fails at 5 % and not below, and prints n/a where no run has an answer', () => {
    const share = { name: 'false', below: 0.05 };
    expect(brokenPromises([{ ...share, hits: 9, tries: 200 }])).toEqual([]);
    expect(brokenPromises([{ ...share, hits: 10, tries: 200 }])).toEqual(['false: 10 of 200']);
    expect(brokenPromises([{ ...share, hits: 0, tries: 0 }])).toEqual(['false: 0 of 0']);
    expect(shareLines([{ name: 'p', hits: 0, tries: 0 }])[0]).toMatch(/n\/a$/);
  });
});
