// What happens to one request on its way? Signed and sent by ccxt, watched to the last byte, ended by our own deadline.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../ports/clock.ts';
import type { CcxtExchange, FetchedResponse, FetchParams, WireMethod, WireParams } from './load-exchange.ts';
import { parseFrame } from './streams/frame-json.ts';

export interface WireRequest {
  /** ccxt's name of the group of endpoints, which says where it is sent and whether it is signed. */
  readonly api: string;
  readonly method: WireMethod;
  /** Without a leading slash, as ccxt has it. */
  readonly path: string;
  readonly params: WireParams;
}

/** A reply as it came. */
export interface RawReply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** Its JSON value; undefined: it is no JSON. */
  readonly value: unknown;
}

export type Sent =
  | { readonly kind: 'replied'; readonly reply: RawReply }
  /** Nothing, or only a part of a reply, came in time. */
  | { readonly kind: 'timed-out' }
  /** The way to the venue failed. `reached`: the request may have arrived all the same. */
  | { readonly kind: 'failed'; readonly reached: boolean; readonly reason: string }
  /** This program closed the connection meanwhile. */
  | { readonly kind: 'closed' };

export interface Wire {
  /** Never rejects. An answer that comes after the deadline is ignored. */
  send(request: WireRequest, deadlineMs: number): Promise<Sent>;
  close(): void;
}

export interface WireOptions {
  readonly clock: Clock;
  /** Requests go to this origin instead of the venue's; the path stays. */
  readonly origin: string | undefined;
  readonly fetch: Fetch;
}

/** The part of the runtime's `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What is seen of one request. */
interface Watch {
  readonly stop: AbortController;
  begun: boolean;
  failure: unknown;
  head: { readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly text: string } | undefined;
  value: unknown;
}

/** Why a request is given up. Made once: one made for each request would look up where it was made. */
const ENDED = new Error('the request has ended');

/** Failures after which nothing can have been sent. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Takes over how `exchange` sends and reads. */
export function createWire(exchange: CcxtExchange, { clock, origin, fetch }: WireOptions): Wire {
  const watches = new AsyncLocalStorage<Watch>();
  const open = new Set<Watch>();
  let isClosed = false;
  takeOver(exchange, { watches, origin, fetch });
  const settle = (watch: Watch): Sent => {
    if (isClosed) return { kind: 'closed' };
    if (watch.head !== undefined) return { kind: 'replied', reply: { ...watch.head, value: watch.value } };
    const code = codeOf(watch.failure);
    const reached = watch.begun && (code === undefined || !NOT_SENT.has(code));
    return { kind: 'failed', reached, reason: code ?? (watch.begun ? 'the connection broke' : 'it could not be sent') };
  };
  return {
    send({ api, method, path, params }, deadlineMs) {
      if (isClosed) return Promise.resolve({ kind: 'closed' });
      const watch: Watch = {
        stop: new AbortController(),
        begun: false,
        failure: undefined,
        head: undefined,
        value: undefined,
      };
      open.add(watch);
      return new Promise<Sent>((resolve) => {
        const end = (sent: Sent): void => {
          forget();
          open.delete(watch);
          resolve(sent);
          watch.stop.abort(ENDED);
        };
        const forget = clock.after(deadlineMs, () => end({ kind: 'timed-out' }));
        watch.stop.signal.addEventListener('abort', () => end(settle(watch)), { once: true });
        // ccxt's own judgement of the reply is not asked for: what it throws may hold the signature.
        watches
          .run(watch, () => exchange.request(path, api, method, { ...params }))
          .then(
            () => end(settle(watch)),
            (error: unknown) => {
              watch.failure ??= error;
              end(settle(watch));
            },
          );
      });
    },
    close() {
      isClosed = true;
      for (const watch of open) watch.stop.abort(ENDED);
    },
  };
}

/** What `exchange` fetches and parses is seen by whoever watches the request. */
function takeOver(
  exchange: CcxtExchange,
  { watches, origin, fetch }: Pick<WireOptions, 'origin' | 'fetch'> & { readonly watches: AsyncLocalStorage<Watch> },
): void {
  exchange.fetchIsNative = false;
  exchange.fetchImplementation = (url, params) => {
    const watch = watches.getStore();
    const address = origin === undefined ? url : url.replace(/^https?:\/\/[^/]+/, origin);
    return fetchWhole(fetch, { ...params, url: address }, watch);
  };
  exchange.parseJson = (text) => {
    const value = parseFrame(text);
    const watch = watches.getStore();
    if (watch !== undefined) watch.value = value;
    return value;
  };
}

/** Head and body together, so that ccxt sees a reply only when all of it has come. */
async function fetchWhole(
  fetch: Fetch,
  params: FetchParams & { readonly url: string },
  watch: Watch | undefined,
): Promise<FetchedResponse> {
  const { url, method, headers = {}, body } = params;
  const signal = watch === undefined ? params.signal : watch.stop.signal;
  try {
    if (watch !== undefined) watch.begun = true;
    const response = await fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
    const text = await response.text();
    const { status, statusText } = response;
    if (watch !== undefined) watch.head = { status, headers: new Map(response.headers), text };
    return { status, statusText, headers: response.headers, text: () => Promise.resolve(text) };
  } catch (error) {
    if (watch !== undefined) watch.failure = error;
    throw error;
  }
}

/** The system's name of what went wrong with the network; undefined: it has none. */
function codeOf(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1)
    if ('code' in each && typeof each.code === 'string') return each.code;
  return undefined;
}
