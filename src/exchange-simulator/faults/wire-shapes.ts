// What must a fault know of a venue's requests and frames? Which is which, and the few changes that faults make to them.
import type { OrderKey } from '../core/order-record.ts';
import type { FrameView, RequestView } from './fault-pipeline.ts';

/** Facts of a key as its owner may ask for them. */
export interface KeyChange {
  readonly mayWithdraw?: boolean;
  readonly readOnly?: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

export interface RunningCandle {
  readonly openTime: number;
  readonly intervalMs: number;
  readonly price: number;
}

/** One venue's protocol, as far as faults meddle with it. Texts that are not what they should be come back unchanged. */
export interface WireShapes {
  /** Of requests. */
  placesOrder(view: RequestView): boolean;
  changesOrder(view: RequestView): boolean;
  changesSettings(view: RequestView): boolean;
  setsProtection(view: RequestView): boolean;
  asksInstruments(view: RequestView): boolean;
  asksCandles(view: RequestView): boolean;
  asksBalance(view: RequestView): boolean;
  asksKeyFacts(view: RequestView): boolean;
  opensAccountStream(view: RequestView): boolean;
  /** The order that a request is about; undefined: it names none. */
  orderNamed(view: RequestView): OrderKey | undefined;

  /** Of frames from the server. */
  isCandle(view: FrameView): boolean;
  isOrder(view: FrameView): boolean;
  isExecution(view: FrameView): boolean;
  isWallet(view: FrameView): boolean;
  /** A name for the order whose state a frame tells; undefined: it tells of none. */
  orderTold(view: FrameView): string | undefined;
  isClosedCandle(view: FrameView): boolean;
  /** The candle frame as if it were still running. */
  unconfirmed(payload: string): string;

  /** Of frames from a client. */
  subscribes(payload: string): boolean;
  logsIn(payload: string): boolean;
  /** What the venue answers to a subscription or a login that it refuses. */
  subscriptionRefused(payload: string): string;
  loginRefused(payload: string): string;

  /** What the venue says when the account's stream ends by itself; undefined: nothing. */
  streamExpired(now: number): string | undefined;
  /** Free money of a wallet reply or frame times `factor`. */
  withWrongBalance(payload: string, factor: number): string;
  /** Milliseconds of the candles that a request asks for; undefined: none that are served. */
  candleInterval(view: RequestView): number | undefined;
  /** A reply of candles up to now, whose newest one still runs and closes at `price` for the time being. */
  withRunningCandle(body: string, running: RunningCandle): string;
  withKeyFacts(body: string, change: KeyChange): string;
}
