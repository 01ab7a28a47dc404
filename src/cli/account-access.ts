// How does a command reach the account without the bot? With the keys of the environment, on a connection of its own.
import type { Instrument } from '../domain/instrument.ts';
import type { Clock } from '../ports/clock.ts';
import type { VenueConnection, VenueEnvironment, VenueName } from '../ports/venue-connection.ts';
import { keyOf } from './bot-modes.ts';
import type { CliContext } from './context.ts';

export interface AccountOptions {
  readonly exchange: VenueName;
  readonly environment: VenueEnvironment;
  readonly baseUrl?: string | undefined;
}

export interface AccountAccess {
  readonly connection: VenueConnection;
  readonly clock: Clock;
  /** Undefined: the venue does not list it, or has not said what it lists. */
  readonly instrument: (symbol: string) => Instrument | undefined;
}

/**
 * Connects for as long as it takes; `remark` hears why it takes so long.
 * @throws PerpilotError KEY_MISSING
 */
export async function accessAccount(
  options: AccountOptions,
  context: CliContext,
  remark: (text: string) => void,
): Promise<AccountAccess> {
  const { exchange, environment, baseUrl } = options;
  const credentials = keyOf(environment, context.env);
  const [{ createVenueConnection }, { createSystemClock }, { VenueError }] = await Promise.all([
    import('../adapters/ccxt/venue-connection.ts'),
    import('../adapters/system/system-clock.ts'),
    import('../domain/venue-error.ts'),
  ]);
  const clock = createSystemClock();
  const { signal } = context.interrupt;
  for (;;) {
    signal.throwIfAborted();
    try {
      const connection = await createVenueConnection({
        venue: exchange,
        environment,
        credentials,
        baseUrls: baseUrl === undefined ? undefined : { rest: baseUrl, stream: baseUrl.replace('http', 'ws') },
        clock,
        random: Math.random,
        // Flatten, kill and watchdog look before they act: what they ask must not wait behind a bot or a download either.
        urgent: true,
      });
      const known = new Map<string, Instrument>();
      try {
        for (const { instrument } of await connection.market.instruments()) known.set(instrument.symbol, instrument);
      } catch (error) {
        // Without steps and minimums positions go in one order each.
        if (!(error instanceof VenueError)) throw error;
      }
      return { connection, clock, instrument: (symbol) => known.get(symbol) };
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      remark(`${exchange} ${environment} does not answer (${error.code}); it is tried again`);
      await new Promise<void>((resolve) => {
        clock.after(RETRY_MS, resolve);
      });
    }
  }
}

const RETRY_MS = 1_000;
