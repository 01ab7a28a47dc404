// What does Binance tell everybody? Time, contracts, candles, tickers, books, mark prices and funding.
import type { CandleRange, ListedContract, Quote } from '../../core/exchange.ts';
import type { Fields } from '../fields.ts';
import { candlePage, type CandlePage } from '../candle-page.ts';
import { numberText, stepText } from '../number-text.ts';
import { badFields, done, invalid, refused, type BinanceAnswer } from './answer.ts';
import { contractRow, quoteAssetOf } from './contract-row.ts';
import { intervalMsOf, klineRow } from './kline-row.ts';
import { RATE_LIMITS } from './limits.ts';
import { SYMBOL_INVALID } from './refusals.ts';
import { limitOf } from './request-fields.ts';
import { bySymbol, namedContracts, withContract, type RouteContext, type Routes } from './route.ts';
import { bestPrices, bookRow, dayRow, premiumRow } from './ticker-rows.ts';

/** Funding every so many hours is what the venue does not mention. */
const USUAL_FUNDING_HOURS = 8;
/** Tells that rows were made from coarser candles: the venue itself has no such header. */
const INTERPOLATED = { 'X-Simulator-Interpolated': 'true' };

function exchangeInfo({ world }: RouteContext): BinanceAnswer {
  const contracts = world.exchange.contracts();
  const assets = [...new Set(contracts.map(quoteAssetOf))];
  return done({
    timezone: 'UTC',
    serverTime: world.serverTime(),
    futuresType: 'U_MARGINED',
    rateLimits: RATE_LIMITS,
    exchangeFilters: [],
    assets: assets.map((asset) => ({ asset, marginAvailable: true, autoAssetExchange: '-10000' })),
    symbols: contracts.map(contractRow),
  });
}

function klines(price: CandleRange['price'], symbolField = 'symbol'): (context: RouteContext) => BinanceAnswer {
  return ({ world, fields }) => {
    const symbol = fields.required(symbolField);
    const interval = fields.required('interval');
    const start = fields.whole('startTime');
    const end = fields.whole('endTime');
    const limit = limitOf(fields, 500, 1500);
    if (fields.problem !== undefined) return badFields(fields.problem);
    const intervalMs = intervalMsOf(interval);
    if (intervalMs === undefined) return refused(-1120, 'Invalid interval.');
    if (start !== undefined && end !== undefined && end < start) {
      return refused(-1023, 'Start time is greater than end time.');
    }
    if (world.exchange.contract(symbol) === undefined) return SYMBOL_INVALID;
    const candles = candlePage(pageOfCandles({ start, end, limit, intervalMs, now: world.exchange.now }), (range) =>
      world.exchange.candles({ symbol, intervalMs, price, ...range }),
    );
    const rows = candles.map((candle) => klineRow(candle, price === 'last'));
    return done(rows, candles.some(({ interpolated }) => interpolated) ? INTERPOLATED : undefined);
  };
}

interface KlineQuery {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly limit: number;
  readonly intervalMs: number;
  readonly now: number;
}

/** Forward from a start, else the newest; a candle that opened before `start` is not its. */
function pageOfCandles({ start, end, limit, intervalMs, now }: KlineQuery): CandlePage {
  const newest = Math.floor(Math.min(end ?? now, now) / intervalMs) * intervalMs;
  const oldest = Math.ceil((start ?? 0) / intervalMs) * intervalMs;
  return { oldest, newest, intervalMs, limit, isForward: start !== undefined };
}

/** Candles weigh by how many of them are asked for. */
function klineWeight(fields: Fields): number {
  const limit = Number(fields.text('limit') ?? 500);
  return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1000 ? 5 : 10;
}

/** One row, or the rows of all contracts, as the venue does with and without a symbol. */
function perContract(
  row: (contract: ListedContract, quote: Quote) => unknown,
): (context: RouteContext) => BinanceAnswer {
  return (context) => {
    const contracts = namedContracts(context);
    if (contracts === undefined) return SYMBOL_INVALID;
    const { exchange } = context.world;
    const rows = contracts
      .map((contract) => row(contract, exchange.quote(contract.instrument.symbol)))
      .filter((each) => each !== undefined);
    if (context.fields.text('symbol') === undefined) return done(rows);
    return rows.length === 0 ? SYMBOL_INVALID : done(rows[0]);
  };
}

