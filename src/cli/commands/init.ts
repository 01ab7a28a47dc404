// How does somebody begin? `perpilot init`: a few questions on the terminal, or options, and the files of a bot are there.
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { PerpilotError } from '../../domain/errors.ts';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { INIT_EXCHANGES, INIT_MODES, INIT_PROFILES, type InitWishes } from '../init/init-names.ts';

interface InitOptions extends Pick<InitWishes, 'exchange' | 'mode' | 'profile'> {
  readonly dir: string;
  readonly symbols: string;
  readonly channels: string;
  readonly telegramChat?: string;
  readonly emailTo?: string;
  readonly emailHost?: string;
  readonly yes: boolean;
  readonly force: boolean;
}

export function registerInit(program: Command, context: CliContext): void {
  program
    .command('init')
    .description('write settings and .env of a bot (mode 600), after a few questions; with --yes without')
    .option('--dir <dir>', 'where perpilot.yaml and .env are written', '.')
    .addOption(new Option('--exchange <venue>', 'where it trades').choices(INIT_EXCHANGES).default('bybit'))
    .addOption(new Option('--mode <mode>', 'how it is to begin').choices(INIT_MODES).default('paper'))
    .addOption(new Option('--profile <level>', 'risk level').choices(INIT_PROFILES).default('conservative'))
    .option('--symbols <names>', 'with commas between them', 'BTCUSDT,ETHUSDT')
    .option('--channels <names>', 'of alerts: discord, telegram, email, webhook, ntfy', '')
    .option('--telegram-chat <number>', 'chat that gets the alerts')
    .option('--email-to <address>', 'who gets the e-mails')
    .option('--email-host <server>', 'which server sends them')
    .option('--yes', 'ask nothing; secrets are taken from the environment, or left empty for you to fill in', false)
    .option('--force', 'replace files that are there; the old ones are kept beside them', false)
    .addHelpText(
      'after',
      examples('init', 'init --yes --mode testnet --symbols BTCUSDT,SOLUSDT --channels ntfy --dir my-bot'),
    )
    .action((options: InitOptions) => init(options, context));
}

async function init(options: InitOptions, context: CliContext): Promise<void> {
  const { askWishes, channelsOf, symbolsOf, variablesFor } = await import('../init/wishes.ts');
  const { CONFIG_NAME, ENV_NAME, writeInitFiles } = await import('../init/write-files.ts');
  const { exchange, mode, profile, telegramChat, emailTo, emailHost } = options;
  const given: InitWishes = {
    exchange,
    mode,
    profile,
    symbols: symbolsOf(options.symbols),
    channels: channelsOf(options.channels),
    telegramChat,
    emailTo,
    emailHost,
  };
  const person = options.yes ? undefined : await personAt(context);
  const wishes = person === undefined ? given : await askWishes(person, given);
  const variables = new Map<string, string>();
  for (const name of variablesFor(wishes)) {
    const known = context.env[name] ?? '';
    variables.set(name, known === '' && person !== undefined ? await person.askSecret(name) : known);
  }
  person?.leave();
  writeInitFiles({ folder: options.dir, wishes, variables, force: options.force });
  const config = join(options.dir, CONFIG_NAME);
  const env = join(options.dir, ENV_NAME);
  const empty = [...variables].flatMap(([name, value]) => (value === '' ? [name] : []));
  context.out(`wrote ${config} and ${env} (mode 600)`);
  if (empty.length > 0) context.out(`fill in ${empty.join(', ')} in ${env}`);
  context.out(`next: perpilot doctor --mode ${wishes.mode} --config ${config} --risk-level ${wishes.profile}`);
  context.out(`then: perpilot bot --mode ${wishes.mode} --config ${config} --risk-level ${wishes.profile}`);
  context.finish(EXIT.OK);
}

async function personAt({ stderr, interrupt }: CliContext) {
  if (!process.stdin.isTTY) {
    const hint = 'give --yes, with options for what is not to be as it is by default';
    throw new PerpilotError('ARGUMENT_INVALID', [{ message: 'there is no terminal to ask on', hint }]);
  }
  const { askPerson } = await import('../../adapters/system/ask-person.ts');
  return askPerson({ input: process.stdin, output: stderr, signal: interrupt.signal });
}
