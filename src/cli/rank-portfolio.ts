// How would the portfolio layer decide at a moment? Stored candles are replayed up to it, with every rebalance on the way.
import { createCandleView, loadCandle } from '../domain/candle.ts';
import { createPortfolio } from '../portfolio/portfolio.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';
import { listedAtOf, type SymbolMarket } from '../research/market.ts';

export interface RankRequest {
  /** At least one, with candles of one length. */
  readonly markets: readonly SymbolMarket[];
  readonly params: PortfolioParams;
  /** Epoch milliseconds; Infinity: the end of what is stored. */
  readonly at: number;
}

/** The decision at the last close at or before `at`; undefined: no candle has closed by then. No model is asked. */
export function rankPortfolio({ markets, params, at }: RankRequest): Rebalance | undefined {
  const barMs = markets[0].series.intervalMs;
  const closes = closesUntil(markets, at);
  if (closes.length === 0) return undefined;
  const portfolio = createPortfolio(
    markets.map((market) => ({ symbol: market.symbol, listedAt: listedAtOf(market) })),
    barMs,
    params,
  );
  const view = createCandleView();
  const cursor = markets.map(() => 0);
  const feed = (time: number): void => {
    markets.forEach(({ series }, index) => {
      if (cursor[index] >= series.length || series.openTime[cursor[index]] + barMs !== time) return;
      loadCandle(view, series, cursor[index]);
      portfolio.update(index, view);
      cursor[index] += 1;
    });
  };
  for (let index = 0; index < closes.length - 1; index += 1) {
    feed(closes[index]);
    portfolio.rebalance(closes[index]);
  }
  const last = closes[closes.length - 1];
  feed(last);
  return portfolio.rebalanceNow(last);
}

/** Every close of any market up to `at`, each once, in rising time. */
function closesUntil(markets: readonly SymbolMarket[], at: number): Float64Array {
  const closes = new Set<number>();
  for (const { series } of markets) {
    for (const openTime of series.openTime)
      if (openTime + series.intervalMs <= at) closes.add(openTime + series.intervalMs);
  }
  return Float64Array.from(closes).sort();
}
