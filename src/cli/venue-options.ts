// Which options say what venue is asked, and how is a connection made of them?
import { InvalidArgumentError, Option, type Command } from 'commander';
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
    .option('--base-url <url>', 'a local exchange instead, such as http://127.0.0.1:8200', localUrl);
}

/** Connects without a key: everything that everybody may know. @throws VenueError */
export async function connectPublicly(options: VenueOptions, remark: (text: string) => void): Promise<VenueConnection> {
  const { baseUrl } = options;
  const baseUrls = baseUrl === undefined ? undefined : { rest: baseUrl, stream: baseUrl.replace('http', 'ws') };
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

/** Only this machine: keys are sent there. */
const LOCAL = /^http:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?\/?$/;

/** For the option --base-url. */
export function localUrl(text: string): string {
  if (LOCAL.test(text)) return text.replace(/\/$/, '');
  throw new InvalidArgumentError('Write the address of an exchange on this machine: http://127.0.0.1:PORT.');
}
