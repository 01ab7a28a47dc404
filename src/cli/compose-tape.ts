// Which market does the exchange simulator replay? Candles, funding and rules of the wanted symbols from the chosen source.
import type { CandleSeries } from '../domain/candle.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { DAY_MS, parseInterval } from '../domain/time.ts';
import type { Config } from '../config/schema.ts';
import type { MarketTape } from '../exchange-simulator/core/exchange.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import { missingCandles } from './compose-markets.ts';
import { decisionCandles } from './decision-candles.ts';

type TapeSymbol = MarketTape['symbols'][number];

export interface TapeRequest {
  readonly source: MarketDataSource;
  readonly symbols: readonly string[];
  readonly data: Config['data'];
  /** Where no history says otherwise. */
  readonly fundingIntervalHours: number;
  /** The part that will be replayed, as far as it is known yet; finer candles are read for it and a month before it. */
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly signal: AbortSignal;
}

/** Finer candles that are served as they are stored reach back so far. */
const FINER_BEFORE_MS = 30 * DAY_MS;
/** Currencies that contracts are quoted and settled in, by the end of their symbols. */
const QUOTES = ['USDT', 'USDC', 'USD'];

/**
 * Everything that is stored of the symbols. One whose candles end before the others' was delisted then.
 * @throws PerpilotError DATA_MISSING or DATA_CORRUPT with the problems of all symbols
 */
export async function loadTape(request: TapeRequest): Promise<MarketTape> {
  const loaded: TapeSymbol[] = [];
  const failures: PerpilotError[] = [];
  for (const symbol of request.symbols) {
    request.signal.throwIfAborted();
    try {
      loaded.push(await loadSymbol(request, symbol));
    } catch (error) {
      if (!(error instanceof PerpilotError && error.code.startsWith('DATA_'))) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    const code = failures.some((failure) => failure.code === 'DATA_CORRUPT') ? 'DATA_CORRUPT' : 'DATA_MISSING';
    throw new PerpilotError(
      code,
      failures.flatMap(({ problems }): readonly Problem[] => problems),
    );
  }
  const last = Math.max(...loaded.map(({ candles }) => endOf(candles)));
  return { symbols: loaded.map((each) => ({ ...each, delisted: endOf(each.candles) < last })) };
}

/** When the last candle closes. */
export const endOf = ({ openTime, length, intervalMs }: CandleSeries): number => openTime[length - 1] + intervalMs;

async function loadSymbol(request: TapeRequest, symbol: string): Promise<TapeSymbol> {
  const { source, data, fundingIntervalHours } = request;
  // One after the other: the reader of stored files has one connection.
  const found = await decisionCandles(source, symbol, data);
  const record = await source.instrumentRecord(symbol);
  const funding = await source.funding(symbol);
  if (found === undefined) {
    throw new PerpilotError('DATA_MISSING', [await missingCandles(source, symbol, data.interval)]);
  }
  if (record === undefined) {
    throw new PerpilotError('DATA_MISSING', `${symbol}: no contract rules are stored, and none can be derived`);
  }
  const finer = await finerCandles(request, found.series);
  const quote = QUOTES.find((each) => symbol.endsWith(each)) ?? '';
  return {
    instrument: record.instrument,
    baseCurrency: symbol.slice(0, symbol.length - quote.length),
    candles: found.series,
    finer,
    funding,
    fundingIntervalHours,
    listedAt: record.listedAt,
    delisted: false,
  };
}

/** Candles shorter than the replayed ones, where they are stored. */
async function finerCandles(request: TapeRequest, { symbol, intervalMs }: CandleSeries): Promise<CandleSeries[]> {
  const { source, data, from, until } = request;
  const range = { from: (from ?? 0) - FINER_BEFORE_MS, to: until ?? Number.MAX_SAFE_INTEGER };
  const finer: CandleSeries[] = [];
  for (const interval of data.finerIntervals) {
    if ((parseInterval(interval) ?? Infinity) >= intervalMs) continue;
    const series = await source.candles(symbol, interval, range);
    if (series !== undefined && series.length > 0) finer.push(series);
  }
  return finer;
}
