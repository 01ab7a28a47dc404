// What do faults know of Binance's protocol? Its paths and streams, and the few changes that they make to its messages.
import type { OrderKey } from '../core/order-record.ts';
import { intervalMsOf } from '../venues/binance/kline-row.ts';
import type { FrameView, RequestView } from './fault-pipeline.ts';
import {
  changed,
  eachChanged,
  isList,
  isObject,
  objectOf,
  withChanged,
  withScaled,
  type JsonObject,
} from './json-shape.ts';
import type { KeyChange, RunningCandle, WireShapes } from './wire-shapes.ts';

const SETTINGS: ReadonlySet<string> = new Set([
  '/fapi/v1/leverage',
  '/fapi/v1/marginType',
  '/fapi/v1/positionSide/dual',
]);
const BALANCES = /^\/fapi\/v\d\/(?:account|balance)$/;
const CANDLES = /^\/fapi\/v1\/(?:k|markPriceK|indexPriceK)lines$/;
const FREE = ['availableBalance', 'maxWithdrawAmount', 'totalMarginBalance', 'marginBalance', 'balance', 'cw', 'wb'];

const isKline = ({ topic }: FrameView): boolean => topic.includes('@kline');

/** The event itself, out of the envelope of a combined stream. */
function eventOf(payload: string): JsonObject | undefined {
  const value = objectOf(payload);
  return value !== undefined && isObject(value['data']) ? value['data'] : value;
}

function inEvent(payload: string, change: (event: unknown) => unknown): string {
  return changed(payload, (value) =>
    isObject(value) && isObject(value['data']) ? { ...value, data: change(value['data']) } : change(value),
  );
}

/** Fields of a request, from query and form. */
function fieldOf({ query, body }: RequestView, names: readonly string[]): string | undefined {
  const form = new URLSearchParams(body);
  for (const name of names) {
    const value = query.get(name) ?? form.get(name);
    if (value !== null && value !== '') return value;
  }
  return undefined;
}

/** Orders of the venue are named by numbers of its own, which the core does not know: only client ids name an order. */
function orderNamed(view: RequestView): OrderKey | undefined {
  const clientOrderId = fieldOf(view, ['origClientOrderId', 'clientAlgoId', 'newClientOrderId']);
  return clientOrderId === undefined ? undefined : { clientOrderId };
}

function orderTold({ topic, payload }: FrameView): string | undefined {
  if (topic !== 'ORDER_TRADE_UPDATE' && topic !== 'ALGO_UPDATE') return undefined;
  const order = eventOf(payload)?.['o'];
  const id = isObject(order) ? (order['i'] ?? order['aid']) : undefined;
  return typeof id === 'number' || typeof id === 'string' ? `${topic}-${id}` : undefined;
}

/** The frame's own id. */
const idOf = (payload: string): unknown => objectOf(payload)?.['id'] ?? null;

function withWrongBalance(payload: string, factor: number): string {
  const money = (value: unknown): unknown => withScaled(value, FREE, factor);
  return inEvent(payload, (value) => {
    if (isList(value)) return value.map(money);
    const reply = withChanged(money(value), 'assets', (assets) => eachChanged(assets, money));
    return withChanged(reply, 'a', (account) => withChanged(account, 'B', (balances) => eachChanged(balances, money)));
  });
}

function withRunningCandle(body: string, { openTime, intervalMs, price }: RunningCandle): string {
  const text = String(price);
  return changed(body, (rows) => {
    const newest = isList(rows) ? rows[rows.length - 1] : undefined;
    if (!isList(rows) || !isList(newest)) return rows;
    const time = Number(newest[0]);
    if (time === openTime - intervalMs) {
      const closes = openTime + intervalMs - 1;
      return [...rows, [openTime, text, text, text, text, '0', closes, '0', 0, '0', '0', '0']];
    }
    if (time !== openTime) return rows;
    const [opens, open, high, low, , ...amounts] = newest;
    const top = Math.max(Number(high), price);
    const bottom = Math.min(Number(low), price);
    return [...rows.slice(0, -1), [opens, open, String(top), String(bottom), text, ...amounts]];
  });
}

function withKeyFacts(body: string, { mayWithdraw, readOnly, expiresAt }: KeyChange): string {
  return changed(body, (facts) => {
    if (!isObject(facts)) return facts;
    return {
      ...facts,
      ...(mayWithdraw === true ? { enableWithdrawals: true } : {}),
      ...(readOnly === true ? { enableFutures: false } : {}),
      ...(expiresAt === undefined ? {} : { tradingAuthorityExpirationTime: expiresAt }),
    };
  });
}

/** Binance USD-M as faults see it. */
export const binanceShapes: WireShapes = {
  placesOrder: ({ method, path }) => method === 'POST' && path === '/fapi/v1/order',
  changesOrder: ({ method, path }) =>
    (method === 'DELETE' && (path === '/fapi/v1/order' || path === '/fapi/v1/algoOrder')) ||
    (method === 'PUT' && path === '/fapi/v1/order'),
  changesSettings: ({ method, path }) => method === 'POST' && SETTINGS.has(path),
  setsProtection: ({ method, path }) => method === 'POST' && path === '/fapi/v1/algoOrder',
  asksInstruments: ({ path }) => path === '/fapi/v1/exchangeInfo',
  asksCandles: ({ path }) => CANDLES.test(path),
  asksBalance: ({ method, path }) => method === 'GET' && BALANCES.test(path),
  asksKeyFacts: ({ path }) => path === '/sapi/v1/account/apiRestrictions',
  opensAccountStream: ({ method, path }) => method === 'POST' && path === '/fapi/v1/listenKey',
  orderNamed,
  isCandle: isKline,
  isOrder: ({ topic }) => topic === 'ORDER_TRADE_UPDATE' || topic === 'ALGO_UPDATE',
  isExecution: ({ topic, payload }) => {
    if (topic === 'TRADE_LITE') return true;
    if (topic !== 'ORDER_TRADE_UPDATE') return false;
    const order = eventOf(payload)?.['o'];
    return isObject(order) && (order['x'] === 'TRADE' || order['x'] === 'CALCULATED');
  },
  isWallet: ({ topic }) => topic === 'ACCOUNT_UPDATE',
  orderTold,
  isClosedCandle(view) {
    const candle = isKline(view) ? eventOf(view.payload)?.['k'] : undefined;
    return isObject(candle) && candle['x'] === true;
  },
  unconfirmed: (payload) =>
    inEvent(payload, (event) => withChanged(event, 'k', (candle) => withChanged(candle, 'x', () => false))),
  subscribes: (payload) => objectOf(payload)?.['method'] === 'SUBSCRIBE',
  // A login is the listen key in the address; who asks for one is refused by REST.
  logsIn: () => false,
  subscriptionRefused: (payload) =>
    JSON.stringify({ error: { code: 2, msg: 'Invalid request: too many parameters' }, id: idOf(payload) }),
  loginRefused: (payload) =>
    JSON.stringify({ error: { code: -2015, msg: 'Invalid API-key, IP, or permissions.' }, id: idOf(payload) }),
  streamExpired: (now) => JSON.stringify({ e: 'listenKeyExpired', E: now, listenKey: 'expired' }),
  withWrongBalance,
  candleInterval: ({ query }) => intervalMsOf(query.get('interval') ?? ''),
  withRunningCandle,
  withKeyFacts,
};
