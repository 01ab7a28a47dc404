// What has the bot done, and why? `perpilot journal`: rows of its journal, chosen, shown and exported.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { outputError } from '../../adapters/system/output-error.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { JOURNAL_STREAMS, type Journal, type JournalRow, type JournalStream } from '../../ports/journal.ts';
import { examples, utcTime } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { personLine } from '../journal-lines.ts';

interface JournalOptions {
  readonly stream?: JournalStream;
  readonly key?: string;
  readonly since?: number;
  readonly before?: number;
  readonly last?: number;
  readonly symbol?: string;
  readonly kind?: string;
  readonly text?: string;
  readonly follow: boolean;
  readonly format: 'lines' | 'json' | 'csv' | 'parquet';
  readonly out?: string;
}

export function registerJournal(program: Command, context: CliContext): void {
  program
    .command('journal')
    .description('show, filter and export what the bot has written down')
    .argument('<journal>', 'file of the journal')
    .addOption(new Option('--stream <name>', 'rows of one kind').choices(JOURNAL_STREAMS))
    .option('--key <key>', 'rows under one key: a client order id, an execution, a switch')
    .option('--since <time>', 'not earlier than this, UTC', utcTime)
    .option('--before <time>', 'not later than this, UTC', utcTime)
    .option('--last <number>', 'only so many of them, the newest', countOf)
    .option('--symbol <name>', 'only rows that name this symbol')
    .option('--kind <kind>', 'only one kind of event, execution or incident, or one phase of orders')
    .option('--text <text>', 'only rows whose content has this text')
    .option('-f, --follow', 'go on with what is still written, until Ctrl-C', false)
    .addOption(
      new Option('--format <format>', 'how; parquet needs --out')
        .choices(['lines', 'json', 'csv', 'parquet'])
        .default('lines'),
    )
    .option('-o, --out <file>', 'into a file instead of to the terminal')
    .addHelpText(
      'after',
      examples(
        'journal runs/rehearsal/journal.sqlite --stream incident',
        'journal runs/rehearsal/journal.sqlite --stream event --last 5 --format json',
      ),
    )
    .action((file: string, options: JournalOptions) => show(file, options, context));
}

async function show(file: string, options: JournalOptions, context: CliContext): Promise<void> {
  refuseContradictions(options);
  const { openJournal } = await import('../../adapters/sqlite/journal.ts');
  const journal = await openJournal({ file, now: () => Date.now(), readOnly: true });
  try {
    if (options.format === 'parquet' && options.out !== undefined) {
      const { writeJournalRows } = await import('../../adapters/parquet/journal-writer.ts');
      await writeJournalRows(options.out, chosen(journal, options));
    } else await write(journal, options, context);
    context.finish(EXIT.OK);
  } finally {
    journal.close();
  }
}

function refuseContradictions({ format, out, follow }: JournalOptions): void {
  const needs = 'a table of rows goes into a file: give --out FILE';
  if (format === 'parquet' && out === undefined) throw problem('--format', needs);
  if (follow && (format === 'parquet' || out !== undefined))
    throw problem('--follow', 'what is followed is shown, not kept');
}

const problem = (where: string, message: string): PerpilotError =>
  new PerpilotError('ARGUMENT_INVALID', [{ message, where }]);

/** The rows that are wanted, one at a time. */
function chosen(journal: Journal, options: JournalOptions, from?: number): IterableIterator<JournalRow> {
  const { stream, key, since, before, last, symbol, kind, text } = options;
  const texts = [...(symbol === undefined ? [] : [`"${symbol}"`]), ...(text === undefined ? [] : [text])];
  return journal.read({ stream, key, since, before, kind, texts, last: from === undefined ? last : undefined, from });
}

/** Line by line: a journal of months is never held as a whole. */
async function write(journal: Journal, options: JournalOptions, context: CliContext): Promise<void> {
  const { format, out } = options;
  const lineOf = format === 'csv' ? csvLine : format === 'json' ? jsonLine : personLine;
  const file = out === undefined ? undefined : created(out);
  const say = file === undefined ? context.out : (line: string): void => void writeSync(file, `${line}\n`);
  try {
    if (format === 'csv') say(CSV_HEAD);
    let next = 1;
    const show = (rows: Iterable<JournalRow>): void => {
      for (const row of rows) {
        say(lineOf(row));
        next = row.sequence + 1;
      }
    };
    show(chosen(journal, options));
    const { signal } = context.interrupt;
    while (options.follow && !signal.aborted) {
      await pause(FOLLOW_MS, undefined, { signal }).catch(() => undefined);
      show(chosen(journal, options, next));
    }
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function created(file: string): number {
  try {
    return openSync(file, 'wx');
  } catch (error) {
    throw outputError(file, error);
  }
}

/** How often a followed journal is looked at. */
const FOLLOW_MS = 250;

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return count;
}

/** The payload as it stands: exact JSON, with tags for what JSON has no word for. */
function jsonLine({ payload, ...row }: JournalRow): string {
  return `${JSON.stringify(row).slice(0, -1)},"payload":${payload}}`;
}

const CSV_HEAD = 'sequence,stream,key,event_time,received_time,payload';

function csvLine({ sequence, stream, key, eventTime, receivedTime, payload }: JournalRow): string {
  return [sequence, stream, quoted(key), eventTime, receivedTime, quoted(payload)].join(',');
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
