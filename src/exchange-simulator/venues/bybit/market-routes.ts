// What does Bybit tell everybody? Time, contracts, candles, tickers, books, funding and risk limits.
import type { CandleRange, ListedContract, SimulatedExchange } from '../../core/exchange.ts';
import { candlePage, type CandlePage } from '../candle-page.ts';
import { numberText, stepText } from '../number-text.ts';
import { badParameter, done, type BybitAnswer } from './answer.ts';
import type { Fields } from '../fields.ts';
import { instrumentRow, riskLimitRows } from './instrument-row.ts';
import { intervalMsOf, klineRow } from './kline-row.ts';
import { limitOf } from './paging.ts';
import { categoryOf, contractOf, emptyList, linearList, type RouteContext, type Routes } from './route.ts';
import { bookSizeText, wholeTickerRow } from './ticker-row.ts';

const STATUSES = ['PreLaunch', 'Trading', 'Delivering', 'Closed'] as const;
/** Symbols on one page of the risk limits. */
const RISK_LIMIT_SYMBOLS = 15;

function serverTime({ world }: RouteContext): BybitAnswer {
  const now = world.serverTime();
  return done({ timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` });
}

function klines(price: CandleRange['price']): (context: RouteContext) => BybitAnswer {
  return (context) => {
    const { world, fields } = context;
    const category = categoryOf(fields) ?? 'linear';
    const intervalMs = intervalMsOf(fields.required('interval'));
    if (intervalMs === undefined) fields.refuse('Invalid period!');
    const start = fields.whole('start');
    const end = fields.whole('end');
    if (start !== undefined && end !== undefined && end < start) fields.refuse('end must not be less than start');
    const limit = limitOf(fields, 200, 1000);
    if (fields.problem !== undefined || intervalMs === undefined) return badParameter(fields.problem ?? '');
    if (category !== 'linear') return emptyList(category);
    const contract = contractOf(context);
    if (contract === undefined) return badParameter(fields.problem ?? '');
    const { symbol } = contract.instrument;
    const served = (range: { readonly from: number; readonly until: number }) =>
      world.exchange.candles({ symbol, intervalMs, price, ...range });
    const candles = candlePage(pageOfCandles({ start, end, limit, intervalMs, now: world.exchange.now }), served);
    const list = candles.toReversed().map((candle) => klineRow(candle, price === 'last'));
    const isInterpolated = candles.some(({ interpolated }) => interpolated);
    return done({ symbol, category, list }, isInterpolated ? { interpolated: true } : {});
  };
}

interface KlineQuery {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly limit: number;
  readonly intervalMs: number;
  readonly now: number;
}

/** Forward from a start alone, else the newest of what was asked for; the candle that holds `start` counts as its. */
function pageOfCandles({ start, end, limit, intervalMs, now }: KlineQuery): CandlePage {
  const onGrid = (time: number): number => Math.floor(time / intervalMs) * intervalMs;
  const newest = onGrid(Math.min(end ?? now, now));
  const oldest = start === undefined ? 0 : onGrid(start);
  return { oldest, newest, intervalMs, limit, isForward: end === undefined && start !== undefined };
}

function instruments(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const symbol = fields.text('symbol');
    const status = fields.oneOf('status', STATUSES);
    const baseCoin = fields.text('baseCoin');
    const limit = limitOf(fields, 500, 1000);
    const cursor = fields.text('cursor');
    const rows = world.exchange
      .contracts()
      .filter(({ instrument }) => symbol === undefined || instrument.symbol === symbol)
      .filter(({ baseCurrency }) => baseCoin === undefined || baseCurrency === baseCoin)
      .map(instrumentRow)
      .filter((row) => row['status'] === (status ?? 'Trading') || (symbol !== undefined && status === undefined));
    if (symbol !== undefined && world.exchange.contract(symbol) === undefined) fields.refuse('symbol invalid');
    return pageBySymbol(rows, { limit, cursor, fields });
  });
}

/** A page of rows that stand by symbol; the cursor names the last symbol of the page before. */
function pageBySymbol(
  rows: readonly Readonly<Record<string, unknown>>[],
  { limit, cursor, fields }: { readonly limit: number; readonly cursor: string | undefined; readonly fields: Fields },
): { list: readonly unknown[]; nextPageCursor: string } {
  const named = cursor === undefined ? null : /^last(?:=|%3D)(\w+)$/i.exec(cursor);
  if (cursor !== undefined && named === null) fields.refuse('cursor invalid');
  const from = named === null ? 0 : rows.findIndex((row) => row['symbol'] === named[1]) + 1;
  const list = rows.slice(from, from + limit);
  const hasMore = from + list.length < rows.length;
  return { list, nextPageCursor: hasMore ? `last%3D${String(list[list.length - 1]['symbol'])}` : '' };
}

function riskLimits(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const symbol = fields.text('symbol');
    if (symbol !== undefined) {
      const contract = contractOf(context);
      return { list: contract === undefined ? [] : riskLimitRows(contract), nextPageCursor: '' };
    }
    const contracts = world.exchange.contracts().filter(({ status }) => status !== 'closed');
    const rows = contracts.map(({ instrument }) => ({ symbol: instrument.symbol }));
    const page = pageBySymbol(rows, { limit: RISK_LIMIT_SYMBOLS, cursor: fields.text('cursor'), fields });
    const shown = new Set(page.list);
    return { ...page, list: contracts.filter((_, index) => shown.has(rows[index])).flatMap(riskLimitRows) };
  });
}

function tickers(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const symbol = fields.text('symbol');
    const wanted = symbol === undefined ? tradable(world.exchange) : [contractOf(context)];
    const list = wanted.map((contract) => contract && wholeTickerRow(world.exchange, contract));
    return { list: list.filter((row) => row !== undefined) };
  });
}

const tradable = (exchange: SimulatedExchange): readonly ListedContract[] =>
  exchange.contracts().filter(({ status }) => status !== 'closed' && status !== 'pre-launch');

function orderBook(context: RouteContext): BybitAnswer {
  const { world, fields } = context;
  const category = categoryOf(fields);
  const contract = contractOf(context);
  if (fields.problem !== undefined || contract === undefined) return badParameter(fields.problem ?? '');
  if (category !== 'linear') return badParameter('category invalid');
  const { symbol, tickSize } = contract.instrument;
  const { bid, ask, time } = world.exchange.quote(symbol);
  const level = (price: number): readonly string[][] =>
    Number.isFinite(price) ? [[stepText(price, tickSize), bookSizeText(contract)]] : [];
  return done({ s: symbol, b: level(bid), a: level(ask), ts: time, u: time, seq: time, cts: time });
}

function fundingHistory(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const contract = contractOf(context);
    const start = fields.whole('startTime');
    const end = fields.whole('endTime');
    const limit = limitOf(fields, 200, 200);
    if (start !== undefined && end === undefined) fields.refuse('endTime is required with startTime');
    if (start !== undefined && end !== undefined && end < start) fields.refuse('endTime must not be before startTime');
    if (contract === undefined || fields.problem !== undefined) return { list: [] };
    const { symbol } = contract.instrument;
    const stamps = world.exchange.funding(symbol, start ?? 0, Math.min(end ?? Infinity, world.exchange.now));
    const list = stamps.slice(-limit).toReversed();
    return {
      list: list.map(({ time, rate }) => ({
        symbol,
        fundingRate: numberText(rate),
        fundingRateTimestamp: String(time),
      })),
    };
  });
}

export const marketRoutes: Routes = {
  'GET /v5/market/time': { access: 'public', run: serverTime },
  'GET /v5/market/kline': { access: 'public', run: klines('last') },
  'GET /v5/market/mark-price-kline': { access: 'public', run: klines('mark') },
  'GET /v5/market/index-price-kline': { access: 'public', run: klines('index') },
  'GET /v5/market/instruments-info': { access: 'public', run: instruments },
  'GET /v5/market/risk-limit': { access: 'public', run: riskLimits },
  'GET /v5/market/tickers': { access: 'public', run: tickers },
  'GET /v5/market/orderbook': { access: 'public', run: orderBook },
  'GET /v5/market/funding/history': { access: 'public', run: fundingHistory },
};
