// What does a venue's protocol have to say for itself? Routes, refusals and frames; the transport knows none of it.
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../ports/clock.ts';
import type { ExchangeEvent } from '../core/exchange-event.ts';
import type { SimulatedExchange } from '../core/exchange.ts';
import type { WireRefusal } from '../faults/fault-pipeline.ts';

export interface VenueRequest {
  readonly method: string;
  readonly path: string;
  /** Text after the question mark, as it came. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface VenueReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string;
}

/** What a codec sees of the world besides the exchange. */
export interface CodecWorld {
  readonly exchange: SimulatedExchange;
  readonly credentials: Credentials;
  /** Wall time, for what runs by itself: listen keys, countdowns. */
  readonly clock: Clock;
  /** The server's clock: wall time plus an injected offset. Signatures and receive windows are judged by it. */
  serverTime(): number;
  /** Orders younger than this many milliseconds of wall time are not found yet. */
  orderLagMs(): number;
  /** Wall time at which an order was accepted here, for the lag; undefined: long ago. */
  acceptedAt(orderId: string): number | undefined;
  /** Counts what does not come as a request, such as an order over a stream, against the limits of this name. Missing: no limits. */
  spend?(limitName: string): LimitAnswer;
}

export interface Credentials {
  readonly key: string;
  readonly secret: string;
  readonly environment: 'testnet' | 'demo' | 'live';
  readonly readOnly: boolean;
  readonly mayWithdraw: boolean;
  readonly expiresAt: number | undefined;
  readonly allowedAddresses: readonly string[] | undefined;
  /** A key of another environment, which is refused in the venue's words. */
  readonly foreignKeys: readonly string[];
}

/** One client connection, as the codec sees it. Frames are JSON texts. */
export interface ClientConnection {
  readonly id: number;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Sends one frame through the faults. `topic` as in `FrameView`. */
  send(topic: string, payload: string, symbol?: string): void;
  close(code: number, reason: string): void;
}

export interface CodecSession {
  /** A text frame from the client; unreadable ones are answered as the venue does. */
  receive(text: string): void;
  /** Something happened at the exchange. */
  hear(event: ExchangeEvent): void;
  /** Market time has come to rest for now: what is only sampled (running candles, tickers, books) is sent as it stands. */
  sample?(): void;
  closed(): void;
}

/** One count that requests run against. */
export interface LimitRule {
  /** Requests with the same id share the count. */
  readonly id: string;
  readonly max: number;
  /** Rolling window, milliseconds of wall time. */
  readonly windowMs: number;
  readonly per: 'key' | 'address';
  /** What one request counts; undefined: the weight that `classify` gave. */
  readonly weight?: number | undefined;
  readonly refusal: 'rate-limited' | 'banned';
  /** How long everything is refused once it was exceeded, milliseconds; 0: only until the window has room again. */
  readonly banMs: number;
}

export interface LimitUsage {
  readonly rule: LimitRule;
  /** Counted in the window, this request included. */
  readonly used: number;
  /** Server clock at which the oldest of it leaves the window, epoch milliseconds. */
  readonly resetAt: number;
}

export interface LimitAnswer {
  /** Undefined: there is room. */
  readonly refusal: LimitRule['refusal'] | undefined;
  readonly usage: readonly LimitUsage[];
}

export interface VenueCodec {
  readonly name: 'bybit' | 'binance';
  /** Whether the path belongs to this venue at all. */
  owns(path: string): boolean;
  /** Facts about a request that faults and limits are keyed by. */
  classify(request: VenueRequest): {
    readonly symbol: string | undefined;
    readonly isPrivate: boolean;
    readonly isWrite: boolean;
    /** Name of the limit it counts against, and its weight. */
    readonly limit: { readonly name: string; readonly weight: number };
  };
  /** Carries the request out. */
  handle(request: VenueRequest): VenueReply;
  refuse(request: VenueRequest, refusal: WireRefusal): VenueReply;
  /**
   * What a request of this limit name counts against, of the key and of the address; `connect` is the opening of a
   * stream. Missing: nothing is limited.
   */
  limitRules?(name: string): readonly LimitRule[];
  /** Headers that tell the client where it stands. */
  limitHeaders?(usage: readonly LimitUsage[]): Readonly<Record<string, string>>;
  channelOf(path: string): 'public' | 'private' | 'trade' | undefined;
  connect(connection: ClientConnection): CodecSession;
  /** How long a stream may be silent before it is cut, milliseconds of wall time. Missing or undefined: for ever. */
  idleLimitMs?(path: string, query: URLSearchParams): number | undefined;
  /** Stops whatever runs by itself. Missing: nothing does. */
  close?(): void;
}
