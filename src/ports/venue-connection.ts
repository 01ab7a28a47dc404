// How is a venue reached as a whole? Market, account and streams of one venue, one environment, one key.
import type { VenueAccount } from './venue-account.ts';
import type { VenueMarket } from './venue-market.ts';
import type { VenueStreams } from './venue-streams.ts';

export type VenueName = 'bybit' | 'binance';
export type VenueEnvironment = 'testnet' | 'demo' | 'live';

export interface VenueHealth {
  /** Venue time minus ours, milliseconds, smoothed; undefined: not measured yet. */
  readonly clockOffsetMs: number | undefined;
  readonly clockMeasuredAt: number | undefined;
  /** Requests that wait for the budget now. */
  readonly waitingRequests: number;
  /** The venue has shut us out until then, epoch milliseconds. */
  readonly blockedUntil: number | undefined;
}

export interface VenueConnection {
  readonly venue: VenueName;
  readonly environment: VenueEnvironment;
  /** Stop and target can be attached to the entry itself. */
  readonly attachesProtection: boolean;
  readonly market: VenueMarket;
  readonly account: VenueAccount;
  readonly streams: VenueStreams;
  health(): VenueHealth;
  close(): Promise<void>;
}
