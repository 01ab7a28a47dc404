// How does the bot trade by itself? `perpilot bot`: in rehearsal on this machine, or by the clock on an account.
import { Option, type Command } from 'commander';
import { PerpilotError } from '../../domain/errors.ts';
import { addConfigOptions, addRiskLevelOption, examples, utcTime } from '../arguments.ts';
import { BOT_MODES, type BotMode } from '../bot-modes.ts';
import type { ExchangeBotOptions } from '../compose-bot.ts';
import type { CliContext } from '../context.ts';
import type { RehearsalOptions } from '../compose-rehearsal.ts';
import { EXIT } from '../exit-codes.ts';
import { positiveNumber, seedOf } from '../simulator-options.ts';
import { localUrl } from '../venue-options.ts';

interface BotOptions extends Partial<RehearsalOptions>, Omit<ExchangeBotOptions, 'mode'> {
  readonly mode: BotMode;
  readonly profile?: string;
  readonly json: boolean;
}

export function registerBot(program: Command, context: CliContext): void {
  const command = addRiskLevelOption(addConfigOptions(program.command('bot')))
    .option('--profile <level>', 'the same as --risk-level')
    .description('trade by itself: every close, with the decision code of the research')
    .addOption(
      new Option(
        '--mode <mode>',
        'rehearsal: on an exchange inside the program, driven by history; paper: by the clock, at the prices of live.exchange, with an account on this machine; testnet, demo, live: by the clock at live.exchange',
      )
        .choices(BOT_MODES)
        .default('rehearsal'),
    )
    .option('--symbols <names...>', 'symbols, with blanks or commas between them (default: section discovery)')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--seed <number>', 'seed of everything random (default: research.seed)', seedOf)
    .option('--json', 'one JSON object a line', false);
  addExchangeOptions(addRehearsalOptions(command))
    .addHelpText(
      'after',
      examples(
        'bot --profile moderate',
        'bot --data ./data --symbols BTCUSDT,ETHUSDT --from 2024-03-01',
        'bot --mode paper --symbols BTCUSDT,ETHUSDT',
        'bot --mode testnet --symbols BTCUSDT,ETHUSDT --profile conservative',
      ),
    )
    .action((options: BotOptions) => run(options, context));
}

function addRehearsalOptions(command: Command): Command {
  return command
    .option('--embedded', 'rehearsal: the synthetic market inside the package, also where data.root is set', false)
    .option(
      '--from <time>',
      'rehearsal: first close that is decided at, UTC (default: so that the days end with the data)',
      utcTime,
    )
    .option('--days <number>', 'rehearsal: its length (default: 30)', positiveNumber)
    .option('--renew', 'rehearsal: models are watched, retrained, shadowed and promoted by section renewal', false)
    .option('-o, --out <dir>', 'rehearsal: new folder for journal and models (default: below runs/, by the time)');
}

function addExchangeOptions(command: Command): Command {
  return command
    .option('--state <dir>', 'other modes: folder of the bot (default: below live.state_folder, by mode and name)')
    .option('--base-url <url>', 'other modes: an exchange on this machine, such as http://127.0.0.1:8200', localUrl)
    .option('--take-over', 'other modes: the perpilot that traded on this account has gone; its orders go too', false);
}

const OF_REHEARSAL = ['embedded', 'from', 'days', 'renew', 'out'] as const;
const OF_EXCHANGE = ['state', 'baseUrl', 'takeOver'] as const;

async function run(given: BotOptions, context: CliContext): Promise<void> {
  const { mode, profile, riskLevel } = given;
  if (profile !== undefined && riskLevel !== undefined) {
    throw new PerpilotError('ARGUMENT_INVALID', '--profile and --risk-level are the same: give one of them');
  }
  const options = profile === undefined ? given : { ...given, riskLevel: profile };
  refuseOthers(options, mode === 'rehearsal' ? OF_EXCHANGE : OF_REHEARSAL);
  if (mode === 'rehearsal') await runInRehearsal(options, context);
  else await runOnExchange({ ...options, mode }, context);
}

/** An option that would do nothing is a mistake. */
function refuseOthers(options: BotOptions, names: readonly (keyof BotOptions)[]): void {
  const problems = names
    .filter((name) => options[name] !== undefined && options[name] !== false)
    .map((name) => ({
      message: `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} means nothing in mode ${options.mode}`,
    }));
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
}

async function runInRehearsal(options: BotOptions, context: CliContext): Promise<void> {
  // Loaded here: connector, exchange and readers take longer to start than most commands to run.
  const { rehearsalOptions, runRehearsal } = await import('../run-rehearsal.ts');
  const answer = await runRehearsal(rehearsalOptions(options), context);
  const { rehearsalJson, rehearsalLines } = await import('../rehearsal-answer.ts');
  if (options.json) context.out(rehearsalJson(answer));
  else for (const line of rehearsalLines(answer)) context.out(line);
  context.finish(EXIT.OK);
}

async function runOnExchange(options: ExchangeBotOptions & BotOptions, context: CliContext): Promise<void> {
  const { openPositions, runBot } = await import('../run-bot.ts');
  const { botJsonLines, botLines, startedLine, summaryJson, summaryLines } = await import('../bot-lines.ts');
  const { out } = context;
  const observer = options.json ? botJsonLines(out) : botLines(out);
  const summary = await runBot(options, context, {
    observer,
    started: (bot) => {
      const positions = openPositions(bot);
      const { folder, continues } = bot;
      if (options.json) out(JSON.stringify({ event: 'started', mode: options.mode, folder, continues, positions }));
      else out(startedLine(`${options.mode}, state in ${folder}`, positions));
    },
  });
  if (options.json) out(summaryJson(summary));
  else for (const line of summaryLines(summary)) out(line);
  context.finish(EXIT.OK);
}
