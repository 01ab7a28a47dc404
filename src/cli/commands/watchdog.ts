// Who acts when the bot hangs? `perpilot watchdog`: a process of its own, with its own connection, beside the bot's folder.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import type { AccountOptions } from '../account-access.ts';
import { addConfigOptions, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { assertBotFolder } from '../status-file.ts';
import { addAccountOptions } from './flatten.ts';

type Options = AccountOptions & ConfigOptions;

export function registerWatchdog(program: Command, context: CliContext): void {
  addAccountOptions(addConfigOptions(program.command('watchdog')))
    .description(
      'act when the bot hangs: its entries go, its positions keep their stops; a kill that it ignores is done',
    )
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .addHelpText('after', examples('watchdog state/testnet-bybit-bot --exchange bybit --environment testnet'))
    .action((folder: string, options: Options) => watch(folder, options, context));
}

async function watch(folder: string, options: Options, context: CliContext): Promise<void> {
  assertBotFolder(folder);
  const { live } = loadConfig(configRequestOf(options)).config;
  const { runWatchdog } = await import('../run-watchdog.ts');
  await runWatchdog({ ...options, folder, live }, context);
  context.finish(EXIT.OK);
}
