// Is the bot well right now? `perpilot status`: its status file, judged at this moment, for people and for scripts.
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { healthRulesOf } from '../../live/status/operations-config.ts';
import { addConfigOptions, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { assertBotFolder, readStatus } from '../status-file.ts';
import { statusLines } from '../status-lines.ts';
import { mayColour } from '../terminal.ts';

interface StatusOptions extends ConfigOptions {
  readonly watch: boolean;
  readonly strict: boolean;
  readonly json: boolean;
}

const EVERY_MS = 2_000;
const CLEAR = '\u001b[2J\u001b[H';

export function registerStatus(program: Command, context: CliContext): void {
  addConfigOptions(program.command('status'))
    .description('say whether a bot is well, what it holds and what it waits for; exit code 1: it is not well')
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .option('-w, --watch', 'again every two seconds, until interrupted', false)
    .option('--strict', 'exit code 1 for DEGRADED as well', false)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples('status state/paper-bot', 'status state/paper-bot --watch', 'status state/paper-bot --json'),
    )
    .action((folder: string, options: StatusOptions) => show(folder, options, context));
}

async function show(folder: string, options: StatusOptions, context: CliContext): Promise<void> {
  assertBotFolder(folder);
  const rules = healthRulesOf(loadConfig(configRequestOf(options)).config.operations);
  const { signal } = context.interrupt;
  const colour = mayColour(context.stderr, context.env);
  for (;;) {
    const view = readStatus(folder, rules, Date.now());
    const health = view.kind === 'status' ? view.document.health : 'UNHEALTHY';
    if (options.json)
      context.out(JSON.stringify(view.kind === 'status' ? view.document : { health, issues: [view.finding] }));
    else {
      const lines = statusLines(view, colour);
      if (options.watch && colour) context.out(CLEAR);
      for (const line of lines) context.out(line);
    }
    const isWell = health === 'HEALTHY' || (health === 'DEGRADED' && !options.strict);
    context.finish(isWell ? EXIT.OK : EXIT.NEGATIVE);
    if (!options.watch) return;
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}
