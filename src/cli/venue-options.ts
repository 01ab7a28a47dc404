// Which options say what venue is asked, and how is a connection made of them?
import { Option, type Command } from 'commander';
import { PerpilotError } from '../domain/errors.ts';
import type { VenueConnection, VenueEnvironment, VenueName } from '../ports/venue-connection.ts';

export interface VenueOptions {
  readonly exchange: VenueName;
  readonly environment: VenueEnvironment;
  readonly baseUrl?: string;
}

/** Adds --exchange, --environment and --base-url. */
export function addVenueOptions(command: Command): Command {
  return command
    .addOption(new Option('--exchange <venue>', 'whose data').choices(['bybit', 'binance']).default('bybit'))
    .addOption(
      new Option('--environment <name>', 'prices of testnet and demo are not those of the market')
        .choices(['live', 'testnet', 'demo'])
        .default('live'),
    )
    .option('--base-url <url>', 'a local exchange instead, such as http://127.0.0.1:8200');
}

/** Connects without a key: everything that everybody may know. @throws VenueError, PerpilotError ARGUMENT_INVALID */
export async function connectPublicly(options: VenueOptions, remark: (text: string) => void): Promise<VenueConnection> {
  const baseUrls = options.baseUrl === undefined ? undefined : localUrls(options.baseUrl);
  // Loaded here: ccxt takes longer to start than most commands to run.
  const [{ createVenueConnection }, { createSystemClock }] = await Promise.all([
    import('../adapters/ccxt/venue-connection.ts'),
    import('../adapters/system/system-clock.ts'),
  ]);
  return createVenueConnection({
    venue: options.exchange,
    environment: options.environment,
    baseUrls,
    clock: createSystemClock(),
    random: Math.random,
    notice: (notice) => {
      if (notice.kind === 'budget-unshared') remark(`requests of other processes are not counted: ${notice.reason}`);
    },
  });
}

function localUrls(text: string): { readonly rest: string; readonly stream: string } {
  const rest = text.replace(/\/$/, '');
  if (!rest.startsWith('http://')) {
    const problem = { message: `${text} is no address of a local exchange`, where: '--base-url' };
    throw new PerpilotError('ARGUMENT_INVALID', [{ ...problem, hint: 'write http://127.0.0.1:PORT' }]);
  }
  return { rest, stream: rest.replace(/^http/, 'ws') };
}
