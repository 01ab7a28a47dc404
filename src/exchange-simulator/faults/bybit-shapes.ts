// What do faults know of Bybit's protocol? Its paths and topics, and the few changes that they make to its messages.
import type { OrderKey } from '../core/order-record.ts';
import { intervalMsOf } from '../venues/bybit/kline-row.ts';
import type { FrameView, RequestView } from './fault-pipeline.ts';
import { changed, eachChanged, isList, isObject, objectOf, objectsIn, withChanged, withScaled } from './json-shape.ts';
import type { KeyChange, RunningCandle, WireShapes } from './wire-shapes.ts';

const SETTINGS: ReadonlySet<string> = new Set([
  '/v5/position/set-leverage',
  '/v5/position/switch-mode',
  '/v5/account/set-margin-mode',
]);
const CHANGES: ReadonlySet<string> = new Set(['/v5/order/cancel', '/v5/order/amend']);
const CANDLES = /^\/v5\/market\/(?:mark-price-|index-price-)?kline$/;

const is =
  (path: string) =>
  (view: RequestView): boolean =>
    view.path === path;

const topicStarts =
  (name: string) =>
  ({ topic }: FrameView): boolean =>
    topic === name || topic.startsWith(`${name}.`);

const rowsOf = (payload: string): readonly ReturnType<typeof objectsIn>[number][] =>
  objectsIn(objectOf(payload)?.['data']);

function orderNamed({ body }: RequestView): OrderKey | undefined {
  const fields = objectOf(body);
  const { orderId, orderLinkId } = fields ?? {};
  if (typeof orderId === 'string' && orderId !== '') return { orderId };
  return typeof orderLinkId === 'string' && orderLinkId !== '' ? { clientOrderId: orderLinkId } : undefined;
}

function orderTold(view: FrameView): string | undefined {
  if (!topicStarts('order')(view)) return undefined;
  const [row] = rowsOf(view.payload);
  const id = row?.['orderId'];
  return typeof id === 'string' ? id : undefined;
}

const op = (payload: string): unknown => objectOf(payload)?.['op'];

/** The frame's own id, under the names that the channels have for it. */
function echoOf(payload: string): Record<string, unknown> {
  const { req_id, reqId } = objectOf(payload) ?? {};
  if (req_id !== undefined) return { req_id };
  return reqId === undefined ? {} : { reqId };
}

const asksNoMore = { conn_id: 'simulator', connId: 'simulator' };

function withWrongBalance(payload: string, factor: number): string {
  const row = (value: unknown): unknown => {
    const totals = withScaled(value, ['totalAvailableBalance', 'totalMarginBalance', 'totalEquity'], factor);
    return withChanged(totals, 'coin', (coins) =>
      eachChanged(coins, (coin) => withScaled(coin, ['equity', 'walletBalance'], factor)),
    );
  };
  return changed(payload, (value) => {
    const frame = withChanged(value, 'data', (rows) => eachChanged(rows, row));
    return withChanged(frame, 'result', (result) => withChanged(result, 'list', (rows) => eachChanged(rows, row)));
  });
}

function withRunningCandle(body: string, { openTime, intervalMs, price }: RunningCandle): string {
  const text = String(price);
  const list = (rows: unknown): unknown => {
    const [newest] = isList(rows) ? rows : [];
    if (!isList(rows) || !isList(newest)) return rows;
    const newestTime = Number(newest[0]);
    const rest = newest.slice(5).map(() => '0');
    if (newestTime === openTime - intervalMs) return [[String(openTime), text, text, text, text, ...rest], ...rows];
    if (newestTime !== openTime) return rows;
    const [time, open, high, low, , ...amounts] = newest;
    const top = Math.max(Number(high), price);
    const bottom = Math.min(Number(low), price);
    return [[time, open, String(top), String(bottom), text, ...amounts], ...rows.slice(1)];
  };
  return changed(body, (value) => withChanged(value, 'result', (result) => withChanged(result, 'list', list)));
}

function withKeyFacts(body: string, { mayWithdraw, readOnly, expiresAt }: KeyChange): string {
  return changed(body, (value) =>
    withChanged(value, 'result', (facts) => {
      if (!isObject(facts)) return facts;
      const wallet = mayWithdraw === true ? { Wallet: ['AccountTransfer', 'Withdraw'] } : {};
      const trade = readOnly === true ? { ContractTrade: [], Derivatives: [] } : {};
      const permissions = { ...(isObject(facts['permissions']) ? facts['permissions'] : {}), ...wallet, ...trade };
      const expiry = expiresAt === undefined ? {} : { expiredAt: new Date(expiresAt).toISOString() };
      return { ...facts, permissions, ...(readOnly === true ? { readOnly: 1 } : {}), ...expiry };
    }),
  );
}

/** Bybit V5 as faults see it. */
export const bybitShapes: WireShapes = {
  placesOrder: is('/v5/order/create'),
  changesOrder: ({ path }) => CHANGES.has(path),
  changesSettings: ({ path }) => SETTINGS.has(path),
  setsProtection: is('/v5/position/trading-stop'),
  asksInstruments: is('/v5/market/instruments-info'),
  asksCandles: ({ path }) => CANDLES.test(path),
  asksBalance: is('/v5/account/wallet-balance'),
  asksKeyFacts: is('/v5/user/query-api'),
  opensAccountStream: () => false,
  orderNamed,
  isCandle: topicStarts('kline'),
  isOrder: topicStarts('order'),
  isExecution: topicStarts('execution'),
  isWallet: topicStarts('wallet'),
  orderTold,
  isClosedCandle: (view) => topicStarts('kline')(view) && rowsOf(view.payload).some((row) => row['confirm'] === true),
  unconfirmed: (payload) =>
    changed(payload, (value) =>
      withChanged(value, 'data', (rows) => eachChanged(rows, (row) => withChanged(row, 'confirm', () => false))),
    ),
  subscribes: (payload) => op(payload) === 'subscribe',
  logsIn: (payload) => op(payload) === 'auth',
  subscriptionRefused(payload) {
    const args = objectOf(payload)?.['args'];
    const topic = isList(args) ? String(args[0]) : '';
    const ret_msg = `error:handler not found,topic:${topic}`;
    return JSON.stringify({ success: false, ret_msg, conn_id: 'simulator', ...echoOf(payload), op: 'subscribe' });
  },
  loginRefused(payload) {
    const words = { success: false, ret_msg: 'Invalid apikey', op: 'auth', retCode: 10_003, retMsg: 'Invalid apikey' };
    return JSON.stringify({ ...words, ...asksNoMore, ...echoOf(payload) });
  },
  streamExpired: () => undefined,
  withWrongBalance,
  candleInterval: ({ query }) => intervalMsOf(query.get('interval') ?? ''),
  withRunningCandle,
  withKeyFacts,
};
