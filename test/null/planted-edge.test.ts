// Does the whole pipeline find an edge where one was planted, the more surely the larger it is?
import { beforeAll, describe, expect, it } from 'vitest';
import { marketOf, runSmall, variantsOf, type SmallRunResult } from '../scenarios/research/small-research.ts';
import { selectionOf } from '../../src/research/selection.ts';
import { createPlantedEdge } from '../../src/simulation/embedded-market/null-markets.ts';

const DAYS = 200;
const SEEDS = [1, 2, 3, 4];

const runsOf = (driftPerDeviation: number): Promise<SmallRunResult[]> =>
  Promise.all(
    SEEDS.map((seed) => {
      const { candles, funding } = createPlantedEdge({ seed, bars: DAYS * 24, driftPerDeviation });
      return runSmall({ markets: [marketOf(candles, funding)], variants: variantsOf(['moderate']), seed });
    }),
  );

const sharpes = (runs: readonly SmallRunResult[]): number[] =>
  runs.map(({ result }) => result.rows[0].figures.sharpe ?? 0);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a planted edge', () => {
  let clear: readonly SmallRunResult[];
  let faint: readonly SmallRunResult[];
  beforeAll(async () => {
    clear = await runsOf(0.25);
    faint = await runsOf(0.06);
  });
  it('is recovered and recommended, with an interval far above zero', () => {
    for (const { result } of clear) {
      const [row] = result.rows;
      expect(row.verdict.edge).toBe(true);
      expect(selectionOf(result.selection, row).sharpeInterval.low.value).toBeGreaterThan(1);
      expect(row.verdict.deflatedSharpe).toBeGreaterThan(0.95);
      expect(result.levels[0].word).toBe('recommended');
    }
  });

  it('shows in the entries: random ones with the same sides and holding times do not do as well', () => {
    for (const { result } of clear) {
      const [{ randomEntries }] = result.rows;
      expect(randomEntries?.pValue).toBeLessThan(0.02);
      expect(randomEntries?.actual).toBeGreaterThan(randomEntries?.high ?? NaN);
    }
  });

  it('is learnt: the models rank better than chance on data they were not fitted on', () => {
    for (const { result } of clear) {
      expect(result.models.medianValidationAuc).toBeGreaterThan(0.53);
      expect(result.models.skilled / result.models.models).toBeGreaterThan(0.6);
      expect(result.models.medianBaseRate).toBeGreaterThan(result.models.medianBreakEven ?? NaN);
    }
  });

  it('that is faint earns less and is not called one where luck could explain it', () => {
    expect(mean(sharpes(faint))).toBeLessThan(mean(sharpes(clear)) / 2);
    expect(faint.filter(({ result }) => result.levels[0].word === 'recommended').length).toBeLessThan(2);
  });
});
