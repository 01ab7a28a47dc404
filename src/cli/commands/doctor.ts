// What is wrong right now, and what mends it? `perpilot doctor`: machine, settings, exchange and bot, looked at beside a running bot.
import { Option, type Command } from 'commander';
import { addConfigOptions, addRiskLevelOption, examples } from '../arguments.ts';
import { BOT_MODES } from '../bot-modes.ts';
import type { CliContext } from '../context.ts';
import type { Check } from '../doctor/check.ts';
import type { ExamineOptions } from '../doctor/examine.ts';
import { EXIT } from '../exit-codes.ts';
import { mayColour } from '../terminal.ts';
import { localUrl } from '../venue-options.ts';

interface DoctorOptions extends ExamineOptions {
  readonly strict: boolean;
  readonly json: boolean;
}

export function registerDoctor(program: Command, context: CliContext): void {
  addRiskLevelOption(addConfigOptions(program.command('doctor')))
    .description(
      'say what is wrong with machine, settings, exchange and bot, and what mends it; exit code 1: something',
    )
    .addOption(new Option('--mode <mode>', 'mode that the bot has or is to have').choices(BOT_MODES).default('paper'))
    .option('--state <dir>', 'folder of the bot (default: below live.state_folder, by mode and name)')
    .option('--symbols <names...>', 'symbols, with blanks or commas between them (default: section discovery)')
    .option('--base-url <url>', 'an exchange on this machine, such as http://127.0.0.1:8200', localUrl)
    .option('--offline', 'do not ask the exchange', false)
    .option('--send-alert', 'send an alert through every channel', false)
    .option('--strict', 'exit code 1 for warnings as well', false)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples('doctor', 'doctor --mode testnet --config my.yaml --json', 'doctor --state state/paper-bot --offline'),
    )
    .action((options: DoctorOptions) => doctor(options, context));
}

async function doctor(options: DoctorOptions, context: CliContext): Promise<void> {
  const { examine } = await import('../doctor/examine.ts');
  const { checks } = await examine(options, context.env);
  const bad = checks.filter(({ result }) => result === 'failed' || (options.strict && result === 'warning'));
  if (options.json) context.out(JSON.stringify({ ok: bad.length === 0, checks }));
  else for (const line of checkLines(checks, mayColour(context.stderr, context.env))) context.out(line);
  context.finish(bad.length === 0 ? EXIT.OK : EXIT.NEGATIVE);
}

const COLOURS = { ok: 32, warning: 33, failed: 31, unknown: 2 } as const;

function checkLines(checks: readonly Check[], colour: boolean): readonly string[] {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const paint = (result: Check['result']): string => {
    const word = result.padEnd(8);
    return colour ? `\u001b[${COLOURS[result]}m${word}\u001b[0m` : word;
  };
  const lines = checks.flatMap(({ id, area, result, says, mend }) => [
    `${paint(result)} ${area.padEnd(8)} ${id.padEnd(width)}  ${says}`,
    ...(mend === null ? [] : [`${' '.repeat(20 + width)}→ ${mend}`]),
  ]);
  const count = (result: Check['result']): number => checks.filter((check) => check.result === result).length;
  return [...lines, `${count('failed')} failed, ${count('warning')} warnings, ${count('ok')} in order`];
}
