// What do streams need of the connection that they belong to? Addresses, the key, the corrected clock, a listen key, a balance.
import type { VenueBalance } from '../../../ports/venue-account.ts';
import type { VenueName } from '../../../ports/venue-connection.ts';

/** Where the sockets of a venue are, without a query: Bybit `…/v5/public/linear` and `…/v5/private`, Binance `…/market/ws` and `…/private/ws`. */
export interface StreamAddresses {
  readonly public: string;
  readonly private: string;
}

/** The key of an account's event stream where the venue needs one beside the API key. Fails with a VenueError. */
export interface ListenKeys {
  /** A key that is valid now: a new one, or the one that lives already with its life begun anew. */
  obtain(): Promise<string>;
  /** Begins its life anew. */
  extend(): Promise<void>;
}

export interface StreamClient {
  readonly venue: VenueName;
  readonly addresses: StreamAddresses;
  /** Undefined: public topics only. */
  readonly credentials: { readonly key: string; readonly secret: string } | undefined;
  /** The venue's clock as far as it is known: ours plus the measured offset, epoch milliseconds. */
  venueNow(): number;
  /** Binance; undefined elsewhere. */
  readonly listenKeys: ListenKeys | undefined;
  /** Asked where the stream tells only that the balance changed, not what it is. Fails with a VenueError. */
  balance(): Promise<VenueBalance>;
}
