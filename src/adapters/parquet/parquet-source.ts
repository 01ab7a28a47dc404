// How does a data folder serve a run? As a market data source over its Parquet and instrument files.
import { join, resolve } from 'node:path';
import { markSeries } from '../../domain/candle-quality.ts';
import type { MarkParams } from '../../domain/candle-quality.ts';
import type { CandleSeries } from '../../domain/candle.ts';
import { contentHashOf } from '../../domain/content-hash.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import type { TimeRange } from '../../ports/candle-source.ts';
import type { InstrumentRecord } from '../../ports/instrument-source.ts';
import type { MarketDataSource } from '../../ports/market-data-source.ts';
import { derivedInstrument } from '../instruments/derived-instrument.ts';
import { listingDates } from '../instruments/listing-dates.ts';
import { storedInstruments } from '../instruments/stored-instruments.ts';
import { readUsableCandles, readUsableFunding } from './series-reader.ts';
import { candleFile, fundingFile, intervalOf, isStored, listStore } from './store-layout.ts';

export interface ParquetSourceOptions {
  /** Folder with candles/, funding/ and instruments/. */
  readonly root: string;
  readonly marks: MarkParams;
}

/**
 * The folder `root` as a source. Series are read anew at each call (the caller keeps them), marked, never repaired;
 * only the clock jitter of funding stamps is rounded away. Contract rules of a symbol without a stored file are derived
 * from its longest stored interval.
 */
export function createParquetSource(options: ParquetSourceOptions): MarketDataSource {
  const root = resolve(options.root);
  const instruments = storedInstruments(root);
  const listings = listingDates(join(root, 'instruments'));

  const candles = async (symbol: string, interval: string, range?: TimeRange): Promise<CandleSeries | undefined> => {
    const file = candleFile(root, symbol, interval);
    const intervalMs = intervalOf(interval);
    if (file === undefined || intervalMs === undefined || !(await isStored(file))) return undefined;
    return markSeries(await readUsableCandles({ file, symbol, intervalMs, range }), options.marks);
  };

  const funding = async (symbol: string): Promise<FundingSeries | undefined> => {
    const file = fundingFile(root, symbol);
    return file !== undefined && (await isStored(file)) ? readUsableFunding(file, symbol) : undefined;
  };

  const contractRules = async (symbol: string): Promise<InstrumentRecord | undefined> => {
    const stored = await instruments.find(symbol);
    if (stored !== undefined) return stored;
    const files = (await listStore(root)).candles.filter((file) => file.symbol === symbol && file.isSymbol);
    const longest = files.sort((a, b) => b.intervalMs - a.intervalMs)[0];
    const series = longest === undefined ? undefined : await candles(symbol, longest.interval);
    return series === undefined ? undefined : derivedInstrument(series);
  };

  const instrumentRecord = async (symbol: string): Promise<InstrumentRecord | undefined> => {
    const rules = await contractRules(symbol);
    return rules === undefined
      ? undefined
      : { ...rules, listedAt: rules.listedAt ?? (await listings.listedAt(symbol)) };
  };

  return {
    synthetic: false,
    describe: () => `Parquet files in ${root}`,
    async symbols(interval) {
      const files = (await listStore(root)).candles;
      return files.filter((file) => file.interval === interval && file.isSymbol).map((file) => file.symbol);
    },
    candles,
    funding,
    instrumentRecord,
    instrument: async (symbol) => (await instrumentRecord(symbol))?.instrument,
    async contentHash(symbol, interval) {
      const series = await candles(symbol, interval);
      if (series === undefined)
        throw new PerpilotError('DATA_MISSING', `no candles of ${symbol} ${interval} in ${root}`);
      return contentHashOf(series, await funding(symbol));
    },
  };
}
