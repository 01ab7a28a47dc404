import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import * as binanceOrders from './binance/order-rows.ts';
import { BINANCE_EVENTS, BINANCE_FIELDS } from './binance/known-fields.ts';
import { positionRow as binancePosition } from './binance/account-reads.ts';
import { incomeRow } from './binance/executions.ts';
import { BYBIT_FIELDS } from './bybit/known-fields.ts';
import { knownFields, strangersIn } from './known-fields.ts';
import { accountUpdate, algoUpdate, tradeUpdate } from './streams/binance-account-rows.ts';
import { executionRow, orderRow, positionRow, walletRow } from './streams/bybit-account-rows.ts';

const known = knownFields({ row: ' a b\n c  open* ' }).get('row');

describe('a field that nobody has heard of', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['is none among known ones', { a: 1, b: [{ c: 'x' }] }, []],
    ['is found wherever it stands', [{ a: { d: 1 } }, { b: [{ e: 1 }, { d: 2 }] }], ['d', 'e']],
    ['has what it holds for itself', { d: { e: { f: 1 } } }, ['d']],
    ['is not looked for in what may be named anyhow', { open: { USDT: '1' } }, []],
    ['is none in what is no object', 'text', []],
    ['is looked for in the first rows of many', [...Array.from({ length: 20 }, () => ({ a: 1 })), { z: 1 }], []],
  ])('%s', (_name, value, found) => expect(strangersIn(value, known)).toEqual(found));

  it('does not make a name of a whole message', () =>
    expect(strangersIn({ ['x'.repeat(500)]: 1 }, known)[0]).toHaveLength(60));

  it('is none where nothing is known of the kind', () => expect(strangersIn({ z: 1 }, undefined)).toEqual([]));
});

/** Names that a shape reads, those of inner objects too. */
function readBy(shape: z.ZodType): string[] {
  const inner: unknown = Reflect.get(shape, 'shape');
  if (typeof inner === 'object' && inner !== null)
    return Object.entries(inner).flatMap(([name, part]) => [name, ...readBy(part as z.ZodType)]);
  const def = shape.def as { readonly [part in 'element' | 'innerType' | 'in']?: z.ZodType };
  return [def.element, def.innerType, def.in].flatMap((part) => (part === undefined ? [] : readBy(part)));
}

it.each<[string, z.ZodType, ReadonlySet<string> | undefined]>([
  ['orders of Bybit', orderRow, BYBIT_FIELDS.get('order')],
  ['executions of Bybit', executionRow, BYBIT_FIELDS.get('execution')],
  ['positions of Bybit', positionRow, BYBIT_FIELDS.get('position')],
  ['the wallet of Bybit', walletRow, BYBIT_FIELDS.get('wallet')],
  ['orders of Binance', binanceOrders.orderRow, BINANCE_FIELDS.get('order')],
  ['conditional orders of Binance', binanceOrders.algoRow, BINANCE_FIELDS.get('algoOrder')],
  ['trades of Binance', binanceOrders.tradeRow, BINANCE_FIELDS.get('trade')],
  ['positions of Binance', binancePosition, BINANCE_FIELDS.get('position')],
  ['incomes of Binance', incomeRow, BINANCE_FIELDS.get('income')],
  ['updates of orders of Binance', tradeUpdate, BINANCE_EVENTS.get('ORDER_TRADE_UPDATE')],
  ['updates of conditional orders of Binance', algoUpdate, BINANCE_EVENTS.get('ALGO_UPDATE')],
  ['updates of the account of Binance', accountUpdate, BINANCE_EVENTS.get('ACCOUNT_UPDATE')],
])('everything that is read is known, in %s', (_name, shape, names) => {
  const read = readBy(shape);
  expect(read.length).toBeGreaterThan(3);
  expect(read.filter((name) => names?.has(name) !== true)).toEqual([]);
});

const SAMPLES = new URL('../../../../shared/data/payloads/', import.meta.url);

const samplesOf = (venue: 'bybit' | 'binance', names: RegExp): readonly unknown[] =>
  readdirSync(new URL(`${venue}/`, SAMPLES))
    .filter((name) => names.test(name))
    .map((name) => JSON.parse(readFileSync(new URL(`${venue}/${name}`, SAMPLES), 'utf8')));

describe.skipIf(!existsSync(SAMPLES))("the venues' own messages have none", () => {
  it.each([
    ['order', /order_(realtime|history)|^http_get_orders|^ws_account_order/],
    ['execution', /^docs__(rest|ws)_execution(_list)?\.|^http_get_executions|^ws_account_execution(_adl)?\./],
    ['position', /^docs__(rest_position_list|ws_position)|^http_get_positions|^ws_account_position/],
    ['wallet', /wallet/],
    ['ticker', /^docs__rest_market_tickers|^ws_ticker_linear/],
    ['kline', /ws_kline/],
  ])('Bybit: %s', (kind, names) => {
    const samples = samplesOf('bybit', names) as { readonly result?: unknown; readonly data?: unknown }[];
    expect(samples.length).toBeGreaterThan(0);
    for (const { result, data } of samples) expect(strangersIn(result ?? data, BYBIT_FIELDS.get(kind))).toEqual([]);
  });

  it.each([
    ['ORDER_TRADE_UPDATE', /^futures_user_data_json_order_update|^py_ws_futures_order_update/],
    ['ALGO_UPDATE', /algo_update/],
    ['ACCOUNT_UPDATE', /^futures_user_data_json_account_update/],
  ])('Binance: %s', (event, names) => {
    const samples = samplesOf('binance', names) as { readonly data?: unknown }[];
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) expect(strangersIn(sample.data ?? sample, BINANCE_EVENTS.get(event))).toEqual([]);
  });
});
