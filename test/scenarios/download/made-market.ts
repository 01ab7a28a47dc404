// Which venue do tests of downloads ask? One with a history of its own, that answers by pages and fails on request.
import type { Candle } from '../../../src/domain/candle.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { VenueError } from '../../../src/domain/venue-error.ts';
import type { CandleQuery, FundingStamp, VenueInstrument, VenueMarket } from '../../../src/ports/venue-market.ts';

export const FIRST = 1_640_995_200_000;

export interface MadeMarket extends VenueMarket {
  /** The history as it is, closed candles only. */
  candlesOf(symbol: string, price: 'trade' | 'mark'): readonly Candle[];
  fundingOf(symbol: string): readonly FundingStamp[];
  readonly questions: readonly string[];
}

export interface MadeMarketOptions {
  readonly symbols: readonly string[];
  readonly hours: number;
  readonly pageRows?: number;
  /** Hours that no candle stands for. */
  readonly holes?: readonly number[];
  /** Hours after `FIRST` at which the symbols are listed. */
  readonly listedAfter?: number;
  /** Asked before each answer, with what is asked; may throw it. */
  readonly trouble?: (question: string) => VenueError | undefined;
  /** Changes a page of candles on its way. */
  readonly onTheWay?: (page: readonly Candle[], question: string) => readonly Candle[];
}

/** `hours` may grow: assign to it. */
export function createMadeMarket(options: MadeMarketOptions): MadeMarket & { hours: number } {
  const { symbols, pageRows = 100, holes = [], listedAfter = 0, trouble, onTheWay } = options;
  const questions: string[] = [];
  const ask = (question: string): void => {
    questions.push(question);
    const failure = trouble?.(question);
    if (failure !== undefined) throw failure;
  };
  const market = {
    hours: options.hours,
    questions,
    candlesOf: (symbol: string, price: 'trade' | 'mark'): readonly Candle[] =>
      Array.from({ length: market.hours }, (_, hour) => hour)
        .filter((hour) => hour >= listedAfter && !holes.includes(hour))
        .map((hour) => madeCandle(symbol, hour, price)),
    fundingOf: (symbol: string): readonly FundingStamp[] =>
      Array.from({ length: Math.floor(market.hours / 8) }, (_, index) => ({
        time: FIRST + index * 8 * HOUR_MS + (index % 3),
        rate: createRandom(`${symbol} funding ${index}`).normal() / 10_000,
      })),
    serverTime: async () => {
      ask('time');
      return FIRST + market.hours * HOUR_MS + 1_234;
    },
    instruments: async () => {
      ask('instruments');
      return symbols.map((symbol) => madeInstrument(symbol, FIRST + listedAfter * HOUR_MS));
    },
    candles: async ({ symbol, from, price }: CandleQuery) => {
      const question = `${price} ${symbol} ${from}`;
      ask(question);
      const page = market
        .candlesOf(symbol, price)
        .filter(({ openTime }) => openTime >= from)
        .slice(0, pageRows);
      return onTheWay?.(page, question) ?? page;
    },
    fundingHistory: async ({ symbol, from, until }: { symbol: string; from: number; until: number }) => {
      ask(`funding ${symbol} ${from}`);
      return market.fundingOf(symbol).filter(({ time }) => time >= from && time <= until);
    },
    tickers: async () => [],
  };
  return market;
}

export function madeCandle(symbol: string, hour: number, price: 'trade' | 'mark', shift = 0): Candle {
  const random = createRandom(`${symbol} ${hour} ${price}`);
  const openTime = FIRST + hour * HOUR_MS;
  const [a, b, c, d] = [random.next(), random.next(), random.next(), random.next()].map((value) => 100 + value);
  const volume = price === 'mark' ? 0 : random.next() * 1_000;
  const high = Math.max(a, b, c, d) + shift;
  return {
    openTime,
    closeTime: openTime + HOUR_MS,
    open: a,
    high,
    low: Math.min(a, b, c, d),
    close: b,
    volume,
    flags: 0,
  };
}

export function madeInstrument(symbol: string, listedAt: number): VenueInstrument {
  return {
    instrument: {
      symbol,
      tickSize: 0.1,
      lotSize: 0.001,
      minQuantity: 0.001,
      maxMarketQuantity: Infinity,
      minNotional: 5,
      tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
    },
    baseCurrency: symbol.replace('USDT', ''),
    quoteCurrency: 'USDT',
    status: 'trading',
    listedAt,
    delistingAt: undefined,
    fundingIntervalHours: 8,
    maxLimitQuantity: 1_000,
  };
}
