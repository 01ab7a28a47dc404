// Is a request what it says it is? Key, time and signature of REST requests and of WebSocket logins.
import { createHmac } from 'node:crypto';
import type { CodecWorld, VenueRequest } from '../venue-codec.ts';
import { refused, type BybitAnswer } from './answer.ts';
import { wireRefusal } from './return-codes.ts';

/** Where every client of this server lives. */
const CLIENT_ADDRESS = '127.0.0.1';
const DEFAULT_WINDOW_MS = 5_000;
/** How far a timestamp may lie ahead of the server. */
const AHEAD_MS = 1_000;

const OTHER_ENVIRONMENT =
  'API key is invalid. Check whether the key and domain are matched, there are 4 env: mainnet, testnet, mainnet-demo, testnet-demo';

const hmac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex');

/** Why the time of a request is refused; undefined: it lies within the window. */
export function timeRefusal(timestamp: number, windowMs: number, serverTime: number): BybitAnswer | undefined {
  if (serverTime - windowMs <= timestamp && timestamp < serverTime + AHEAD_MS) return undefined;
  const told = `req_timestamp[${timestamp}],server_timestamp[${serverTime}],recv_window[${windowMs}]`;
  const words = 'invalid request, please check your server timestamp or recv_window param';
  return wireRefusal('clock-off', `${words}. ${told}`);
}

/** Why the key is refused, whatever it signs; undefined: it is good. */
export function keyRefusal(key: string, world: CodecWorld): BybitAnswer | undefined {
  const { credentials } = world;
  if (credentials.foreignKeys.includes(key)) return wireRefusal('key-invalid', OTHER_ENVIRONMENT);
  if (key !== credentials.key) return wireRefusal('key-invalid');
  if (credentials.expiresAt !== undefined && world.serverTime() >= credentials.expiresAt)
    return wireRefusal('key-expired');
  const { allowedAddresses } = credentials;
  const isBound = allowedAddresses !== undefined && !allowedAddresses.includes('*');
  return isBound && !allowedAddresses.includes(CLIENT_ADDRESS) ? wireRefusal('address-not-bound') : undefined;
}

/** Why a signed request is refused; undefined: it is signed well and may do what it asks. */
export function requestRefusal(request: VenueRequest, isWrite: boolean, world: CodecWorld): BybitAnswer | undefined {
  const key = headerOf(request, 'x-bapi-api-key');
  const timestamp = headerOf(request, 'x-bapi-timestamp');
  const signature = headerOf(request, 'x-bapi-sign');
  if (key === '' || timestamp === '' || signature === '') {
    return refused(10_001, `empty value: apiTimestamp[${timestamp}] apiKey[${key}] apiSignature[${signature}]`);
  }
  const window = headerOf(request, 'x-bapi-recv-window');
  const windowMs = window === '' ? DEFAULT_WINDOW_MS : wholeNumber(window);
  const time = wholeNumber(timestamp);
  if (Number.isNaN(windowMs) || Number.isNaN(time)) return refused(10_001, 'invalid apiTimestamp or apiRecvWindow');
  const refusal = timeRefusal(time, windowMs, world.serverTime()) ?? keyRefusal(key, world);
  if (refusal !== undefined) return refusal;
  const head = `${timestamp}${key}${window}`;
  const isSigned = payloadsOf(request).some((payload) => hmac(world.credentials.secret, head + payload) === signature);
  if (!isSigned) return wireRefusal('signature-invalid', `error sign! origin_string[${head}${payloadsOf(request)[0]}]`);
  return isWrite && world.credentials.readOnly ? wireRefusal('permission-missing') : undefined;
}

/** What may have been signed: the body of a POST, else the query as it came or decoded. */
function payloadsOf({ method, body, rawQuery }: VenueRequest): readonly string[] {
  if (method !== 'GET') return [body];
  const decoded = percentDecoded(rawQuery);
  return decoded === undefined || decoded === rawQuery ? [rawQuery] : [rawQuery, decoded];
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function headerOf({ headers }: VenueRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

const wholeNumber = (text: string): number => (/^\d{1,16}$/.test(text) ? Number(text) : NaN);

/** Why the arguments of a WebSocket login are refused; undefined: they are good. */
export function loginRefusal(args: unknown, world: CodecWorld): BybitAnswer | undefined {
  if (!Array.isArray(args) || args.length < 3) return refused(10_001, 'Params Error');
  const [key, expires, signature] = args.map(String);
  const refusal = keyRefusal(key, world);
  if (refusal !== undefined) return refusal;
  if (!(wholeNumber(expires) > world.serverTime())) return refused(10_002, 'Params Error: expires is in the past');
  const isSigned = hmac(world.credentials.secret, `GET/realtime${expires}`) === signature;
  return isSigned ? undefined : wireRefusal('signature-invalid', 'error sign');
}
