// What must be known of a venue to listen to it? How topics are asked for, and what its messages mean.
import type { Candle } from '../../../domain/candle.ts';
import type { HeldPosition, VenueBalance, VenueExecution, VenueOrder } from '../../../ports/venue-account.ts';
import type { VenueTicker } from '../../../ports/venue-market.ts';
import type { StreamTopic } from '../../../ports/venue-streams.ts';

export type Channel = 'public' | 'private';

/** Fields that a message of a ticker brings; absent: unchanged. Epoch milliseconds and quote currency, as in `VenueTicker`. */
export type TickerPatch = Partial<Omit<VenueTicker, 'symbol'>>;

/** One meaning of a message. `venueTime`: when it happened, the venue's clock; undefined: it does not say. */
export type StreamMessage =
  | {
      readonly kind: 'candle';
      readonly symbol: string;
      readonly intervalMs: number;
      readonly candle: Candle;
      readonly confirmed: boolean;
    }
  | {
      readonly kind: 'ticker';
      readonly symbol: string;
      /** True: what it does not bring is unknown; false: what it does not bring is unchanged. */
      readonly whole: boolean;
      readonly patch: TickerPatch;
    }
  | { readonly kind: 'order'; readonly order: VenueOrder }
  | { readonly kind: 'execution'; readonly execution: VenueExecution }
  | {
      readonly kind: 'position';
      readonly symbol: string;
      readonly side: string;
      readonly position: HeldPosition | undefined;
      readonly updatedAt: number;
    }
  /** `balance` undefined: it changed, and must be asked for. */
  | { readonly kind: 'balance'; readonly balance: VenueBalance | undefined; readonly updatedAt: number }
  /** Answer to a request of ours; `id` undefined: it does not say which. */
  | { readonly kind: 'answer'; readonly id: string | undefined; readonly refusal: string | undefined }
  | { readonly kind: 'login'; readonly refusal: string | undefined }
  /** The venue will send no more on this connection: make a new one. */
  | { readonly kind: 'over'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** It was understood, and has fields that nobody here has heard of. */
  | { readonly kind: 'strangers'; readonly of: string; readonly names: readonly string[] };

export interface StreamProtocol {
  channelOf(topic: StreamTopic): Channel;
  /** What to subscribe to; empty: it comes with the connection by itself; undefined: the venue has no such thing. */
  namesOf(topic: StreamTopic): readonly string[] | undefined;
  /** The message that logs in on this channel; undefined: none is needed. */
  login(channel: Channel): string | undefined;
  subscribe(names: readonly string[], id: string): string;
  unsubscribe(names: readonly string[], id: string): string;
  /** Most names in one request. */
  readonly namesPerRequest: number;
  /** Undefined: a ping of the WebSocket protocol. */
  readonly ping: (() => string) | undefined;
  /** Never throws; empty: nothing that concerns us. */
  read(payload: string): readonly StreamMessage[];
}
