// What is known of the wanted symbols? Candles, funding and rules from the chosen source, or everything that is missing.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { parseInterval } from '../domain/time.ts';
import type { Config } from '../config/schema.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import type { SymbolMarket } from '../research/market.ts';

export interface MarketRequest {
  readonly source: MarketDataSource;
  readonly symbols: readonly string[];
  readonly data: Config['data'];
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

/** @throws PerpilotError DATA_MISSING or DATA_CORRUPT with the problems of all symbols */
export async function loadMarkets(request: MarketRequest): Promise<SymbolMarket[]> {
  const markets: SymbolMarket[] = [];
  const problems: Problem[] = [];
  let code: PerpilotError['code'] = 'DATA_MISSING';
  for (const symbol of request.symbols) {
    const loaded = await loadMarket(request, symbol);
    if ('market' in loaded) markets.push(loaded.market);
    else {
      problems.push(...loaded.problems);
      if (loaded.code === 'DATA_CORRUPT') code = 'DATA_CORRUPT';
    }
  }
  if (problems.length > 0) throw new PerpilotError(code, problems);
  return markets;
}

type Loaded =
  | { readonly market: SymbolMarket }
  | { readonly code: PerpilotError['code']; readonly problems: readonly Problem[] };

async function loadMarket({ source, data }: MarketRequest, symbol: string): Promise<Loaded> {
  // Bad data of one symbol must not hide what is wrong with the next.
  try {
    const series = await source.candles(symbol, data.interval);
    if (series === undefined || series.length === 0) {
      return { code: 'DATA_MISSING', problems: [await missing(source, symbol, data.interval)] };
    }
    const record = await source.instrumentRecord(symbol);
    if (record === undefined) {
      return {
        code: 'DATA_MISSING',
        problems: [{ message: `${symbol}: no contract rules are stored, and none can be derived` }],
      };
    }
    const finer = [];
    for (const interval of data.finerIntervals) {
      if ((parseInterval(interval) ?? Infinity) >= series.intervalMs) continue;
      const candles = await source.candles(symbol, interval);
      if (candles !== undefined && candles.length > 0) finer.push(candles);
    }
    const funding = await source.funding(symbol);
    const dataHash = await source.contentHash(symbol, data.interval);
    return { market: { symbol, series, funding, finer, dataHash, ...record } };
  } catch (error) {
    if (error instanceof PerpilotError && error.code.startsWith('DATA_'))
      return { code: error.code, problems: error.problems };
    throw error;
  }
}

async function missing(source: MarketDataSource, symbol: string, interval: string): Promise<Problem> {
  const stored = await source.symbols(interval);
  const near = nearestNames(symbol, stored);
  const known =
    stored.length === 0 ? `no candles of ${interval} are stored there` : `stored: ${stored.slice(0, 30).join(', ')}`;
  return {
    message: `${symbol}: no candles of ${interval} in ${source.describe()}`,
    hint: near.length === 0 ? known : `did you mean ${near[0]}? ${known}`,
  };
}
