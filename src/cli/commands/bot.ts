// How does the bot trade by itself? `perpilot bot`; so far on an exchange of its own, in rehearsal.
import { Option, type Command } from 'commander';
import { addConfigOptions, addRiskLevelOption, examples, utcTime } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import type { RehearsalOptions } from '../compose-rehearsal.ts';
import { EXIT } from '../exit-codes.ts';
import { positiveNumber, seedOf } from '../simulator-options.ts';

interface BotOptions extends RehearsalOptions {
  readonly json: boolean;
}

export function registerBot(program: Command, context: CliContext): void {
  addRiskLevelOption(addConfigOptions(program.command('bot')))
    .description('trade by itself: every close, with the decision code of the research')
    .addOption(
      new Option('--mode <mode>', 'rehearsal: on an exchange on this machine, driven by history, in lock-step')
        .choices(['rehearsal'])
        .default('rehearsal'),
    )
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option('--symbols <names...>', 'symbols, with blanks or commas between them; all: every one with candles')
    .option(
      '--from <time>',
      'first close that is decided at, UTC (default: so that the days end with the data)',
      utcTime,
    )
    .option('--days <number>', 'length of the rehearsal', positiveNumber, 30)
    .option('-o, --out <dir>', 'new folder for the journal and the models', 'runs/rehearsal')
    .option('--seed <number>', 'seed of everything random (default: research.seed)', seedOf)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples('bot --embedded --risk-level moderate', 'bot --data ./data --symbols BTCUSDT,ETHUSDT --from 2024-03-01'),
    )
    .action((options: BotOptions) => run(options, context));
}

async function run(options: BotOptions, context: CliContext): Promise<void> {
  // Loaded here: connector, exchange and readers take longer to start than most commands to run.
  const { runRehearsal } = await import('../run-rehearsal.ts');
  const answer = await runRehearsal(options, context);
  const { rehearsalJson, rehearsalLines } = await import('../rehearsal-answer.ts');
  if (options.json) context.out(rehearsalJson(answer));
  else for (const line of rehearsalLines(answer)) context.out(line);
  context.finish(EXIT.OK);
}