const priceRow = ({ instrument }: ListedContract, { last, time }: Quote): unknown =>
  Number.isFinite(last) ? { symbol: instrument.symbol, price: stepText(last, instrument.tickSize), time } : undefined;

function depthWeight(fields: Fields): number {
  const limit = Number(fields.text('limit') ?? 500);
  return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20;
}

/** One level on either side is the whole book. */
function depth(context: RouteContext): BinanceAnswer {
  return withContract(context, (contract) => {
    const limit = context.fields.whole('limit') ?? 500;
    if (![5, 10, 20, 50, 100, 500, 1000].includes(limit)) return refused(-4021, `${limit} is not valid depth limit.`);
    const quote = context.world.exchange.quote(contract.instrument.symbol);
    const best = bestPrices(contract, quote);
    const level = (price: string | undefined) => (price === undefined ? [] : [[price, best?.size]]);
    const { time } = quote;
    return done({ lastUpdateId: time, E: time, T: time, bids: level(best?.bid), asks: level(best?.ask) });
  });
}

function fundingRates(context: RouteContext): BinanceAnswer {
  const { world, fields } = context;
  const start = fields.whole('startTime');
  const end = fields.whole('endTime');
  const limit = limitOf(fields, 100, 1000);
  if (fields.problem !== undefined) return badFields(fields.problem);
  if (start !== undefined && end !== undefined && end < start) return invalid('endTime');
  const contracts = namedContracts(context);
  if (contracts === undefined) return SYMBOL_INVALID;
  const { exchange } = world;
  const until = Math.min(end ?? Infinity, exchange.now);
  const rows = contracts.flatMap(({ instrument: { symbol } }) =>
    exchange.funding(symbol, start ?? 0, until).map(({ time, rate }) => ({
      symbol,
      fundingTime: time,
      fundingRate: numberText(rate),
      // Empty, as for all stamps before the venue began to keep it.
      markPrice: '',
    })),
  );
  rows.sort((a, b) => a.fundingTime - b.fundingTime);
  return done(start === undefined ? rows.slice(-limit) : rows.slice(0, limit));
}

/** Only contracts whose funding is not the usual one are in this list. */
function fundingInfo({ world }: RouteContext): BinanceAnswer {
  const adjusted = world.exchange
    .contracts()
    .filter(({ fundingIntervalHours }) => fundingIntervalHours !== USUAL_FUNDING_HOURS);
  return done(
    adjusted.map(({ instrument: { symbol }, fundingIntervalHours }) => ({
      symbol,
      adjustedFundingRateCap: '0.02000000',
      adjustedFundingRateFloor: '-0.02000000',
      fundingIntervalHours,
      disclaimer: false,
    })),
  );
}

export const marketRoutes: Routes = {
  'GET /fapi/v1/ping': { access: 'public', weight: 1, run: () => done({}) },
  'GET /fapi/v1/time': { access: 'public', weight: 1, run: ({ world }) => done({ serverTime: world.serverTime() }) },
  'GET /fapi/v1/exchangeInfo': { access: 'public', weight: 1, run: exchangeInfo },
  'GET /fapi/v1/klines': { access: 'public', weight: klineWeight, run: klines('last') },
  'GET /fapi/v1/markPriceKlines': { access: 'public', weight: klineWeight, run: klines('mark') },
  'GET /fapi/v1/indexPriceKlines': { access: 'public', weight: klineWeight, run: klines('index', 'pair') },
  'GET /fapi/v1/depth': { access: 'public', weight: depthWeight, run: depth },
  'GET /fapi/v1/ticker/24hr': { access: 'public', weight: bySymbol(1, 40), run: perContract(dayRow) },
  'GET /fapi/v1/ticker/price': { access: 'public', weight: bySymbol(1, 2), run: perContract(priceRow) },
  'GET /fapi/v2/ticker/price': { access: 'public', weight: bySymbol(1, 2), run: perContract(priceRow) },
  'GET /fapi/v1/ticker/bookTicker': { access: 'public', weight: bySymbol(2, 5), run: perContract(bookRow) },
  'GET /fapi/v1/premiumIndex': { access: 'public', weight: bySymbol(1, 10), run: perContract(premiumRow) },
  'GET /fapi/v1/fundingRate': { access: 'public', weight: 1, limit: 'funding', run: fundingRates },
  'GET /fapi/v1/fundingInfo': { access: 'public', weight: 1, limit: 'funding', run: fundingInfo },
};
