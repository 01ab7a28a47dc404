// How does the canary run without the bot? On a connection of its own, in a symbol in which nothing is held or ordered.
import type { Instrument } from '../domain/instrument.ts';
import { PerpilotError } from '../domain/errors.ts';
import { runCanary, type CanaryReport } from '../live/safety/canary.ts';
import { CANARY_COMMAND_PREFIX } from '../live/session/order-ids.ts';
import type { VenueConnection, VenueName } from '../ports/venue-connection.ts';
import { keyOf } from './bot-modes.ts';
import { openBotVenue } from './bot-venue.ts';
import type { CliContext } from './context.ts';

export interface CanaryOptions {
  readonly exchange: VenueName;
  readonly mode: 'testnet' | 'demo';
  readonly baseUrl?: string | undefined;
  readonly symbol: string;
  /** How long the market has to reach a stop or target beside it. */
  readonly patienceSeconds: number;
}

const PAUSE_MS = 500;
const STEP_MS = 15_000;

/** @throws PerpilotError KEY_MISSING, ARGUMENT_INVALID; VenueError when the venue cannot be reached */
export async function canaryOnce(options: CanaryOptions, context: CliContext): Promise<CanaryReport> {
  const { exchange, mode, baseUrl, symbol, patienceSeconds } = options;
  const unknownCodes: string[] = [];
  const venue = await openBotVenue({
    venue: exchange,
    environment: mode,
    key: keyOf(mode, context.env),
    baseUrl,
    notice: (notice) => {
      if (notice.kind === 'code-unknown') unknownCodes.push(`${notice.venueCode} ${notice.words}`);
    },
  });
  try {
    const { connection, clock } = venue;
    return await runCanary({
      account: connection.account,
      market: connection.market,
      clock,
      instrument: await instrumentOf(connection, symbol),
      idPrefix: CANARY_COMMAND_PREFIX,
      pauseMs: PAUSE_MS,
      stepMs: STEP_MS,
      triggerMs: patienceSeconds * 1_000,
      unknownCodes: () => unknownCodes,
    });
  } finally {
    await venue.close();
  }
}

async function instrumentOf({ market, venue }: VenueConnection, symbol: string): Promise<Instrument> {
  const found = (await market.instruments()).find(({ instrument }) => instrument.symbol === symbol);
  if (found !== undefined) return found.instrument;
  const message = `${venue} does not list ${symbol}`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--symbol', hint: 'write it as the venue does' }]);
}
