// How does the account's connection keep its listen key? A valid one before each dial, prolonged while the connection lives.
import { VenueError } from '../../../domain/venue-error.ts';
import type { StreamClient } from './stream-client.ts';

export interface ListenKeyCare {
  /** Address of the account's socket. Holds the key: never put it into a message. */
  address(): Promise<string>;
  /** Prolongs the key when it is time. Called often. */
  pulse(): void;
  /** The connection is gone; the next one begins with `address`. */
  forget(): void;
}

export interface ListenKeyOptions {
  readonly client: StreamClient;
  readonly now: () => number;
  readonly everyMs: number;
  /** The venue does not know the key any more: the connection is deaf. */
  readonly dead: (reason: string) => void;
}

/** A failure that may pass is tried again after this part of the usual time. */
const AGAIN_PART = 0.1;

/** For a venue without listen keys the address is the same each time. */
export function careForListenKey({ client, now, everyMs, dead }: ListenKeyOptions): ListenKeyCare {
  const keys = client.listenKeys;
  const plain = client.addresses.private;
  if (keys === undefined)
    return { address: () => Promise.resolve(plain), pulse: () => undefined, forget: () => undefined };
  let extendAt = Infinity;
  let life = 0;
  const extend = (): void => {
    const own = life;
    extendAt = Infinity;
    const extended = (): void => {
      if (own === life) extendAt = now() + everyMs;
    };
    const failed = (error: unknown): void => {
      if (own !== life) return;
      extendAt = now() + everyMs * AGAIN_PART;
      if (!(error instanceof VenueError && error.retryable)) dead('the listen key could not be prolonged');
    };
    keys.extend().then(extended, failed);
  };
  return {
    async address() {
      const key = await keys.obtain();
      extendAt = now() + everyMs;
      return `${plain}?listenKey=${encodeURIComponent(key)}`;
    },
    pulse() {
      if (now() >= extendAt) extend();
    },
    forget() {
      life += 1;
      extendAt = Infinity;
    },
  };
}
