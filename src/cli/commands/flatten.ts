// How is the account closed when no bot does it? `perpilot flatten`: all positions, or those of chosen symbols, from a process of its own.
import { Option, type Command } from 'commander';
import { createLatchFiles } from '../../adapters/system/latch-files.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { examples } from '../arguments.ts';
import { assertBotFolder } from '../status-file.ts';
import type { AccountOptions } from '../account-access.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { wordsOf } from '../research-options.ts';
import { positiveNumber } from '../simulator-options.ts';
import { localUrl } from '../venue-options.ts';

interface Options extends AccountOptions {
  readonly symbol?: readonly string[];
  readonly kill?: string;
  readonly deadline?: number;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Adds --exchange, --environment and --base-url for a command that needs the account. */
export function addAccountOptions(command: Command): Command {
  return command
    .addOption(new Option('--exchange <venue>', 'where the account is').choices(['bybit', 'binance']).default('bybit'))
    .addOption(
      new Option('--environment <name>', 'keys come from PERPILOT_<NAME>_KEY and PERPILOT_<NAME>_SECRET')
        .choices(['testnet', 'demo', 'live'])
        .default('testnet'),
    )
    .option('--base-url <url>', 'a local exchange instead, such as http://127.0.0.1:8200', localUrl);
}

export function registerFlatten(program: Command, context: CliContext): void {
  addAccountOptions(program.command('flatten'))
    .description('cancel, close in slices and ask the venue until it says flat; needs no bot')
    .option('-s, --symbol <names...>', 'only these symbols (default: everything on the account)')
    .option('--kill <dir>', 'throw the kill switch of the bot in this folder first; without it, a bot may open again')
    .option('--deadline <seconds>', 'give up then, with exit code 1 (default: never)', positiveNumber)
    .option('--yes', 'without it nothing is done', false)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('flatten --environment testnet --yes', 'flatten --symbol BTCUSDT --yes'))
    .action((options: Options) => flatten(options, context));
}

async function flatten(options: Options, context: CliContext): Promise<void> {
  const { exchange, environment, kill: folder, deadline, json } = options;
  const symbols = wordsOf(options.symbol);
  const what = symbols === undefined ? 'every position and order' : `positions and orders of ${symbols.join(', ')}`;
  if (!options.yes) {
    const message = `${what} on the account of ${exchange} ${environment} would go`;
    throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--yes', hint: 'say --yes if that is wanted' }]);
  }
  if (folder !== undefined) {
    assertBotFolder(folder);
    createLatchFiles(folder).set('kill', { reason: 'perpilot flatten', by: 'command', at: Date.now() });
  }
  const { runFlatten } = await import('../run-flatten.ts');
  const report = await runFlatten({ ...options, symbols, folder, deadlineSeconds: deadline }, context);
  if (json) context.out(JSON.stringify(report));
  else {
    for (const { symbol, quantity } of report.closed) context.out(`${symbol}: ${quantity} was held`);
    context.out(
      report.flat ? 'flat: the venue shows neither a position nor an order' : 'NOT flat: look at the account at once',
    );
  }
  context.finish(report.flat ? EXIT.OK : EXIT.NEGATIVE);
}
