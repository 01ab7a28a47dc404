// What has the bot done, and why? `perpilot journal`: rows of its journal, chosen, shown and exported.
import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isoTime } from '../../domain/iso-time.ts';
import { JOURNAL_STREAMS, type JournalRow, type JournalStream } from '../../ports/journal.ts';
import { examples, utcTime } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface JournalOptions {
  readonly stream?: JournalStream;
  readonly key?: string;
  readonly since?: number;
  readonly before?: number;
  readonly last?: number;
  readonly format: 'lines' | 'json' | 'csv';
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
    .option('--last <number>', 'only so many, the newest', countOf)
    .addOption(new Option('--format <format>', 'how').choices(['lines', 'json', 'csv']).default('lines'))
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
  const { openJournal } = await import('../../adapters/sqlite/journal.ts');
  const journal = await openJournal({ file, now: () => Date.now(), readOnly: true });
  try {
    const { stream, key, since, before, last, format, out } = options;
    const rows = [...journal.read({ stream, key, since, before, last })];
    const lines =
      format === 'csv' ? [CSV_HEAD, ...rows.map(csvLine)] : rows.map(format === 'json' ? jsonLine : textLine);
    if (out === undefined) for (const line of lines) context.out(line);
    else await writeFile(out, lines.map((line) => `${line}\n`).join(''), { flag: 'wx' });
    context.finish(EXIT.OK);
  } finally {
    journal.close();
  }
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return count;
}

const WIDEST = 160;

function textLine({ sequence, stream, key, eventTime, payload }: JournalRow): string {
  const name = key === '' ? stream : `${stream} ${key}`;
  return `${sequence}  ${isoTime(eventTime)}  ${name}  ${payload.length > WIDEST ? `${payload.slice(0, WIDEST)}…` : payload}`;
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
