// How does history get into the data folder? `perpilot data download` and `perpilot data update`.
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { INTERVAL_NAMES, YEAR_MS } from '../../domain/time.ts';
import { addConfigOptions, configRequestOf, examples, utcTime, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseUnusableWords, wordsOf } from '../research-options.ts';
import { intervalName, positiveNumber } from '../simulator-options.ts';
import { addVenueOptions, localUrl, type VenueOptions } from '../venue-options.ts';

interface DownloadOptions extends ConfigOptions, VenueOptions {
  readonly data?: string;
  readonly symbols: readonly string[];
  readonly interval?: string;
  readonly years: number;
  readonly from?: number;
  readonly mark: boolean;
  readonly json: boolean;
}

interface UpdateOptions extends ConfigOptions {
  readonly data?: string;
  readonly symbols?: readonly string[];
  readonly reread: number;
  readonly baseUrl?: string;
  readonly json: boolean;
}

const DATA_OPTION = ['-d, --data <dir>', 'folder that the data go into (default: data.root)'] as const;
/** Candles at the end of what is stored that an update reads again. */
const USUAL_REREAD = 24;

export function registerDataDownload(data: Command, context: CliContext): void {
  addVenueOptions(addConfigOptions(data.command('download')))
    .description('fetch candles, mark prices, funding and contract rules from an exchange; broken off, it goes on')
    .option(...DATA_OPTION)
    .requiredOption('--symbols <names...>', 'contracts, with blanks or commas between them')
    .option(
      '--interval <name>',
      `length of the candles: ${INTERVAL_NAMES.join(', ')} (default: data.interval)`,
      intervalName,
    )
    .option('--years <number>', 'how far back', positiveNumber, 3)
    .option('--from <time>', 'where the history begins, UTC, instead of --years', utcTime)
    .option('--no-mark', 'without the candles of the mark price')
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples(
        'data download --symbols BTCUSDT,ETHUSDT --years 3 --data ./data',
        'data download --exchange binance --symbols SOLUSDT --interval 15m --from 2024-01-01 --data ./data-binance',
      ),
    )
    .action((options: DownloadOptions) => download(options, context));
  addConfigOptions(data.command('update'))
    .description('carry on everything that was downloaded into a folder, and tell what the exchange revised')
    .option(...DATA_OPTION)
    .option('--symbols <names...>', 'only these, with blanks or commas between them')
    .option('--reread <candles>', 'last stored candles that are read again', wholeNumber, USUAL_REREAD)
    .option('--base-url <url>', 'the local exchange that the data came from', localUrl)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('data update --data ./data', 'data update --data ./data --symbols BTCUSDT --json'))
    .action((options: UpdateOptions) => update(options, context));
}

async function download(options: DownloadOptions, context: CliContext): Promise<void> {
  const { data } = loadConfig(configRequestOf(options)).config;
  const symbols = wordsOf(options.symbols) ?? [];
  refuseUnusableWords('--symbols', symbols);
  const { runDownload } = await import('../run-download.ts');
  const failures = await runDownload(
    {
      root: rootOf(options.data, data.root),
      venue: options,
      symbols,
      interval: options.interval ?? data.interval,
      begin: options.from === undefined ? { backMs: options.years * YEAR_MS } : { at: options.from },
      mark: options.mark,
      json: options.json,
    },
    context,
  );
  context.finish(failures === 0 ? EXIT.OK : EXIT.NEGATIVE);
}

async function update(options: UpdateOptions, context: CliContext): Promise<void> {
  const { data } = loadConfig(configRequestOf(options)).config;
  const symbols = wordsOf(options.symbols);
  if (symbols !== undefined) refuseUnusableWords('--symbols', symbols);
  const { runUpdate } = await import('../run-download.ts');
  const { reread, baseUrl, json } = options;
  const failures = await runUpdate({ root: rootOf(options.data, data.root), symbols, reread, baseUrl, json }, context);
  context.finish(failures === 0 ? EXIT.OK : EXIT.NEGATIVE);
}

function rootOf(option: string | undefined, setting: string | null): string {
  const root = option ?? setting;
  if (root !== null) return root;
  const hint = 'give --data DIR, or set data.root in a file for --config';
  throw new PerpilotError('ARGUMENT_INVALID', [{ message: 'no data folder is given', hint }]);
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number, 0 or more.');
}
