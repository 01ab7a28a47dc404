// Where do faults act on the wire? The transport asks here about every request, reply and frame; faults at the account use the hand of fate.

export interface RequestView {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly symbol: string | undefined;
  readonly isPrivate: boolean;
  /** It changes something: an order, a setting. */
  readonly isWrite: boolean;
}

/** What becomes of one request. `commit` true: it is carried out all the same. */
export type HttpFate =
  | {
      readonly kind: 'pass';
      readonly delayMs?: number | undefined;
      /** Makes other bytes of the body of the true reply, whatever its status. */
      readonly rewrite?: ((body: string) => string) | undefined;
    }
  /** The connection stays open and nothing comes. */
  | { readonly kind: 'no-reply'; readonly commit: boolean }
  /** The connection is torn down. */
  | { readonly kind: 'reset'; readonly commit: boolean }
  /** Other bytes than the true reply. */
  | {
      readonly kind: 'replace';
      readonly commit: boolean;
      readonly status: number;
      readonly contentType: string;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body: string;
    }
  /** Head and the first half of the body, then the end or silence. */
  | { readonly kind: 'truncate'; readonly commit: boolean }
  | { readonly kind: 'stall'; readonly commit: boolean }
  /** The venue's own refusal: a code in its own envelope. The codec writes it. */
  | { readonly kind: 'refuse'; readonly commit: boolean; readonly refusal: WireRefusal };

/** Refusals that do not come from the exchange itself; the codec has the venue's code and text for each. */
export type WireRefusal =
  | 'server-timeout'
  | 'server-error'
  | 'overloaded'
  | 'rate-limited'
  | 'banned'
  | 'clock-off'
  | 'key-invalid'
  | 'key-expired'
  | 'signature-invalid'
  | 'address-not-bound'
  | 'permission-missing'
  | 'maintenance'
  | 'order-processing'
  /** An order with this client order id exists. */
  | 'duplicate-client-id'
  /** The setting is already what it was asked to be. */
  | 'not-modified'
  /** The price of a stop lies on the wrong side of the market. */
  | 'trigger-refused'
  /** The key of the account's stream is not known any more. */
  | 'stream-key-unknown';

export interface FrameView {
  /** Unique per connection. */
  readonly connection: number;
  readonly channel: 'public' | 'private' | 'trade';
  /** The venue's topic, or `ack`, `pong`, `auth` for what answers a client. */
  readonly topic: string;
  readonly symbol: string | undefined;
  readonly payload: string;
}

/** A frame that a client sent. */
export interface ClientFrameView {
  readonly connection: number;
  readonly channel: FrameView['channel'];
  readonly payload: string;
}

/** What becomes of a frame that a client sent. */
export type ClientFrameFate =
  | { readonly kind: 'heard' }
  /** It never arrived. */
  | { readonly kind: 'lost' }
  /** It is not carried out; the client is told this instead, as `topic`. */
  | { readonly kind: 'answered'; readonly topic: string; readonly payload: string };

/** One frame to be sent after `delayMs` of wall time (0: at once, in order). None: the frame is lost. */
export interface FrameSend {
  readonly delayMs: number;
  /** Leaves at this wall time at the earliest, epoch milliseconds, behind what waits for the same time. */
  readonly notBefore?: number | undefined;
  readonly payload: string;
}

export interface ConnectionView {
  readonly connection: number;
  readonly channel: FrameView['channel'];
}

/** What the transport asks. Without faults everything passes. */
export interface FaultPipeline {
  request(view: RequestView): HttpFate;
  frame(view: FrameView): readonly FrameSend[];
  /** True: the connection is dropped at once (asked after each frame and on a timer). */
  dropsConnection(view: ConnectionView): boolean;
  /** True: the server neither reads nor answers this connection any more, but keeps it open. */
  isDead(view: ConnectionView): boolean;
  /** Milliseconds that the server's clock is ahead of the true one. */
  clockOffsetMs(): number;
  /** Orders younger than this, in milliseconds of wall time, are not found yet by queries. */
  orderLagMs(): number;
  /** Asked about every frame of a client. Missing: all are heard. */
  clientFrame?(view: ClientFrameView): ClientFrameFate;
  /** Frames that the server sends of its own accord, past all other faults (asked with `dropsConnection`). */
  unasked?(view: ConnectionView): readonly string[];
  /** The next market time at which a fault acts by itself; Infinity: none. Whoever moves time stops there and calls `onTime`. */
  nextTime?(): number;
  /** Market time has come to rest at `now`. Not called while events are being told. */
  onTime?(now: number): void;
}

/** Everything passes. */
export const NO_FAULTS: FaultPipeline = {
  request: () => ({ kind: 'pass' }),
  frame: ({ payload }) => [{ delayMs: 0, payload }],
  dropsConnection: () => false,
  isDead: () => false,
  clockOffsetMs: () => 0,
  orderLagMs: () => 0,
};
