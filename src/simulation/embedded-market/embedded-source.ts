// How does the embedded market serve a run? As a market data source that says it is invented.
import { markSeries } from '../../domain/candle-quality.ts';
import type { MarkParams } from '../../domain/candle-quality.ts';
import { firstBarAtOrAfter, sliceSeries } from '../../domain/candle.ts';
import type { CandleSeries } from '../../domain/candle.ts';
import { contentHashOf } from '../../domain/content-hash.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { TimeRange } from '../../ports/candle-source.ts';
import type { MarketDataSource } from '../../ports/market-data-source.ts';
import { createEmbeddedMarket } from './create-embedded-market.ts';
import type { EmbeddedMarketOptions } from './create-embedded-market.ts';

export interface EmbeddedSourceOptions extends EmbeddedMarketOptions {
  readonly marks: MarkParams;
}

/** The contract whose bars of five minutes are served too. */
const FINER_SYMBOL = 'ALPHAUSDT';

/** Hourly candles of all contracts, five-minute candles of one, funding and rules; nothing is read from anywhere. */
export function createEmbeddedSource(options: EmbeddedSourceOptions): MarketDataSource {
  const market = createEmbeddedMarket(options);
  const provenance = 'invented together with the embedded market';

  const stored = (symbol: string, interval: string): CandleSeries | undefined => {
    if (interval === '1h') return market.candles(symbol);
    return interval === '5m' && symbol === FINER_SYMBOL ? market.finerCandles(symbol) : undefined;
  };
  const candles = async (symbol: string, interval: string, range?: TimeRange): Promise<CandleSeries | undefined> => {
    const series = stored(symbol, interval);
    if (series === undefined) return undefined;
    if (range === undefined) return markSeries(series, options.marks);
    const from = firstBarAtOrAfter(series, range.from);
    const to = Math.max(from, firstBarAtOrAfter(series, range.to));
    return markSeries(sliceSeries(series, from, to), options.marks);
  };

  return {
    synthetic: true,
    describe: () => `embedded market, SYNTHETIC: invented prices of seed ${options.seed}`,
    symbols: async (interval) => market.symbols.filter((symbol) => stored(symbol, interval) !== undefined),
    candles,
    funding: async (symbol) => market.funding(symbol),
    instrument: async (symbol) => market.instrument(symbol),
    async instrumentRecord(symbol) {
      const instrument = market.instrument(symbol);
      return instrument === undefined ? undefined : { instrument, provenance };
    },
    async contentHash(symbol, interval) {
      const series = stored(symbol, interval);
      if (series === undefined)
        throw new PerpilotError('DATA_MISSING', `the embedded market has no candles of ${symbol} ${interval}`);
      return contentHashOf(series, market.funding(symbol));
    },
  };
}
