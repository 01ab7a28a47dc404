// Do the rows and events have every field of the venue's own messages, each of the same kind?
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  deskOf,
  type Desk,
  type HeardFrame,
  type Params,
} from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { COSTS, fundingEvery, HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';

const SAMPLES = new URL('../../../../../shared/data/payloads/binance/', import.meta.url);
const hasSamples = existsSync(SAMPLES);
const PRICES: readonly Prices[] = [
  ...Array.from({ length: 9 }, (): Prices => [100, 104, 96, 100]),
  [100, 100, 60, 62],
  ...Array.from({ length: 20 }, (): Prices => [62, 64, 60, 62]),
];
const STREAM = SYMBOL.toLowerCase();

/** Fields of trailing stops, which are not simulated, and what the samples' makers added. */
const ELSEWHERE = new Set(['activatePrice', 'priceRate', 'closedQuantity', 'W', 'AP', 'cr']);

/** What a value is made of: fields by path, with their kinds; of a list its first element counts. */
function shapeOf(value: unknown, path = ''): Map<string, string> {
  if (Array.isArray(value)) return value.length === 0 ? new Map() : shapeOf(value[0], `${path}[]`);
  if (typeof value !== 'object' || value === null) return new Map([[path, value === null ? 'null' : typeof value]]);
  return new Map(Object.entries(value).flatMap(([name, each]) => [...shapeOf(each, `${path}.${name}`)]));
}

/** Fields of the sample that ours lacks, or has of another kind. */
function lacking(sample: unknown, ours: unknown): readonly string[] {
  const own = shapeOf(ours);
  return [...shapeOf(sample)]
    .filter(([path, kind]) => {
      const has = own.get(path);
      return has === undefined || (has !== kind && kind !== 'null' && has !== 'null');
    })
    .map(([path, kind]) => `${path}: ${kind}, not ${own.get(path) ?? 'missing'}`)
    .filter((line) => !ELSEWHERE.has(line.split(':')[0].split('.').at(-1) ?? ''));
}

const sampleOf = (name: string): any => JSON.parse(readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8'));

const unwrapped = (name: string): any => {
  const sample = sampleOf(name);
  return sample.data ?? sample;
};

const filtersOf = (info: any): Map<string, unknown> =>
  new Map(info.symbols[0].filters.map((filter: any) => [filter.filterType, filter]));

const find = (frames: readonly HeardFrame[], matches: (event: any) => boolean): unknown =>
  frames.map(({ value }) => value).find(matches);

/** A desk with a position, orders of both books, and everything that happened on the way to them. */
function busyDesk(): { desk: Desk; frames: readonly HeardFrame[] } {
  const desk = deskOf(
    exchangeOver(PRICES, {
      costs: COSTS,
      defaultLeverage: 10,
      symbol: { funding: { ...fundingEvery(8 * HOUR, 0.0003), symbol: SYMBOL } },
    }),
  );
  const { listenKey } = desk.post('/fapi/v1/listenKey').body;
  const heard = desk.connect(`/private/ws?listenKey=${listenKey}`);
  const order = { symbol: SYMBOL, side: 'BUY', quantity: '1' };
  desk.post('/fapi/v1/order', { ...order, type: 'MARKET' });
  desk.post('/fapi/v1/order', { ...order, type: 'LIMIT', price: '90', timeInForce: 'GTC' });
  const algo = { ...order, side: 'SELL', algoType: 'CONDITIONAL', type: 'STOP_MARKET', triggerPrice: '80' };
  desk.post('/fapi/v1/algoOrder', { ...algo, triggerPrice: '97', quantity: '0.5' });
  desk.post('/fapi/v1/algoOrder', algo);
  desk.post('/fapi/v1/algoOrder', { ...algo, clientAlgoId: 'gone' });
  desk.remove('/fapi/v1/algoOrder', { clientAlgoId: 'gone' });
  desk.advance(START + 8 * HOUR);
  return { desk, frames: heard.frames };
}

describe.skipIf(!hasSamples)('rows by REST have the fields of the samples', () => {
  const signedRows: readonly [name: string, path: string, params: Params][] = [
    ['futures_http_json_account_info_v2', '/fapi/v2/account', {}],
    ['futures_http_json_balance', '/fapi/v2/balance', {}],
    ['futures_http_json_position_risk', '/fapi/v2/positionRisk', {}],
    ['py_http_futures_account_positions_one_way', '/fapi/v2/positionRisk', {}],
    ['py_http_futures_account_orders', '/fapi/v1/allOrders', { symbol: SYMBOL }],
    ['py_http_futures_account_position_side_dual', '/fapi/v1/positionSide/dual', {}],
    ['py_http_futures_account_symbol_config', '/fapi/v1/symbolConfig', {}],
    ['py_http_futures_account_trades', '/fapi/v1/userTrades', { symbol: SYMBOL }],
    ['py_http_futures_wallet_commission_rate_btcusdt', '/fapi/v1/commissionRate', { symbol: SYMBOL }],
  ];
  it.each(signedRows)('%s: %s', (name, path, params) => {
    expect(lacking(sampleOf(name), busyDesk().desk.get(path, params).body)).toEqual([]);
  });

  const openRows: readonly [name: string, path: string, params: Params][] = [
    ['py_http_futures_market_book_ticker', '/fapi/v1/ticker/bookTicker', { symbol: SYMBOL }],
    ['py_http_futures_market_depth', '/fapi/v1/depth', { symbol: SYMBOL }],
    ['py_http_futures_market_exchange_info', '/fapi/v1/exchangeInfo', {}],
    ['py_http_futures_market_funding_rate', '/fapi/v1/fundingRate', { symbol: SYMBOL }],
    ['py_http_futures_market_klines', '/fapi/v1/klines', { symbol: SYMBOL, interval: '1h' }],
    ['py_http_futures_market_index_price_klines', '/fapi/v1/indexPriceKlines', { pair: SYMBOL, interval: '1h' }],
    ['py_http_futures_market_mark_price_klines', '/fapi/v1/markPriceKlines', { symbol: SYMBOL, interval: '1h' }],
    ['py_http_futures_market_premium_index', '/fapi/v1/premiumIndex', { symbol: SYMBOL }],
    ['py_http_futures_market_ticker_24hr', '/fapi/v1/ticker/24hr', { symbol: SYMBOL }],
    ['py_http_futures_market_ticker_price', '/fapi/v1/ticker/price', { symbol: SYMBOL }],
  ];
  it.each(openRows)('%s: %s', (name, path, params) => {
    const { body } = busyDesk().desk.open(path, params);
    expect(lacking(sampleOf(name), body)).toEqual([]);
    if (name.endsWith('klines'))
      expect(body[0].map((each: unknown) => typeof each)).toEqual(
        sampleOf(name)[0].map((each: unknown) => typeof each),
      );
  });

  it('of orders and conditional orders', () => {
    const { desk } = busyDesk();
    const order = { symbol: SYMBOL, side: 'BUY', quantity: '1', type: 'LIMIT', price: '90', timeInForce: 'GTC' };
    expect(lacking(sampleOf('futures_http_json_order_response'), desk.post('/fapi/v1/order', order).body)).toEqual([]);
    // The sample calls the type of a conditional order as that of any order; the documentation says orderType.
    const [{ type, ...sample }] = sampleOf('futures_http_json_open_algo_orders');
    const [row] = desk.get('/fapi/v1/openAlgoOrders').body;
    expect(lacking(sample, row)).toEqual([]);
    expect(typeof row.orderType).toBe(typeof type);
  });

  it('of all filters of a contract', () => {
    const ours = filtersOf(busyDesk().desk.open('/fapi/v1/exchangeInfo').body);
    for (const [name, filter] of filtersOf(sampleOf('py_http_futures_market_exchange_info'))) {
      expect(lacking(filter, ours.get(name))).toEqual([]);
    }
  });
});

describe.skipIf(!hasSamples)('events have the fields of the samples', () => {
  it.each<[string, (event: any) => boolean]>([
    ['futures_user_data_json_account_update', ({ a }) => a?.P.length > 0],
    ['futures_user_data_json_account_update_bnfcr', ({ a }) => a !== undefined],
    ['futures_user_data_json_algo_update_new', ({ e, o }) => e === 'ALGO_UPDATE' && o.X === 'NEW'],
    ['futures_user_data_json_algo_update_canceled', ({ e, o }) => e === 'ALGO_UPDATE' && o.X === 'CANCELED'],
    ['py_ws_futures_algo_update_triggering', ({ e, o }) => e === 'ALGO_UPDATE' && o.X === 'TRIGGERING'],
    ['py_ws_futures_algo_update_triggered', ({ e, o }) => e === 'ALGO_UPDATE' && o.X === 'TRIGGERED'],
    ['py_ws_futures_algo_update_finished', ({ e, o }) => e === 'ALGO_UPDATE' && o.X === 'FINISHED'],
    ['py_ws_futures_order_update_trade_reduce_only_qty', ({ o }) => o?.x === 'TRADE'],
    ['futures_user_data_json_order_update_trade', ({ o }) => o?.x === 'TRADE'],
    ['futures_user_data_json_trade_lite', ({ e }) => e === 'TRADE_LITE'],
    ['py_ws_futures_trade_lite', ({ e }) => e === 'TRADE_LITE'],
  ])('%s', (name, matches) => {
    const { frames } = busyDesk();
    const ours = find(frames, matches);
    expect(ours).toBeDefined();
    expect(lacking(unwrapped(name), ours)).toEqual([]);
  });

  it('of a new order, which has no fee yet', () => {
    const { N, n, ...order } = unwrapped('py_ws_futures_order_update_new_reduce_only_qty').o;
    expect([N, n]).toEqual([null, null]);
    const ours: any = find(busyDesk().frames, ({ o }) => o?.x === 'NEW');
    expect(lacking(order, ours.o)).toEqual([]);
  });

  it('of liquidation and auto-deleveraging', () => {
    const { desk, frames } = busyDesk();
    desk.exchange.fate.deleverage(SYMBOL, 0.1);
    const adl = find(frames, ({ o }) => o?.c === 'adl_autoclose' && o.x === 'CALCULATED');
    expect(lacking(unwrapped('py_ws_futures_order_update_adl'), adl)).toEqual([]);
    desk.exchange.fate.liquidate(SYMBOL);
    const liquidated = find(frames, ({ o }) => o?.c?.startsWith('autoclose-') && o.x === 'CALCULATED');
    expect(lacking(unwrapped('py_ws_futures_order_update_liquidation'), liquidated)).toEqual([]);
    expect(lacking(unwrapped('futures_user_data_json_order_update_calculated'), liquidated)).toEqual([]);
  });

  it.each([
    ['futures_market_data_json_kline_stream_closed', 'kline_1h'],
    ['futures_market_data_json_mark_price_stream', 'markPrice'],
    ['futures_market_data_json_ticker_stream', 'ticker'],
    ['py_ws_futures_ticker_24hr', 'ticker'],
    ['futures_market_data_json_book_ticker_stream', 'bookTicker'],
    ['py_ws_futures_book_ticker', 'bookTicker'],
    ['futures_market_data_json_agg_trade_stream', 'aggTrade'],
    ['futures_market_data_json_trade_stream', 'trade'],
  ])('%s: %s', (name, stream) => {
    const { desk } = busyDesk();
    const heard = desk.connect(`/market/ws/${STREAM}@${stream}`);
    desk.advance(START + 9 * HOUR);
    expect(lacking(unwrapped(name), heard.frames[0].value)).toEqual([]);
  });
});
