// What becomes of real replies of the venues? Each is read where it belongs, and refused with a code everywhere else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { VenueError } from '../../../src/domain/venue-error.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { CALLS, connectReplayed, recordReplies, unsoundNumbers, type Sample } from './replayed-replies.ts';

const SAMPLES = new URL('../../../../shared/data/payloads/', import.meta.url);
/** Messages of streams have tests of their own. */
const isReply = (name: string): boolean => !/ws_|user_data_json|market_data_json/.test(name);

type Question = readonly [call: string, path: string];

/** Which question each file answers. Files that are not named answer none that is asked here. */
const READ: Readonly<Record<VenueName, Readonly<Record<string, Question>>>> = {
  bybit: {
    'docs__rest_account_info.json': ['modes', '/v5/account/info'],
    'docs__rest_execution_list.json': ['executions', '/v5/execution/list'],
    'docs__rest_market_funding_history.json': ['fundingHistory', '/v5/market/funding/history'],
    'docs__rest_market_instruments.json': ['instruments', '/v5/market/instruments-info'],
    'docs__rest_market_kline.json': ['candles', '/v5/market/kline'],
    'docs__rest_market_risk_limit.json': ['instruments', '/v5/market/risk-limit'],
    'docs__rest_market_tickers.json': ['tickers', '/v5/market/tickers'],
    'docs__rest_market_time.json': ['serverTime', '/v5/market/time'],
    'docs__rest_order_cancel_all.json': ['cancelAll', '/v5/order/cancel-all'],
    'docs__rest_order_history.json': ['findOrder', '/v5/order/history'],
    'docs__rest_order_realtime.json': ['openOrders', '/v5/order/realtime'],
    'docs__rest_position_list.json': ['positions', '/v5/position/list'],
    'docs__rest_wallet_balance.json': ['balance', '/v5/account/wallet-balance'],
    'http_get_account_info.json': ['modes', '/v5/account/info'],
    'http_get_executions.json': ['executions', '/v5/execution/list'],
    'http_get_funding_history.json': ['fundingHistory', '/v5/market/funding/history'],
    'http_get_instruments_inverse.json': ['instruments', '/v5/market/instruments-info'],
    'http_get_instruments_inverse_symbol_type.json': ['instruments', '/v5/market/instruments-info'],
    'http_get_instruments_linear.json': ['instruments', '/v5/market/instruments-info'],
    'http_get_instruments_linear_symbol_type.json': ['instruments', '/v5/market/instruments-info'],
    'http_get_klines_linear.json': ['candles', '/v5/market/kline'],
    'http_get_order_partially_filled_rejected.json': ['openOrders', '/v5/order/realtime'],
    'http_get_orders_history.json': ['findOrder', '/v5/order/history'],
    'http_get_orders_history_with_duplicate.json': ['findOrder', '/v5/order/history'],
    'http_get_orders_realtime.json': ['openOrders', '/v5/order/realtime'],
    'http_get_orders_realtime_tp_sl.json': ['openOrders', '/v5/order/realtime'],
    'http_get_positions.json': ['positions', '/v5/position/list'],
    'http_get_positions_with_open_time.json': ['positions', '/v5/position/list'],
    'http_get_wallet_balance.json': ['balance', '/v5/account/wallet-balance'],
    'http_get_wallet_balance_spot_short.json': ['balance', '/v5/account/wallet-balance'],
    'http_get_wallet_balance_with_spot_borrow.json': ['balance', '/v5/account/wallet-balance'],
  },
  binance: {
    'futures_http_json_account_info_v2.json': ['balance', '/fapi/v3/account'],
    'futures_http_json_open_algo_orders.json': ['openOrders', '/fapi/v1/openAlgoOrders'],
    'futures_http_json_order_response.json': ['findOrder', '/fapi/v1/order'],
    'futures_http_json_position_risk.json': ['positions', '/fapi/v3/positionRisk'],
    'py_http_futures_account_orders.json': ['openOrders', '/fapi/v1/openOrders'],
    'py_http_futures_account_position_side_dual.json': ['modes', '/fapi/v1/positionSide/dual'],
    'py_http_futures_account_positions_hedge.json': ['positions', '/fapi/v3/positionRisk'],
    'py_http_futures_account_positions_one_way.json': ['positions', '/fapi/v3/positionRisk'],
    'py_http_futures_account_symbol_config.json': ['modes', '/fapi/v1/symbolConfig'],
    'py_http_futures_account_trades.json': ['executions', '/fapi/v1/userTrades'],
    'py_http_futures_market_exchange_info.json': ['instruments', '/fapi/v1/exchangeInfo'],
    'py_http_futures_market_funding_rate.json': ['fundingHistory', '/fapi/v1/fundingRate'],
    'py_http_futures_market_klines.json': ['candles', '/fapi/v1/klines'],
    'py_http_futures_market_mark_price_klines.json': ['markCandles', '/fapi/v1/markPriceKlines'],
  },
};

