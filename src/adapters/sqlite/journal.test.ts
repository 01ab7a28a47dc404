// Does the journal keep what was committed, refuse what was touched, and say what to do?
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PerpilotError } from '../../domain/errors.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';
import { backupsOf } from './journal-backups.ts';
import { JOURNAL_VERSION } from './journal-schema.ts';
import { openJournal } from './journal.ts';

let folder: string;
let file: string;
let now = Date.UTC(2025, 0, 1);
const opened: Journal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-journal-'));
  file = join(folder, 'journal.sqlite');
});

afterEach(() => {
  for (const journal of opened.splice(0)) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(readOnly = false): Promise<Journal> {
  const journal = await openJournal({ file, now: () => now, readOnly });
  opened.push(journal);
  return journal;
}

function closeAll(): void {
  for (const journal of opened.splice(0)) journal.close();
}

const row = (stream: NewJournalRow['stream'], key: string, payload = '{}'): NewJournalRow => ({
  stream,
  key,
  eventTime: 1_000,
  receivedTime: 2_000,
  payload,
});

const refusal = async (): Promise<PerpilotError> => {
  const error = await open().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PerpilotError);
  return error as PerpilotError;
};

test('what was committed is there after opening anew, in order, with its sequence', async () => {
  const first = await open();
  expect(first.commit([row('event', '', '{"a":1}'), row('order', 'id-1', '"sent"')])).toBe(2);
  expect(first.commit([row('order', 'id-1', '"filled"'), row('order', 'id-2')])).toBe(4);
  closeAll();
  const second = await open();
  expect([...second.read()].map(({ sequence, payload }) => [sequence, payload])).toEqual([
    [1, '{"a":1}'],
    [2, '"sent"'],
    [3, '"filled"'],
    [4, '{}'],
  ]);
  expect(second.latest('order', 'id-1')?.payload).toBe('"filled"');
  expect(second.latest('order', 'id-9')).toBeUndefined();
  expect(second.commit([row('equity', '')])).toBe(5);
});

test('queries choose by stream, key, sequence and time; the last rows still rise', async () => {
  const journal = await open();
  journal.commit([1, 2, 3, 4, 5].map((n) => ({ ...row('event', `k${n % 2}`, String(n)), eventTime: n * 10 })));
  const payloads = (query: Parameters<Journal['read']>[0]) => [...journal.read(query)].map(({ payload }) => payload);
  expect(payloads({ key: 'k1' })).toEqual(['1', '3', '5']);
  expect(payloads({ from: 2, until: 3 })).toEqual(['2', '3']);
  expect(payloads({ since: 20, before: 40 })).toEqual(['2', '3', '4']);
  expect(payloads({ stream: 'event', last: 2 })).toEqual(['4', '5']);
  expect(payloads({ stream: 'order' })).toEqual([]);
});

test('an execution is written once, and what stood beside it in the commit is not written either', async () => {
  const journal = await open();
  journal.commit([row('execution', 'x1')]);
  expect(() => journal.commit([row('event', '', '1'), row('execution', 'x1')])).toThrowError(
    expect.objectContaining({ code: 'JOURNAL_CONFLICT' }),
  );
  expect([...journal.read()].length).toBe(1);
  expect(journal.commit([row('event', '', '2')])).toBe(2);
});

test('rows can be neither changed nor removed, and one that was changed behind its back is found', async () => {
  (await open()).commit([row('event', '', '1'), row('event', '', '2'), row('event', '', '3')]);
  closeAll();
  const raw = new DatabaseSync(file);
  expect(() => raw.exec("UPDATE rows SET payload = '9'")).toThrowError(/only appended/);
  expect(() => raw.exec('DELETE FROM rows')).toThrowError(/only appended/);
  raw.exec('DROP TRIGGER rows_stay');
  raw.exec("UPDATE rows SET payload = '9' WHERE sequence = 2");
  raw.close();
  const error = await refusal();
  expect(error.code).toBe('JOURNAL_CORRUPT');
  expect(error.message).toContain('row 2 was changed');
});

test('a damaged file is refused, and the newest sound backup is named', async () => {
  const journal = await open();
  journal.commit(Array.from({ length: 400 }, (_, n) => row('event', '', JSON.stringify('x'.repeat(n)))));
  const older = await journal.backup(5);
  now += 60_000;
  const newer = await journal.backup(5);
  closeAll();
  const bytes = readFileSync(file);
  bytes.fill(0x41, 8_192, 40_000);
  writeFileSync(file, bytes);
  writeFileSync(newer, 'no database');
  const error = await refusal();
  expect(error.code).toBe('JOURNAL_CORRUPT');
  expect(error.problems[0].hint).toContain(older);
});

test('backups are whole journals; only the newest are kept', async () => {
  const journal = await open();
  for (let n = 0; n < 4; n += 1) {
    journal.commit([row('event', '', String(n))]);
    await journal.backup(2);
    now += 1_000;
  }
  const copies = backupsOf(file);
  expect(copies.length).toBe(2);
  closeAll();
  const copy = await openJournal({ file: copies[0], now: () => now, readOnly: true });
  opened.push(copy);
  expect([...copy.read()].length).toBe(4);
});

test('a journal of a newer version is refused and left as it is', async () => {
  (await open()).commit([row('event', '')]);
  closeAll();
  const raw = new DatabaseSync(file);
  raw.exec(`PRAGMA user_version = ${JOURNAL_VERSION + 1}`);
  raw.close();
  const error = await refusal();
  expect(error.code).toBe('JOURNAL_NEWER');
  expect(backupsOf(file)).toEqual([]);
});

test('a full disk refuses the whole commit, and the journal goes on when there is room again', async () => {
  const journal = await open();
  journal.commit([row('event', '', '1')]);
  closeAll();
  const raw = new DatabaseSync(file);
  const pages = Number(raw.prepare('PRAGMA page_count').get()?.['page_count']);
  raw.close();
  const limited = await openJournal({ file, now: () => now, maxPages: pages });
  opened.push(limited);
  const large = Array.from({ length: 50 }, () => row('event', '', JSON.stringify('x'.repeat(2_000))));
  expect(() => limited.commit(large)).toThrowError(expect.objectContaining({ code: 'JOURNAL_UNWRITABLE' }));
  expect([...limited.read()].length).toBe(1);
  closeAll();
  const again = await open();
  expect(again.commit(large)).toBe(51);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is told as such', async () => {
  chmodSync(folder, 0o500);
  const error = await refusal();
  expect(error.code).toBe('JOURNAL_UNWRITABLE');
  chmodSync(folder, 0o700);
});

test('a look changes nothing and makes nothing', async () => {
  const error = await open(true).then(
    () => undefined,
    (reason: unknown) => reason as PerpilotError,
  );
  expect(error?.code).toBe('JOURNAL_UNWRITABLE');
  expect(existsSync(file)).toBe(false);
  (await open()).commit([row('event', '')]);
  const look = await open(true);
  expect([...look.read()].length).toBe(1);
  expect(() => look.commit([row('event', '')])).toThrowError(expect.objectContaining({ code: 'JOURNAL_UNWRITABLE' }));
});
