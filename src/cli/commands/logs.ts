// What does the bot say? `perpilot logs`: its log for people, filtered, and followed as it grows.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { LOG_LEVELS, type LogLevel } from '../../ports/logger.ts';
import { examples, utcTime } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { LogTail, storedLines } from '../follow-log.ts';
import { isWanted, logEntryOf, logText } from '../log-lines.ts';
import { assertBotFolder, LOG_FOLDER } from '../status-file.ts';
import { mayColour } from '../terminal.ts';

interface LogsOptions {
  readonly level: LogLevel;
  readonly symbol?: string;
  readonly since?: number;
  readonly last: number;
  readonly follow: boolean;
  readonly json: boolean;
}

const EVERY_MS = 500;

export function registerLogs(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('show what the bot says, newest last')
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .addOption(new Option('--level <level>', 'the least that is shown').choices(LOG_LEVELS).default('info'))
    .option('--symbol <name>', 'only lines about this symbol')
    .option('--since <time>', 'not earlier than this, UTC', utcTime)
    .option('--last <number>', 'only so many, the newest', countOf, 200)
    .option('-f, --follow', 'go on with what comes, until interrupted', false)
    .option('--json', 'lines as they stand in the file', false)
    .addHelpText(
      'after',
      examples('logs state/paper-bot --follow', 'logs state/paper-bot --level warn --symbol BTCUSDT'),
    )
    .action((folder: string, options: LogsOptions) => show(folder, options, context));
}

async function show(folder: string, options: LogsOptions, context: CliContext): Promise<void> {
  assertBotFolder(folder);
  const { level, symbol, since, last, follow, json } = options;
  const colour = mayColour(context.stderr, context.env);
  const choice = { level, symbol, since };
  const shown = (line: string): readonly string[] => {
    const entry = logEntryOf(line);
    if (entry === undefined || !isWanted(entry, choice)) return [];
    return [json ? line : logText(entry, colour)];
  };
  const logs = join(folder, LOG_FOLDER);
  const tail = new LogTail(logs);
  tail.newLines();
  let kept: string[] = [];
  for (const line of storedLines(logs)) {
    kept.push(...shown(line));
    if (kept.length > last * 2) kept = kept.slice(-last);
  }
  for (const line of kept.slice(-last)) context.out(line);
  context.finish(EXIT.OK);
  const { signal } = context.interrupt;
  if (!follow) return;
  while (!signal.aborted) {
    for (const line of tail.newLines()) for (const text of shown(line)) context.out(text);
    await pause(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  tail.close();
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return count;
}