/** What the first rows of some files say, to the last field. */
const MEANINGS: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  'http_get_positions.json': [{ symbol: 'BTCUSDT', hedgeSide: undefined }],
  'http_get_orders_realtime_tp_sl.json': [
    { origin: 'target', conditional: true },
    { origin: 'stop', conditional: true },
  ],
  'py_http_futures_account_trades.json': [
    { executionId: 'ETHUSDT-82357626', side: 'sell', quantity: 0.005, price: 2778.35, feeText: '0.00555670' },
    { executionId: 'ETHUSDT-82357629', side: 'buy', fee: 0.005558 },
  ],
  'futures_http_json_open_algo_orders.json': [
    {
      clientOrderId: 'test-algo-order-1',
      origin: 'stop',
      state: 'untriggered',
      triggerPrice: 45_000,
      conditional: true,
    },
  ],
};

describe.skipIf(!existsSync(SAMPLES)).each(['bybit', 'binance'] as const)('recorded replies of %s', (venue) => {
  const folder = new URL(`${venue}/`, SAMPLES);
  const files = existsSync(folder) ? readdirSync(folder).filter(isReply).toSorted() : [];
  const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
  let recorded: ReadonlyMap<string, readonly Sample[]> = new Map();

  beforeAll(async () => {
    recorded = Map.groupBy(await recordReplies(venue), ({ request }) => request);
  });

  test.each(Object.entries(READ[venue]))('%s is read', async (file, [call, path]) => {
    const answer = (request: string): { status: number; text: string } => {
      if (request.endsWith(` ${path}`)) return { status: 200, text: textOf(file) };
      // Orders of other trades are told as they come.
      if (request === 'GET /fapi/v1/order')
        return { status: 200, text: textOf('futures_http_json_order_response.json') };
      const own = recorded.get(request)?.[0];
      if (own === undefined) throw new Error(`nothing was recorded for ${request}`);
      return own;
    };
    const time = call === 'serverTime' ? { marketTime: undefined } : {};
    const connection = await connectReplayed(venue, answer, time);
    const value = await CALLS[call](connection);
    await connection.close();
    expect(unsoundNumbers(value)).toEqual([]);
    const meanings = MEANINGS[file] ?? [];
    if (meanings.length > 0)
      expect(value).toEqual(expect.arrayContaining(meanings.map((meaning) => expect.objectContaining(meaning))));
  });

  test('each file is answered by every question with values or with a code', async () => {
    for (const file of files) {
      const text = textOf(file);
      const connection = await connectReplayed(venue, () => ({ status: 200, text }));
      for (const [name, call] of Object.entries(CALLS)) {
        const outcome = await call(connection).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        if ('value' in outcome) expect([file, name, unsoundNumbers(outcome.value)]).toEqual([file, name, []]);
        else expect(outcome.error).toBeInstanceOf(VenueError);
      }
      await connection.close();
    }
  });

  /** Their rows look the same to the last field. */
  const ALIKE = new Set(['spot_http_json_klines_response.json']);

  test.each(files.filter((file) => /spot/.test(file) && READ[venue][file] === undefined && !ALIKE.has(file)))(
    '%s is not of this market, and refused',
    async (file) => {
      const text = textOf(file);
      const connection = await connectReplayed(venue, () => ({ status: 200, text }));
      for (const name of [
        'instruments',
        'balance',
        'positions',
        'openOrders',
        'executions',
        'placeMarket',
        'candles',
      ]) {
        const failure = await CALLS[name](connection).catch((error: unknown) => error);
        if (venue === 'bybit' && name === 'executions') continue;
        expect([name, failure]).toEqual([name, expect.any(VenueError)]);
        expect((failure as VenueError).code).toBe('REPLY_INVALID');
      }
      await connection.close();
    },
  );
});
