// What does a venue push to us? Candles, tickers and what happens to the account, with the state of each stream.
import type { Candle } from '../domain/candle.ts';
import type { HeldPosition, VenueBalance, VenueExecution, VenueOrder } from './venue-account.ts';
import type { VenueTicker } from './venue-market.ts';

/** One thing that can be subscribed to. Account streams cover all symbols. */
export type StreamTopic =
  | { readonly kind: 'candle'; readonly symbol: string; readonly intervalMs: number }
  | { readonly kind: 'ticker'; readonly symbol: string }
  | { readonly kind: 'orders' }
  | { readonly kind: 'executions' }
  | { readonly kind: 'positions' }
  | { readonly kind: 'balance' };

/** `live`: acknowledged and heard from in time; `stale`: silent for too long; `down`: not connected, or refused. */
export type StreamState = 'connecting' | 'live' | 'stale' | 'down';

/** Times: `receivedAt` is our clock; the venue's own time stands inside. */
export type StreamEvent =
  | {
      readonly kind: 'candle';
      readonly symbol: string;
      readonly intervalMs: number;
      readonly candle: Candle;
      /** The venue says that it has closed. */
      readonly confirmed: boolean;
      readonly receivedAt: number;
    }
  | { readonly kind: 'ticker'; readonly ticker: VenueTicker; readonly receivedAt: number }
  /** Orders never go backwards: a state older than one already reported is dropped. */
  | { readonly kind: 'order'; readonly order: VenueOrder; readonly receivedAt: number }
  /** Each execution once. */
  | { readonly kind: 'execution'; readonly execution: VenueExecution; readonly receivedAt: number }
  /** `position` undefined: flat. */
  | {
      readonly kind: 'position';
      readonly symbol: string;
      readonly position: HeldPosition | undefined;
      readonly receivedAt: number;
    }
  | { readonly kind: 'balance'; readonly balance: VenueBalance; readonly receivedAt: number }
  | {
      readonly kind: 'stream';
      readonly topic: StreamTopic;
      readonly state: StreamState;
      /** Why, in one sentence. */
      readonly reason: string;
      /**
       * It was down or silent before, or left something out: what happened since this time of the venue must be asked for.
       * Of candles, an open time.
       */
      readonly gapSince: number | undefined;
      readonly receivedAt: number;
    }
  /** A message that could not be understood; the stream goes on. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly receivedAt: number }
  /** Messages have a field that nobody here has heard of; once for each. `of`: what kind of message it is. */
  | { readonly kind: 'field-unknown'; readonly of: string; readonly name: string; readonly receivedAt: number };

export interface StreamSubscription {
  /** State of every topic now, under `candle SYMBOL MILLISECONDS`, `ticker SYMBOL` or the kind alone. */
  states(): ReadonlyMap<string, StreamState>;
  /** Ends all topics; nothing is delivered afterwards. */
  close(): Promise<void>;
}

export interface VenueStreams {
  /**
   * Subscribes to all topics and stays subscribed: silence, drops, refused or lost subscriptions are mended with back-off
   * until `close`. `listener` must not throw.
   */
  subscribe(topics: readonly StreamTopic[], listener: (event: StreamEvent) => void): StreamSubscription;
}
