// On which markets is the portfolio layer proved? Invented hourly candles of many symbols that share a market, with settings of short memory.
import type { Candle } from '../../src/domain/candle.ts';
import { createRandom } from '../../src/domain/random.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { createPortfolio, type Portfolio } from '../../src/portfolio/portfolio.ts';
import type { PortfolioParams, PortfolioSettings } from '../../src/portfolio/portfolio-params.ts';
import type { Rebalance } from '../../src/portfolio/rebalance.ts';

/** 2024-01-01 00:00 UTC. */
export const FIRST_OPEN = Date.UTC(2024, 0, 1);

type Sections = { readonly [Section in keyof PortfolioSettings]?: Partial<PortfolioSettings[Section]> };

/** Three days of memory, two seats, no buffer; what a test wants otherwise. */
export function portfolioParams(
  more: Sections & { readonly maxShare?: number; readonly ageDays?: number } = {},
): PortfolioParams {
  return {
    crossSectional: {
      enabled: true,
      rebalanceIntervalHours: 24,
      topK: 2,
      allocation: 'equal',
      scoreWeights: { sharpe: 0.4, adx: 0.3, confidence: 0.2, volatility: 0.1 },
      sharpeLookbackDays: 3,
      minLiquidity: 0,
      maxSymbolRisk: 1,
      ...more.crossSectional,
    },
    selection: {
      include: [],
      exclude: [],
      rankBuffer: 0,
      normalisation: 'rank',
      onLeaving: 'own_exit',
      ...more.selection,
    },
    rebalancing: { noTradeBand: 0.2, increase: true, ...more.rebalancing },
    limits: { maxGross: 3, maxNet: 3, maxGroup: 2, groupCorrelation: 0.8, ...more.limits },
    covariance: { lookbackDays: 3, shrinkage: 'auto', ...more.covariance },
    adxPeriod: 14,
    universe: { minListingAgeDays: more.ageDays ?? 0, minTradedValue24h: 0 },
    maxShare: more.maxShare ?? 100,
  };
}

/** One symbol's candles; `confidences` are what its model thinks at each of them. */
export interface Listed {
  readonly symbol: string;
  readonly candles: readonly Candle[];
  readonly confidences: readonly number[];
}

/** `count` symbols over `hours` that move partly together; about one bar in fifty is missing. */
export function inventedMarket(seed: string, count: number, hours: number): Listed[] {
  const market = createRandom(`${seed}/market`);
  const common = Array.from({ length: hours }, () => market.normal());
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(`${seed}/${index}`);
    const scale = 0.002 * (1 + random.next() * 4);
    const drift = 0.1 * random.normal();
    let close = 10 + 90 * random.next();
    const all = common.map((shared, hour) => {
      const open = close;
      close *= Math.exp(scale * (0.6 * shared + 0.8 * random.normal() + drift));
      const openTime = FIRST_OPEN + hour * HOUR_MS;
      const high = Math.max(open, close) * 1.001;
      const low = Math.min(open, close) * 0.999;
      return {
        openTime,
        closeTime: openTime + HOUR_MS,
        open,
        high,
        low,
        close,
        volume: 100 + 900 * random.next(),
        flags: 0,
      };
    });
    const candles = all.filter(() => random.next() > 0.02);
    return { symbol: `S${index}USDT`, candles, confidences: candles.map(() => random.next()) };
  });
}

/** Feeds all candles close by close and returns every rebalance; `look` sees the portfolio right after each. */
export function rebalancesOf(
  listed: readonly Listed[],
  params: PortfolioParams,
  look?: (portfolio: Portfolio, rebalance: Rebalance) => void,
): Rebalance[] {
  const portfolio = createPortfolio(
    listed.map(({ symbol }) => ({ symbol })),
    HOUR_MS,
    params,
  );
  const closes = [...new Set(listed.flatMap(({ candles }) => candles.map(({ closeTime }) => closeTime)))];
  const cursor = listed.map(() => 0);
  const made: Rebalance[] = [];
  for (const time of closes.sort((a, b) => a - b)) {
    listed.forEach(({ candles, confidences }, index) => {
      const at = cursor[index];
      if (candles[at]?.closeTime !== time) return;
      portfolio.update(index, candles[at]);
      portfolio.noteConfidence(index, confidences[at]);
      cursor[index] = at + 1;
    });
    const rebalance = portfolio.rebalance(time);
    if (rebalance === undefined) continue;
    made.push(rebalance);
    look?.(portfolio, rebalance);
  }
  return made;
}
