// Which symbols would be traded now? `perpilot universe`.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { addConfigOptions, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { addVenueOptions, type VenueOptions } from '../venue-options.ts';

interface UniverseOptions extends ConfigOptions, VenueOptions {
  readonly refresh: boolean;
  readonly cache?: string;
  readonly json: boolean;
}

export function registerUniverse(program: Command, context: CliContext): void {
  addVenueOptions(addConfigOptions(program.command('universe')))
    .description(
      'the symbols that the settings of `discovery` choose from what an exchange lists, and why not the others',
    )
    .option('--refresh', 'ask the exchange, however young its last answer is', false)
    .option('--cache <dir>', "folder of the last answers (default: the user's cache folder)")
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples(
        'universe --refresh --set discovery.universe_mode=auto',
        'universe --set discovery.universe_mode=auto --set discovery.max_symbols=5 --json',
      ),
    )
    .action((options: UniverseOptions) => universe(options, context));
}

async function universe(options: UniverseOptions, context: CliContext): Promise<void> {
  const { discovery } = loadConfig(configRequestOf(options)).config;
  const { runUniverse } = await import('../run-universe.ts');
  const { refresh, cache, json } = options;
  await runUniverse({ venue: options, discovery, refresh, cache, json }, context);
}
