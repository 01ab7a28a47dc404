// Where do downloads in tests come from? From the exchange simulator at the end of three years, and what must arrive is known.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { readRawCandles, readRawFunding } from '../../../src/adapters/parquet/series-reader.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { openEmbedded, openStore } from '../../../src/cli/compose-markets.ts';
import { endOf, loadTape } from '../../../src/cli/compose-tape.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { HistorySeries } from '../../../src/domain/history-series.ts';
import { HOUR_MS, YEAR_MS } from '../../../src/domain/time.ts';
import { createSimulatedExchange } from '../../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { NO_FAULTS, type HttpFate, type RequestView } from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import { startSimulator, type RunningSimulator } from '../../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const STORED = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'BNBUSDT'];
/** Market time stands here: all of three years before it is history. */
const END = Date.UTC(2025, 5, 1);

export interface DownloadedVenue extends AsyncDisposable {
  readonly url: string;
  readonly symbols: readonly string[];
  /** Beginning and end of the history that is wanted. */
  readonly from: number;
  readonly until: number;
  readonly exchange: SimulatedExchange;
  /** Rows that the three years have at least. */
  readonly leastRows: number;
}

interface Market {
  readonly symbols: readonly string[];
  readonly exchange: SimulatedExchange;
  readonly until: number;
}

let market: Promise<Market> | undefined;

/** Loaded once: nobody trades, so the exchange stays as it is. */
async function loadMarket(): Promise<Market> {
  const { config } = loadConfig();
  const data = { ...config.data, interval: '1h', finerIntervals: [] };
  const isStored = existsSync(join(DATA, 'candles'));
  const source = isStored ? await openStore(DATA, data) : await openEmbedded(1, data);
  const { signal } = new AbortController();
  const span = { from: undefined, until: undefined };
  const named = isStored ? STORED : await source.symbols('1h');
  const all = await loadTape({ source, symbols: named, data, fundingIntervalHours: 8, ...span, signal });
  // What is delisted at the end is not listed any more.
  const tape = { symbols: all.symbols.filter(({ delisted }) => !delisted).slice(0, 4) };
  const symbols = tape.symbols.map(({ instrument }) => instrument.symbol);
  const last = Math.min(...tape.symbols.map(({ candles }) => endOf(candles)));
  const until = isStored ? END : Math.floor(last / HOUR_MS) * HOUR_MS;
  const exchange = createSimulatedExchange({
    tape,
    from: until,
    until: undefined,
    costs: config.costs,
    deposit: 1_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 1,
    seed: 1,
  });
  return { symbols, exchange, until };
}

/** Real history where it is stored, the embedded market elsewhere. `fate` decides over each request. */
export async function openDownloadedVenue(
  fate: (view: RequestView) => HttpFate,
  venue: VenueName = 'bybit',
): Promise<DownloadedVenue> {
  market ??= loadMarket();
  const { symbols, exchange, until } = await market;
  const bugs: unknown[] = [];
  const running: RunningSimulator = await startSimulator({
    exchange,
    createCodec: venue === 'bybit' ? createBybitCodec : createBinanceCodec,
    credentials: {
      key: 'k',
      secret: 's',
      environment: 'live',
      readOnly: true,
      mayWithdraw: false,
      expiresAt: undefined,
      allowedAddresses: undefined,
      foreignKeys: [],
    },
    clock: createSystemClock(),
    speed: 'lockstep',
    port: 0,
    faults: { ...NO_FAULTS, request: fate },
    limits: false,
    serverClock: 'market',
    report: (problem) => bugs.push(problem),
  });
  return {
    url: running.httpUrl,
    symbols,
    from: until - 3 * YEAR_MS,
    until,
    exchange,
    leastRows: symbols[0] === STORED[0] ? 150_000 : 30_000,
    async [Symbol.asyncDispose]() {
      await running.close();
      expect(bugs).toEqual([]);
    },
  };
}

export function allSeries(symbols: readonly string[]): readonly HistorySeries[] {
  return symbols.flatMap((symbol): readonly HistorySeries[] => [
    { kind: 'candles', symbol, intervalMs: HOUR_MS },
    { kind: 'mark', symbol, intervalMs: HOUR_MS },
    { kind: 'funding', symbol },
  ]);
}

/** Everything stored in `root` is what the exchange has from `from` on, to the last bit. Returns the rows compared. */
export async function expectSame(
  root: string,
  venue: DownloadedVenue,
  { from, symbols = venue.symbols }: { readonly from: number; readonly symbols?: readonly string[] },
): Promise<number> {
  let compared = 0;
  for (const series of allSeries(symbols)) {
    const { symbol } = series;
    if (series.kind === 'funding') {
      const stored = await readRawFunding(join(root, 'funding', `${symbol}.parquet`), symbol);
      const source = venue.exchange.funding(symbol, from, venue.until - 1);
      expect(Array.from(stored.time)).toEqual(source.map(({ time }) => time));
      expect(Array.from(stored.rate)).toEqual(source.map(({ rate }) => rate));
      compared += source.length;
      continue;
    }
    const file = join(root, series.kind, `${symbol}-1h.parquet`);
    const stored = await readRawCandles({ file, symbol, intervalMs: HOUR_MS });
    const price = series.kind === 'mark' ? 'mark' : 'last';
    const range = { symbol, intervalMs: HOUR_MS, from, until: venue.until - HOUR_MS, price } as const;
    const source = venue.exchange.candles(range).filter(({ running }) => !running);
    expect(Array.from(stored.openTime)).toEqual(source.map(({ openTime }) => openTime));
    for (const name of ['open', 'high', 'low', 'close'] as const)
      expect(Array.from(stored[name])).toEqual(source.map((candle) => candle[name]));
    if (series.kind === 'candles') expect(Array.from(stored.volume)).toEqual(source.map(({ volume }) => volume));
    compared += source.length;
  }
  return compared;
}
