// What can be done with market data? Fetch it, carry it on, and see whether it is fit for use.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { INTERVAL_NAMES } from '../../domain/time.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { addConfigOptions, commaList, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { registerDataDownload } from './data-download.ts';

interface CheckOptions extends ConfigOptions {
  readonly data?: string;
  readonly symbols?: string[];
  readonly interval?: string;
  readonly json: boolean;
}

export function registerData(program: Command, context: CliContext): void {
  const data = program.command('data').description('fetch market data, and look at what is stored');
  registerDataDownload(data, context);
  addConfigOptions(data.command('check'))
    .description('say what is missing or odd in stored candles, funding and instruments')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--symbols <list>', 'only these, with commas between them (default: all that are stored)', commaList)
    .option('--interval <name>', `candles of this length: ${INTERVAL_NAMES.join(', ')} (default: all that are stored)`)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples('data check --data ./data', 'data check --data ./data --symbols BTCUSDT,ETHUSDT --json'),
    )
    .action((options: CheckOptions) => check(options, context));
}

async function check(options: CheckOptions, context: CliContext): Promise<void> {
  const { data: params } = loadConfig(configRequestOf(options)).config;
  const { symbols, interval, json } = options;
  const dataRoot = options.data ?? params.root;
  if (dataRoot === null) {
    throw new PerpilotError('ARGUMENT_INVALID', [
      { message: 'no data folder is given', hint: 'give --data DIR, or set data.root in a file for --config' },
    ]);
  }
  // Loaded here: the reader of Parquet files takes longer to start than every other command takes to run.
  const { runDataCheck } = await import('./data-check.ts');
  const answer = await runDataCheck(
    { dataRoot, json, params, ...(symbols ? { symbols } : {}), ...(interval === undefined ? {} : { interval }) },
    context.out,
  );
  context.finish(answer === 0 ? EXIT.OK : answer === 1 ? EXIT.NEGATIVE : EXIT.BAD_INPUT);
}
