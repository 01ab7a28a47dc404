// Is a request what it says it is? Its key, its time and its signature.
import { createHmac } from 'node:crypto';
import type { CodecWorld, VenueRequest } from '../venue-codec.ts';
import { missing, refused, type Refused } from './answer.ts';
import { wireRefusal } from './refusals.ts';

/** Where every client of this server lives. */
const CLIENT_ADDRESS = '127.0.0.1';
const DEFAULT_WINDOW_MS = 5_000;
const LONGEST_WINDOW_MS = 60_000;
/** How far a timestamp may lie ahead of the server. */
const AHEAD_MS = 1_000;
/** What a key may look like. */
const KEY_FORM = /^[A-Za-z0-9_-]{1,128}$/;

/** Why the key is refused, whatever it signs; undefined: it is good. */
export function keyRefusal({ headers }: VenueRequest, world: CodecWorld): Refused | undefined {
  const { credentials } = world;
  const header = headers['x-mbx-apikey'];
  const key = typeof header === 'string' ? header.trim() : '';
  if (!KEY_FORM.test(key)) return refused(-2014, 'API-key format invalid.', 401);
  // A key of another environment is as unknown here as any other.
  if (key !== credentials.key) return wireRefusal('key-invalid');
  if (credentials.expiresAt !== undefined && world.serverTime() >= credentials.expiresAt)
    return wireRefusal('key-expired');
  const { allowedAddresses } = credentials;
  const isBound = allowedAddresses !== undefined && !allowedAddresses.includes('*');
  return isBound && !allowedAddresses.includes(CLIENT_ADDRESS) ? wireRefusal('address-not-bound') : undefined;
}

/** Why a signed request is refused; undefined: it is signed well and may do what it asks. */
export function requestRefusal(request: VenueRequest, isWrite: boolean, world: CodecWorld): Refused | undefined {
  const refusal = keyRefusal(request, world);
  if (refusal !== undefined) return refusal;
  const { payload, signature, fields } = signedParts(request);
  if (signature === '') return missing('signature');
  const time = timeRefusal(fields, world.serverTime());
  if (time !== undefined) return time;
  const expected = createHmac('sha256', world.credentials.secret).update(payload).digest('hex');
  if (signature.toLowerCase() !== expected) return wireRefusal('signature-invalid');
  return isWrite && world.credentials.readOnly ? wireRefusal('permission-missing') : undefined;
}

function timeRefusal(fields: URLSearchParams, serverTime: number): Refused | undefined {
  const timestamp = wholeNumber(fields.get('timestamp') ?? '');
  if (Number.isNaN(timestamp)) return missing('timestamp');
  const window = fields.get('recvWindow') ?? '';
  const windowMs = window === '' ? DEFAULT_WINDOW_MS : wholeNumber(window);
  if (Number.isNaN(windowMs)) return missing('recvWindow');
  if (windowMs > LONGEST_WINDOW_MS) return refused(-1131, 'recvWindow must be less than 60000.');
  if (timestamp >= serverTime + AHEAD_MS) {
    return wireRefusal('clock-off', `Timestamp for this request was ${AHEAD_MS}ms ahead of the server's time.`);
  }
  return serverTime - timestamp > windowMs ? wireRefusal('clock-off') : undefined;
}

/** Query and body in one, without the signature wherever it stands; all the rest was signed, byte by byte. */
function signedParts({ rawQuery, body }: VenueRequest): {
  readonly payload: string;
  readonly signature: string;
  readonly fields: URLSearchParams;
} {
  let signature = '';
  const withoutSignature = (text: string): string =>
    text
      .split('&')
      .filter((pair) => {
        if (!pair.startsWith('signature=')) return true;
        signature = percentDecoded(pair.slice('signature='.length));
        return false;
      })
      .join('&');
  const query = withoutSignature(rawQuery);
  const form = withoutSignature(body);
  return { payload: query + form, signature, fields: new URLSearchParams(`${query}&${form}`) };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const wholeNumber = (text: string): number => (/^\d{1,16}$/.test(text) ? Number(text) : NaN);
