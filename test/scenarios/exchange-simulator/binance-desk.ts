// How do tests ask the codec of Binance without a network? Signed requests answered as parsed JSON, and a client that hears the streams.
import { createHmac } from 'node:crypto';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { createBinanceCodec } from '../../../src/exchange-simulator/venues/binance/binance-codec.ts';
import type {
  CodecSession,
  CodecWorld,
  Credentials,
  VenueCodec,
  VenueRequest,
} from '../../../src/exchange-simulator/venues/venue-codec.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export const KEYS: Credentials = {
  key: 'desk-key',
  secret: 'desk-secret',
  environment: 'testnet',
  readOnly: false,
  mayWithdraw: false,
  expiresAt: undefined,
  allowedAddresses: undefined,
  foreignKeys: ['live-key'],
};

/** Wall time of the server. */
export const NOW = 1_800_000_000_000;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: any;
}

export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SignedBy {
  readonly key?: string | undefined;
  readonly secret?: string;
  readonly timestamp?: number | string | undefined;
  readonly recvWindow?: number | string;
  /** Appended after the signature was made. */
  readonly after?: string;
}

const textOf = (params: Params): string =>
  new URLSearchParams(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

export function requestOf(
  method: string,
  path: string,
  { query = '', body = '', headers = {} }: { query?: string; body?: string; headers?: Record<string, string> } = {},
): VenueRequest {
  return { method, path, rawQuery: query, query: new URLSearchParams(query), headers, body };
}

/** The request as a client signs it: POST and PUT in the body, others in the query. */
export function signed(method: string, path: string, params: Params = {}, by: SignedBy = {}): VenueRequest {
  const { secret = KEYS.secret, recvWindow = 5000, after = '' } = by;
  const key = 'key' in by ? by.key : KEYS.key;
  const timestamp = 'timestamp' in by ? by.timestamp : NOW;
  const text = textOf({ ...params, timestamp, recvWindow });
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const whole = `${text}&signature=${signature}${after}`;
  const headers: Record<string, string> = key === undefined ? {} : { 'x-mbx-apikey': key };
  const inBody = method === 'POST' || method === 'PUT';
  return requestOf(method, path, inBody ? { body: whole, headers } : { query: whole, headers });
}

export interface HeardFrame {
  readonly topic: string;
  readonly symbol: string | undefined;
  readonly value: any;
}

/** A client of the streams. */
export interface Listener {
  readonly session: CodecSession;
  readonly frames: HeardFrame[];
  readonly closed: { code: number; reason: string }[];
  say(value: unknown): void;
  /** What came since it was last asked. */
  take(): readonly HeardFrame[];
}

export interface Desk {
  readonly codec: VenueCodec;
  readonly exchange: SimulatedExchange;
  readonly clock: ManualClock;
  send(request: VenueRequest): Reply;
  /** Everybody's endpoints. */
  open(path: string, params?: Params): Reply;
  get(path: string, params?: Params): Reply;
  post(path: string, params?: Params): Reply;
  put(path: string, params?: Params): Reply;
  remove(path: string, params?: Params): Reply;
  connect(target: string): Listener;
  /** Lets market time run and rest. */
  advance(time: number): void;
}

/** The codec before an exchange; `more` overrides what it knows of the world. */
export function deskOf(exchange: SimulatedExchange, more: Partial<CodecWorld> = {}): Desk {
  const clock = createManualClock(NOW);
  const codec = createBinanceCodec({
    exchange,
    credentials: KEYS,
    clock,
    serverTime: () => NOW,
    orderLagMs: () => 0,
    acceptedAt: () => undefined,
    ...more,
  });
  const sessions = new Set<CodecSession>();
  exchange.listen((event) => {
    for (const session of sessions) session.hear(event);
  });
  const send = (request: VenueRequest): Reply => {
    const { status, body, headers = {} } = codec.handle(request);
    return { status, headers, body: JSON.parse(body) };
  };
  const connect = (target: string): Listener => {
    const [path, query = ''] = target.split('?');
    const frames: HeardFrame[] = [];
    const closed: { code: number; reason: string }[] = [];
    const session = codec.connect({
      id: sessions.size + 1,
      path,
      query: new URLSearchParams(query),
      send: (topic, payload, symbol) => frames.push({ topic, symbol, value: JSON.parse(payload) }),
      close: (code, reason) => closed.push({ code, reason }),
    });
    sessions.add(session);
    return {
      session,
      frames,
      closed,
      say: (value) => session.receive(typeof value === 'string' ? value : JSON.stringify(value)),
      take: () => frames.splice(0),
    };
  };
  return {
    codec,
    exchange,
    clock,
    send,
    connect,
    open: (path, params = {}) => send(requestOf('GET', path, { query: textOf(params) })),
    get: (path, params) => send(signed('GET', path, params)),
    post: (path, params) => send(signed('POST', path, params)),
    put: (path, params) => send(signed('PUT', path, params)),
    remove: (path, params) => send(signed('DELETE', path, params)),
    advance(time) {
      exchange.advanceTo(time);
      for (const session of sessions) session.sample?.();
    },
  };
}
