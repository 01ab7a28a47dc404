// How does Bybit's V5 stream speak? Topics with names, text pings, a signed login, rows as in its replies.
import { createHmac } from 'node:crypto';
import type { StreamTopic } from '../../../ports/venue-streams.ts';
import { INTERVAL_NAMES } from '../bybit/intervals.ts';
import { BYBIT_FIELDS } from '../bybit/known-fields.ts';
import { strangersIn } from '../known-fields.ts';
import {
  balanceOf,
  categoryRow,
  executionOf,
  executionRow,
  orderOf,
  orderRow,
  positionOf,
  positionRow,
  walletRow,
} from './bybit-account-rows.ts';
import { envelopeShape, klineRows, tickerRow } from './bybit-frames.ts';
import { candleOf } from './candle-values.ts';
import { parseFrame } from './frame-json.ts';
import type { StreamClient } from './stream-client.ts';
import type { StreamMessage, StreamProtocol, TickerPatch } from './stream-protocol.ts';
import { faultOf } from './wire-values.ts';
import type { z } from 'zod';

/** A login is good for so long, on the venue's clock. */
const LOGIN_VALID_MS = 10_000;
const SYMBOL = /^[A-Z0-9-]{2,40}$/;

const LENGTHS: ReadonlyMap<string, number> = new Map([...INTERVAL_NAMES].map(([length, name]) => [name, length]));

const ACCOUNT_NAMES = { orders: 'order', executions: 'execution', positions: 'position', balance: 'wallet' } as const;

export function createBybitProtocol(client: Pick<StreamClient, 'credentials' | 'venueNow'>): StreamProtocol {
  return {
    channelOf: (topic) => (topic.kind === 'candle' || topic.kind === 'ticker' ? 'public' : 'private'),
    namesOf,
    login(channel) {
      if (channel === 'public' || client.credentials === undefined) return undefined;
      const { key, secret } = client.credentials;
      const expires = Math.round(client.venueNow()) + LOGIN_VALID_MS;
      const signature = createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex');
      return JSON.stringify({ op: 'auth', args: [key, expires, signature] });
    },
    subscribe: (names, id) => JSON.stringify({ op: 'subscribe', req_id: id, args: names }),
    unsubscribe: (names, id) => JSON.stringify({ op: 'unsubscribe', req_id: id, args: names }),
    namesPerRequest: 10,
    ping: () => JSON.stringify({ op: 'ping' }),
    read,
  };
}

function namesOf(topic: StreamTopic): readonly string[] | undefined {
  if (topic.kind !== 'candle' && topic.kind !== 'ticker') return [ACCOUNT_NAMES[topic.kind]];
  if (!SYMBOL.test(topic.symbol)) return undefined;
  if (topic.kind === 'ticker') return [`tickers.${topic.symbol}`];
  const length = INTERVAL_NAMES.get(topic.intervalMs);
  return length === undefined ? undefined : [`kline.${length}.${topic.symbol}`];
}

type Envelope = z.output<typeof envelopeShape>;

function read(payload: string): readonly StreamMessage[] {
  const parsed = envelopeShape.safeParse(parseFrame(payload));
  if (!parsed.success) return [unreadable(`a message: ${faultOf(parsed.error)}`)];
  const frame = parsed.data;
  if (frame.topic !== undefined) return [...strangersOf(frame, frame.topic), ...readTopic(frame, frame.topic)];
  const refusal = refusalOf(frame);
  switch (frame.op) {
    case 'auth':
      return [{ kind: 'login', refusal }];
    case 'subscribe':
    case 'unsubscribe':
      return [{ kind: 'answer', id: String(frame.req_id ?? '') || undefined, refusal }];
    case 'ping':
    case 'pong':
      return [];
    default:
      return [unreadable(refusal === undefined ? 'a message of an unknown kind' : `the venue says: ${refusal}`)];
  }
}

/** Undefined: it was granted. What is subscribed already is granted, too. */
function refusalOf({ success, ret_msg, retCode, retMsg }: Envelope): string | undefined {
  const words = ret_msg ?? retMsg ?? '';
  if (success === true || (success === undefined && (retCode ?? 0) === 0)) return undefined;
  if (words.includes('already subscribed')) return undefined;
  return `${retCode ?? ''} ${words}`.trim().slice(0, 200) || 'without a reason';
}

/** Kinds of rows by the first word of their topic. */
const KINDS: Readonly<Record<string, string>> = { tickers: 'ticker' };

