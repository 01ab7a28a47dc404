// Which rows would a research run over such a market give? Correlated variants of two symbols with a planted Sharpe ratio or none.
import { createRandom, type Random } from '../../src/domain/random.ts';
import { DAY_MS, DAYS_PER_YEAR } from '../../src/domain/time.ts';
import type { SelectionRow } from '../../src/research/selection-row.ts';
import { foldStability } from '../../src/research/statistics/stability.ts';

export const SYMBOLS = ['AAAUSDT', 'BBBUSDT'];
export const VARIANTS = 18;
/** 2024-01-01 00:00 UTC. */
export const FROM = 1_704_067_200_000;
const DEVIATION = 0.01;

export interface SimulatedRun {
  readonly seed: string;
  readonly days: number;
  /** Correlation of the variants of one symbol; symbols correlate with half of it. */
  readonly correlation: number;
  /** Of successive days, for every row. */
  readonly autocorrelation?: number;
  /** `fat`: Student's t with 4 degrees of freedom. */
  readonly tails?: 'normal' | 'fat';
  /** True annual Sharpe ratio of a variant (numbered from 0); 0 unless given. */
  readonly edge?: (symbolIndex: number, variant: number) => number;
}

/** The rows of one run, symbol by symbol, without trades. */
export function simulatedRows(run: SimulatedRun): SelectionRow[] {
  const random = createRandom(run.seed);
  const columns = SYMBOLS.map(() => Array.from({ length: VARIANTS }, () => new Array<number>(run.days)));
  const shared = Math.sqrt(run.correlation);
  const own = Math.sqrt(1 - run.correlation);
  const memory = run.autocorrelation ?? 0;
  const previous = columns.map((variants) => variants.map(() => 0));
  for (let day = 0; day < run.days; day += 1) {
    const market = draw(random, run);
    for (const [symbolIndex, variants] of columns.entries()) {
      const factor = Math.SQRT1_2 * (market + draw(random, run));
      for (const [variant, column] of variants.entries()) {
        const shock = shared * factor + own * draw(random, run);
        const noise = memory * previous[symbolIndex][variant] + Math.sqrt(1 - memory * memory) * shock;
        previous[symbolIndex][variant] = noise;
        const edge = (run.edge?.(symbolIndex, variant) ?? 0) / Math.sqrt(DAYS_PER_YEAR);
        column[day] = DEVIATION * (noise + edge);
      }
    }
  }
  const days = Array.from({ length: run.days + 1 }, (_, index) => FROM + index * DAY_MS);
  return columns.flatMap((variants, symbolIndex) =>
    variants.map((dailyReturns, variant) => ({
      symbol: SYMBOLS[symbolIndex],
      riskLevel: 'moderate',
      variant: `variant-${variant}`,
      configHash: `config-${variant}`,
      initialEquity: 100_000,
      days,
      dailyReturns,
      foldSharpe: foldStability([]),
      trades: [],
    })),
  );
}

/** Mean 0 and variance 1. */
function draw(random: Random, { tails }: SimulatedRun): number {
  const normal = random.normal();
  if (tails !== 'fat') return normal;
  const chi = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return normal * Math.sqrt(2 / chi);
}
