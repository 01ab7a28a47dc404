// Does a person find in the journal what they look for, and does a table of it hold every row?
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withDuckdb, parquetScan } from '../../adapters/parquet/duckdb-session.ts';
import { openJournal } from '../../adapters/sqlite/journal.ts';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';
import { registerJournal } from './journal.ts';

const TIME = 1_717_200_000_000;
let folder: string;
let file: string;
let journal: Journal;

const row = (stream: NewJournalRow['stream'], key: string, payload: unknown, hour = 0): NewJournalRow => ({
  stream,
  key,
  eventTime: TIME + hour * 3_600_000,
  receivedTime: TIME,
  payload: JSON.stringify(payload),
});
const slice = (verdict: string) => ({
  input: { kind: 'slice', use: 'current' },
  commands: [],
  notes: [],
  decisions: [{ symbol: 'AUSDT', verdict, signal: 0, regime: 'RANGING' }],
});
const ROWS = [
  row('event', '', slice('no-signal'), 1),
  row(
    'event',
    '',
    { input: { kind: 'funding', symbol: 'BUSDT', payment: 0.5 }, commands: [], notes: [], decisions: [] },
    2,
  ),
  row(
    'order',
    'pp-1',
    { phase: 'intended', request: { type: 'market', side: 'buy', quantity: 2, symbol: 'AUSDT' } },
    3,
  ),
  row('execution', 'x1', { kind: 'trade', symbol: 'AUSDT', side: 'buy', quantity: 2, price: 100, fee: 0.1 }, 3),
  row('equity', '', { equity: 99.9, wallet: 99.9 }, 3),
  row('incident', 'candle-missing', { kind: 'candle-missing', symbol: 'BUSDT', detail: { "it's": 'quoted, "so"' } }, 4),
  row('latch', 'pause', { reason: 'a test' }, 5),
];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-journal-'));
  file = join(folder, 'journal.sqlite');
  journal = await openJournal({ file, now: () => TIME });
  journal.commit(ROWS);
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(words: readonly string[], onLine: (line: string, stop: () => void) => void = () => undefined) {
  const lines: string[] = [];
  const controller = new AbortController();
  const context = {
    out(line: string) {
      lines.push(line);
      onLine(line, () => controller.abort());
    },
    stderr: { write: () => true },
    env: {},
    interrupt: { ...createInterruptGuard(), signal: controller.signal },
    finish: () => undefined,
  };
  const program = new Command('perpilot').exitOverride();
  registerJournal(program, context);
  await program.parseAsync(['journal', file, ...words], { from: 'user' });
  return lines;
}

it('every kind of row says in words what it is, also why nothing was done', async () => {
  const lines = await call([]);
  const said = [
    'slice current; AUSDT no-signal',
    'funding BUSDT 0.5',
    'order pp-1  intended market buy 2 AUSDT',
    'trade AUSDT buy 2 at 100 fee 0.1',
    'equity 99.9 wallet 99.9',
    'candle-missing BUSDT',
    'latch pause',
  ];
  expect(lines.length).toBe(said.length);
  for (const [index, text] of said.entries()) expect(lines[index]).toContain(text);
});

it.each<[string, readonly string[], readonly number[]]>([
  ['stream', ['--stream', 'order'], [3]],
  ['symbol', ['--symbol', 'BUSDT'], [2, 6]],
  ['symbol and kind', ['--symbol', 'AUSDT', '--kind', 'trade'], [4]],
  ['kind of event', ['--kind', 'slice'], [1]],
  ['phase of an order', ['--kind', 'intended'], [3]],
  ['text', ['--text', 'no-signal'], [1]],
  ['time', ['--since', '2024-06-01T03:00', '--before', '2024-06-01T04:00'], [3, 4, 5, 6]],
  ['the newest', ['--last', '2'], [6, 7]],
])('rows are chosen by %s', async (_name, words, sequences) => {
  const lines = await call([...words, '--format', 'json']);
  expect(lines.map((line) => JSON.parse(line).sequence)).toEqual(sequences);
});

it('a table holds every row as it stands', async () => {
  const out = join(folder, 'rows.parquet');
  await call(['--format', 'parquet', '--out', out]);
  const rows = await withDuckdb(async (connection) =>
    (await connection.runAndReadAll(`SELECT * FROM ${parquetScan(out)} ORDER BY sequence`)).getRowObjectsJS(),
  );
  const kept = rows.map((each) => ({
    stream: each['stream'],
    key: each['key'],
    eventTime: Number(each['event_time']),
    receivedTime: Number(each['received_time']),
    payload: each['payload'],
  }));
  expect(kept).toEqual(ROWS);
});

it('a file that exists is left as it is, and nothing half-written stays', async () => {
  const out = join(folder, 'rows.csv');
  await call(['--format', 'csv', '--out', out]);
  const before = readFileSync(out, 'utf8');
  expect(before.split('\n').length).toBe(ROWS.length + 2);
  for (const format of ['csv', 'parquet', 'json']) {
    await expect(call(['--format', format, '--out', out])).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  }
  expect(readFileSync(out, 'utf8')).toBe(before);
  expect(existsSync(`${out}.tmp`)).toBe(false);
});

it.each([
  ['a table without a file', ['--format', 'parquet']],
  ['a file that is followed', ['--follow', '--out', 'rows.csv']],
])('%s is refused', async (_name, words) => {
  await expect(call(words)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
});

it('what is written later is shown as it comes, until it is interrupted', async () => {
  let isWritten = false;
  const lines = await call(['--follow', '--stream', 'latch'], (line, stop) => {
    if (!isWritten) journal.commit([row('event', '', slice('entry')), row('latch', 'kill', { reason: 'later' })]);
    isWritten = true;
    if (line.includes('later')) stop();
  });
  expect(lines.length).toBe(2);
});
