// What does Binance tell everybody? The port's questions about the market, answered by the USD-M interface.
import { z } from 'zod';
import type { Candle } from '../../../domain/candle.ts';
import { INTERVAL_NAMES, parseInterval } from '../../../domain/time.ts';
import type { CandleQuery, FundingQuery, FundingStamp, VenueMarket, VenueTicker } from '../../../ports/venue-market.ts';
import { closedCandles, firstOpen, type CandleRow } from '../candle-page.ts';
import type { MarketTime } from '../market-time.ts';
import { assertSymbol, refuse } from '../names.ts';
import { decimal, instant, optionalDecimal, optionalPrice, wireSymbol } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { statedPrice } from '../stated-price.ts';
import { wireTime } from '../wire-time.ts';
import { binanceInstruments } from './instruments.ts';
import { marketRead } from './requests.ts';

const CANDLE_PAGE = 1_500;
const FUNDING_PAGE = 1_000;
/** Perpetuals in USDT are named by both currencies, without a date. */
export const PERPETUAL: RegExp = /^[^_]+USDT$/;

const timeReply = z.object({ serverTime: instant }).transform(({ serverTime }) => serverTime);

/** The venue's clock, epoch milliseconds. Orders depend on it, so it waits behind nothing. */
export const binanceTime = (client: VenueClient): Promise<number> =>
  client.ask({ ...marketRead('time', 1), safety: true }, timeReply);

export function createBinanceMarket(client: VenueClient, time: MarketTime, hasKey: boolean): VenueMarket {
  return {
    serverTime: () => time.now(),
    instruments: () => binanceInstruments(client, hasKey),
    async candles(query) {
      assertSymbol(query.symbol);
      return candles(client, time, query);
    },
    async fundingHistory(query) {
      assertSymbol(query.symbol);
      const rates = await binanceFundingRates(client, query);
      return rates.map(({ time, rate }) => ({ time, rate }));
    },
    tickers: () => tickers(client),
  };
}

const klineRow = z
  .tuple([instant, z.string(), z.string(), z.string(), z.string(), z.string()], z.unknown())
  .transform(([openTime, open, high, low, close, volume]): CandleRow => ({ openTime, open, high, low, close, volume }));
export const klineReply = z.array(klineRow);

/** The venue goes forward from a start by itself, over whatever is empty. */
async function candles(client: VenueClient, time: MarketTime, query: CandleQuery): Promise<readonly Candle[]> {
  const interval = INTERVAL_NAMES.find((name) => parseInterval(name) === query.intervalMs);
  if (interval === undefined) throw refuse('UNSUPPORTED', `Binance has no candles of ${query.intervalMs} ms`);
  const limit = Math.min(query.limit ?? CANDLE_PAGE, CANDLE_PAGE);
  const startTime = firstOpen(query);
  const wanted = startTime + limit * query.intervalMs;
  let closedBy = await time.before(wanted);
  if (startTime + query.intervalMs > closedBy) return [];
  const path = query.price === 'mark' ? 'markPriceKlines' : 'klines';
  const weight = limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1_000 ? 5 : 10;
  const request = marketRead(path, weight, { symbol: query.symbol, interval, startTime, limit });
  let rows = await client.ask(request, klineReply);
  const last = Math.max(startTime, ...rows.map(({ openTime }) => openTime)) + query.intervalMs;
  if (closedBy >= wanted && last > closedBy) {
    // They lie behind a stretch without any, further on than was known to have passed.
    closedBy = await time.now();
    rows = await client.ask(request, klineReply);
  }
  return closedCandles(query.price === 'mark' ? rows.map(withoutVolume) : rows, query, closedBy);
}

const withoutVolume = (row: CandleRow): CandleRow => ({ ...row, volume: '0' });

export interface FundingRate extends FundingStamp {
  /** Undefined: not kept for old stamps. */
  readonly markPrice: number | undefined;
}

const stampRow = z
  .object({ fundingRate: decimal, fundingTime: instant, markPrice: optionalPrice })
  .transform(({ fundingRate, fundingTime, markPrice }): FundingRate => ({
    time: fundingTime,
    rate: fundingRate,
    markPrice,
  }));
export const fundingReply = z.array(stampRow);

/** Stamps in rising time. */
export async function binanceFundingRates(
  client: VenueClient,
  { symbol, from, until }: FundingQuery,
): Promise<readonly FundingRate[]> {
  const stamps = new Map<number, FundingRate>();
  for (let startTime = from; startTime <= until;) {
    const params = { symbol, startTime, endTime: until, limit: FUNDING_PAGE };
    const rows = await client.ask(marketRead('fundingRate', 1, params), fundingReply);
    for (const stamp of rows) if (stamp.time >= startTime && stamp.time <= until) stamps.set(stamp.time, stamp);
    const next = Math.max(startTime, ...rows.map(({ time }) => time)) + 1;
    if (rows.length < FUNDING_PAGE) break;
    startTime = next;
  }
  return [...stamps.values()].sort((a, b) => a.time - b.time);
}

export const dayTickers = z.array(
  z.object({ symbol: wireSymbol, lastPrice: statedPrice, quoteVolume: optionalDecimal }),
);
export const premiumRow = z.object({
  symbol: wireSymbol,
  markPrice: statedPrice,
  lastFundingRate: optionalDecimal,
  nextFundingTime: wireTime,
});
const premiums = z.array(premiumRow);
export const bookTickers = z.array(z.object({ symbol: wireSymbol, bidPrice: statedPrice, askPrice: statedPrice }));

/** Three lists that the venue keeps apart. */
async function tickers(client: VenueClient): Promise<readonly VenueTicker[]> {
  const day = await client.ask(marketRead('ticker/24hr', 40), dayTickers);
  const premium = bySymbol(await client.ask(marketRead('premiumIndex', 10), premiums));
  const books = bySymbol(await client.ask(marketRead('ticker/bookTicker', 5), bookTickers));
  return day.flatMap(({ symbol, lastPrice, quoteVolume }) => {
    if (!PERPETUAL.test(symbol) || lastPrice === undefined || lastPrice < 0) return [];
    const { markPrice, lastFundingRate, nextFundingTime } = premium.get(symbol) ?? {};
    const { bidPrice: bid, askPrice: ask } = books.get(symbol) ?? {};
    const funding = { fundingRate: lastFundingRate, nextFundingTime };
    return [{ symbol, lastPrice, markPrice, bid, ask, tradedValue24h: quoteVolume, ...funding }];
  });
}

const bySymbol = <Row extends { readonly symbol: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.symbol, row]));

/** What a trigger on this contract is compared with now. */
export async function binancePrice(
  client: VenueClient,
  symbol: string,
  by: 'last' | 'mark',
): Promise<number | undefined> {
  if (by === 'mark') return (await client.ask(marketRead('premiumIndex', 1, { symbol }), premiumRow)).markPrice;
  const shape = z.object({ price: statedPrice });
  return (await client.ask(marketRead('ticker/price', 1, { symbol }), shape)).price;
}
