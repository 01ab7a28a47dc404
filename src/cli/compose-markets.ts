// What is known of the wanted symbols? Candles, funding and rules from the chosen source, or everything that is missing.
import type { CandleSeries } from '../domain/candle.ts';
import { contentHashOf } from '../domain/content-hash.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { sha256Hex } from '../domain/sha256.ts';
import { parseInterval } from '../domain/time.ts';
import type { Config } from '../config/schema.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import type { SymbolMarket } from '../research/market.ts';
import { decisionCandles, symbolsWithCandles } from './decision-candles.ts';

export interface MarketRequest {
  readonly source: MarketDataSource;
  readonly symbols: readonly string[];
  readonly data: Config['data'];
  /** Stops before the next symbol. */
  readonly signal: AbortSignal;
}

/** A folder of Parquet files; loaded here because its reader takes longer to start than most commands to run. */
export async function openStore(root: string, data: Config['data']): Promise<MarketDataSource> {
  const { createParquetSource } = await import('../adapters/parquet/parquet-source.ts');
  return createParquetSource({ root, marks: data });
}

/** The synthetic market inside the package. */
export async function openEmbedded(seed: number, data: Config['data']): Promise<MarketDataSource> {
  const { createEmbeddedSource } = await import('../simulation/embedded-market/embedded-source.ts');
  return createEmbeddedSource({ seed, marks: data });
}

/** The markets that could be loaded, and what is wrong with the others; undefined: nothing. */
export interface LoadedMarkets {
  readonly markets: readonly SymbolMarket[];
  /** DATA_MISSING or DATA_CORRUPT with the problems of all symbols. */
  readonly failure: PerpilotError | undefined;
}

/** Loads every symbol; bad data of one does not hide what is wrong with the next. */
export async function loadMarkets(request: MarketRequest): Promise<LoadedMarkets> {
  const markets: SymbolMarket[] = [];
  const failures: PerpilotError[] = [];
  for (const symbol of request.symbols) {
    request.signal.throwIfAborted();
    try {
      markets.push(await loadMarket(request, symbol));
    } catch (error) {
      if (!(error instanceof PerpilotError && error.code.startsWith('DATA_'))) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0) return { markets, failure: undefined };
  const code = failures.some((failure) => failure.code === 'DATA_CORRUPT') ? 'DATA_CORRUPT' : 'DATA_MISSING';
  const problems = failures.flatMap((failure) => failure.problems);
  return { markets, failure: new PerpilotError(code, problems) };
}

async function loadMarket({ source, data }: MarketRequest, symbol: string): Promise<SymbolMarket> {
  const found = await decisionCandles(source, symbol, data);
  if (found === undefined)
    throw new PerpilotError('DATA_MISSING', [await missingCandles(source, symbol, data.interval)]);
  const { series, stored, madeOf } = found;
  const isResampled = madeOf !== data.interval;
  const record = await source.instrumentRecord(symbol);
  if (record === undefined) {
    throw new PerpilotError('DATA_MISSING', `${symbol}: no contract rules are stored, and none can be derived`);
  }
  const finer: CandleSeries[] = [];
  for (const interval of data.finerIntervals) {
    if ((parseInterval(interval) ?? Infinity) >= series.intervalMs) continue;
    const candles = await source.candles(symbol, interval);
    if (candles !== undefined && candles.length > 0) finer.push(candles);
  }
  const funding = await source.funding(symbol);
  const parts = [
    contentHashOf(stored, funding),
    ...(isResampled ? [`resampled to ${data.interval}`] : []),
    ...finer.map((candles) => contentHashOf(candles, undefined)),
    JSON.stringify(record.instrument),
    ...(record.listedAt === undefined ? [] : [`listed ${record.listedAt}`]),
  ];
  const dataHash = sha256Hex([new TextEncoder().encode(parts.join('\n'))]);
  const provenance = isResampled ? `${record.provenance}; candles: made of stored ${madeOf}` : record.provenance;
  return { symbol, series, funding, finer, dataHash, ...record, provenance };
}

/** That a symbol has no candles, with the ones that have. */
export async function missingCandles(source: MarketDataSource, symbol: string, interval: string): Promise<Problem> {
  const stored = await symbolsWithCandles(source, interval);
  const near = nearestNames(symbol, stored);
  const known =
    stored.length === 0 ? `no candles of ${interval} are stored there` : `stored: ${stored.slice(0, 30).join(', ')}`;
  return {
    message: `${symbol}: no candles of ${interval} in ${source.describe()}`,
    hint: near.length === 0 ? known : `did you mean ${near[0]}? ${known}`,
  };
}