function strangersOf({ data }: Envelope, topic: string): readonly StreamMessage[] {
  const [kind] = topic.slice(0, 80).split('.');
  const rows = Array.isArray(data) ? data.filter(isLinear) : data;
  const names = strangersIn(rows, BYBIT_FIELDS.get(KINDS[kind] ?? kind));
  return names.length === 0 ? [] : [{ kind: 'strangers', of: kind, names }];
}

/** Rows of other categories share the topics of the account. */
function isLinear(row: unknown): boolean {
  const { data: { category } = {} } = categoryRow.safeParse(row);
  return category === undefined || category === 'linear';
}

function readTopic(frame: Envelope, topic: string): readonly StreamMessage[] {
  const [kind, first = '', second = ''] = topic.slice(0, 80).split('.');
  switch (kind) {
    case 'kline':
      return readCandles(frame.data, { length: first, symbol: second });
    case 'tickers':
      return readTicker(frame);
    case 'order':
      return readRows(frame.data, orderRow, (row) => ({ kind: 'order', order: orderOf(row) }));
    case 'execution':
      return readRows(frame.data, executionRow, (row) => {
        const execution = executionOf(row);
        return execution === undefined ? unreadable('an execution without a fee') : { kind: 'execution', execution };
      });
    case 'position':
      return readRows(frame.data, positionRow, (row) => {
        return { kind: 'position', symbol: row.symbol, updatedAt: row.updatedTime, ...positionOf(row) };
      });
    case 'wallet':
      return readWallet(frame);
    default:
      return [unreadable(`nobody asked for the topic ${topic.slice(0, 60)}`)];
  }
}

function readCandles(
  data: unknown,
  { length, symbol }: { readonly length: string; readonly symbol: string },
): readonly StreamMessage[] {
  const rows = klineRows.safeParse(data);
  const intervalMs = LENGTHS.get(length);
  if (!rows.success) return [unreadable(`a candle of ${symbol}: ${faultOf(rows.error)}`)];
  if (intervalMs === undefined) return [unreadable(`a candle of ${symbol} of unknown length`)];
  return rows.data.map((row) => {
    const candle = candleOf(row.start, intervalMs, row);
    if (candle === undefined) return unreadable(`a candle of ${symbol} with values that no market makes`);
    return { kind: 'candle', symbol, intervalMs, candle, confirmed: row.confirm };
  });
}

function readTicker(frame: Envelope): readonly StreamMessage[] {
  const row = tickerRow.safeParse(frame.data);
  if (!row.success) return [unreadable(`a ticker: ${faultOf(row.error)}`)];
  const { symbol, lastPrice, markPrice, bid1Price, ask1Price, turnover24h, fundingRate, nextFundingTime } = row.data;
  const patch = {
    lastPrice,
    markPrice,
    bid: bid1Price,
    ask: ask1Price,
    tradedValue24h: turnover24h,
    fundingRate,
    nextFundingTime,
  };
  if (lastPrice !== undefined && lastPrice <= 0) return [unreadable(`a ticker of ${symbol} with a price of no market`)];
  return [{ kind: 'ticker', symbol, whole: frame.type !== 'delta', patch: known(patch) }];
}

/** Without what is undefined: a change lays nothing unknown over what is known. */
function known(patch: { readonly [Name in keyof TickerPatch]: TickerPatch[Name] | undefined }): TickerPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

function readWallet(frame: Envelope): readonly StreamMessage[] {
  return readRows(frame.data, walletRow, (row) => {
    const balance = balanceOf(row);
    return balance === undefined ? undefined : { kind: 'balance', balance, updatedAt: frame.creationTime ?? 0 };
  });
}

/** Rows of other categories are left out; a bad row does not hide the next. */
function readRows<Row>(
  data: unknown,
  shape: z.ZodType<Row>,
  meaningOf: (row: Row) => StreamMessage | undefined,
): readonly StreamMessage[] {
  if (!Array.isArray(data)) return [unreadable('a message without rows')];
  return data.flatMap((value: unknown) => {
    if (!isLinear(value)) return [];
    const row = shape.safeParse(value);
    if (!row.success) return [unreadable(`a row of the account: ${faultOf(row.error)}`)];
    const meaning = meaningOf(row.data);
    return meaning === undefined ? [] : [meaning];
  });
}

function unreadable(reason: string): StreamMessage {
  return { kind: 'unreadable', reason };
}
