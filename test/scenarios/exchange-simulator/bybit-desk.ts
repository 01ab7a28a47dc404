// How do tests ask the codec of Bybit without a network? Signed requests, answered as parsed JSON.
import { createHmac } from 'node:crypto';
import { createManualClock } from './manual-clock.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { createBybitCodec } from '../../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type {
  CodecWorld,
  Credentials,
  VenueCodec,
  VenueRequest,
} from '../../../src/exchange-simulator/venues/venue-codec.ts';

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
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: any;
  readonly retExtInfo: any;
  readonly time: number;
}

export interface SignedBy {
  readonly key?: string;
  readonly secret?: string;
  readonly timestamp?: number | string;
  readonly window?: string;
  /** Overrides what is signed. */
  readonly payload?: string;
}

export function requestOf(
  method: string,
  target: string,
  body = '',
  headers: Record<string, string> = {},
): VenueRequest {
  const [path, rawQuery = ''] = target.split('?');
  return { method, path, rawQuery, query: new URLSearchParams(rawQuery), headers, body };
}

/** The request with the headers of a client. */
export function signed(method: string, target: string, body = '', by: SignedBy = {}): VenueRequest {
  const { key = KEYS.key, secret = KEYS.secret, timestamp = NOW, window = '5000' } = by;
  const plain = requestOf(method, target, body);
  const payload = by.payload ?? (method === 'GET' ? plain.rawQuery : body);
  const signature = createHmac('sha256', secret).update(`${timestamp}${key}${window}${payload}`).digest('hex');
  return {
    ...plain,
    headers: {
      'x-bapi-api-key': key,
      'x-bapi-timestamp': String(timestamp),
      'x-bapi-recv-window': window,
      'x-bapi-sign': signature,
    },
  };
}

export interface Desk {
  readonly codec: VenueCodec;
  /** Public and private queries. */
  get(target: string, by?: SignedBy): Reply;
  post(path: string, body: object, by?: SignedBy): Reply;
  send(request: VenueRequest): Reply;
}

/** The codec before an exchange; `more` overrides what it knows of the world. */
export function deskOf(exchange: SimulatedExchange, more: Partial<CodecWorld> = {}): Desk {
  const codec = createBybitCodec({
    exchange,
    credentials: KEYS,
    clock: createManualClock(NOW),
    serverTime: () => NOW,
    orderLagMs: () => 0,
    acceptedAt: () => undefined,
    ...more,
  });
  const send = (request: VenueRequest): Reply => {
    const { status, body } = codec.handle(request);
    return { status, ...(JSON.parse(body) as Omit<Reply, 'status'>) };
  };
  return {
    codec,
    send,
    get: (target, by) => send(signed('GET', target, '', by)),
    post: (path, body, by) => send(signed('POST', path, JSON.stringify(body), by)),
  };
}
