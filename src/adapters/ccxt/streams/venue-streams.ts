// How are a venue's streams had? By its protocol over plain WebSockets that are kept up until they are closed.
import type { Clock } from '../../../ports/clock.ts';
import type { StreamSubscription, VenueStreams } from '../../../ports/venue-streams.ts';
import { createBinanceProtocol } from './binance-protocol.ts';
import { createBybitProtocol } from './bybit-protocol.ts';
import { openWebSocket, type OpenSocket } from './socket.ts';
import type { StreamClient } from './stream-client.ts';
import { DEFAULT_TIMING, type StreamTiming } from './stream-timing.ts';
import { createSubscription } from './subscription.ts';

export interface StreamSurroundings {
  readonly clock: Clock;
  /** Milliseconds of a clock that never jumps, by which waits are counted; default: `clock`. */
  readonly steady?: (() => number) | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Default: real sockets. */
  readonly openSocket?: OpenSocket | undefined;
  readonly timing?: Partial<StreamTiming> | undefined;
}

export interface ClosableStreams extends VenueStreams {
  /** Ends every subscription that is still open. */
  close(): Promise<void>;
}

/**
 * Streams of the venue that `client` belongs to. Each subscription has connections of its own; nothing is connected before.
 * A candle topic says `live` again with `gapSince` after each outage, and also when it left something out by itself.
 */
export function createVenueStreams(client: StreamClient, surroundings: StreamSurroundings): ClosableStreams {
  const { clock, steady = () => clock.now(), random, openSocket = openWebSocket } = surroundings;
  const timing = { ...DEFAULT_TIMING, ...surroundings.timing };
  const protocol = client.venue === 'bybit' ? createBybitProtocol(client) : createBinanceProtocol();
  const open = new Set<StreamSubscription>();
  return {
    subscribe(topics, listener) {
      const shared = { client, protocol, clock, steady, random, openSocket, timing };
      const subscription = createSubscription({ ...shared, topics, listener });
      open.add(subscription);
      return {
        states: () => subscription.states(),
        async close() {
          open.delete(subscription);
          await subscription.close();
        },
      };
    },
    async close() {
      await Promise.all([...open].map((subscription) => subscription.close()));
      open.clear();
    },
  };
}
