// What does the bot trade on? A connection with its key, the time of its market, and history that is worth learning from.
import type { ConnectorNotice } from '../adapters/ccxt/notice.ts';
import { createVenueConnection } from '../adapters/ccxt/venue-connection.ts';
import { createSystemClock } from '../adapters/system/system-clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { VenueConnection, VenueEnvironment, VenueName } from '../ports/venue-connection.ts';
import type { VenueMarket } from '../ports/venue-market.ts';
import type { Key } from './bot-modes.ts';
import { FollowedClock } from './followed-clock.ts';

export interface BotVenue {
  readonly connection: VenueConnection;
  /** Time of the market: the machine's, or that of a replayed market. */
  readonly clock: Clock;
  /** The clock shows the time of an exchange on this machine that replays a market. */
  readonly isReplayed: boolean;
  /** The same key on another environment; undefined: there is none, on an exchange of this machine. */
  readonly openElsewhere: ((environment: VenueEnvironment) => Promise<VenueConnection>) | undefined;
  /** Where the history is asked for that models learn from: prices of testnet and demo are not those of the market. */
  readonly history: () => Promise<VenueMarket>;
  readonly close: () => Promise<void>;
}

export interface BotVenueRequest {
  readonly venue: VenueName;
  readonly environment: VenueEnvironment;
  /** Undefined: public data alone. */
  readonly key: Key | undefined;
  /** A local exchange instead. */
  readonly baseUrl: string | undefined;
  readonly notice: (notice: ConnectorNotice) => void;
}

/** Connects. @throws VenueError when the venue cannot be reached */
export async function openBotVenue(request: BotVenueRequest): Promise<BotVenue> {
  const { venue, environment, key, baseUrl, notice } = request;
  const system = createSystemClock();
  const followed = baseUrl === undefined ? undefined : await FollowedClock.follow(baseUrl);
  const clock = followed ?? system;
  const opened: VenueConnection[] = [];
  const open = async (where: VenueEnvironment, credentials: Key | undefined): Promise<VenueConnection> => {
    const connection = await createVenueConnection({
      venue,
      environment: where,
      credentials,
      baseUrls: baseUrl === undefined ? undefined : { rest: baseUrl, stream: baseUrl.replace('http', 'ws') },
      clock: system,
      random: Math.random,
      ...(followed === undefined ? {} : { marketTime: async () => followed.now() }),
      notice,
    });
    opened.push(connection);
    return connection;
  };
  const close = async (): Promise<void> => {
    followed?.close();
    await Promise.all(opened.map((each) => each.close()));
  };
  try {
    const connection = await open(environment, key);
    return {
      connection,
      clock,
      isReplayed: followed !== undefined,
      openElsewhere: baseUrl === undefined && key !== undefined ? (where) => open(where, key) : undefined,
      history: async () => {
        const isMarket = environment === 'live' || baseUrl !== undefined;
        return (isMarket ? connection : await open('live', undefined)).market;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
