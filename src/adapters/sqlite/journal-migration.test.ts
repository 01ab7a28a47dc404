// O12: is an older journal brought to this version whole or not at all, whenever the program dies, and is there a copy from before?
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PerpilotError } from '../../domain/errors.ts';
import { fromExactJson } from '../../domain/exact-json.ts';
import type { JournalRow } from '../../ports/journal.ts';
import { backupsOf } from './journal-backups.ts';
import { JOURNAL_VERSION, migrate, versionOf } from './journal-schema.ts';
import { openJournal } from './journal.ts';

/** Written by the first version of the journal. */
const FIRST = new URL('../../../test/golden/journals/0.1.0-3e5f32f/journal.sqlite.br', import.meta.url);
const first = brotliDecompressSync(readFileSync(FIRST));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-migration-'));
  file = join(folder, 'journal.sqlite');
  writeFileSync(file, first);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = (): number => Date.UTC(2025, 0, 1);
const versionIn = (place: string): number => {
  const database = new DatabaseSync(place);
  try {
    return versionOf(database);
  } finally {
    database.close();
  }
};

async function rowsOf(place: string, readOnly = false): Promise<readonly JournalRow[]> {
  const journal = await openJournal({ file: place, now, readOnly });
  try {
    return [...journal.read()];
  } finally {
    journal.close();
  }
}

describe('O12 a journal of the first version', () => {
  it('is migrated with every row as it was, after a copy that is still of the first version', async () => {
    const before = await rowsOf(file, true);
    expect(before.length).toBeGreaterThan(100);
    expect(versionIn(file)).toBe(1);
    expect(await rowsOf(file)).toEqual(before);
    expect(versionIn(file)).toBe(JOURNAL_VERSION);
    const [copy, ...others] = backupsOf(file);
    expect(others).toEqual([]);
    expect(versionIn(copy)).toBe(1);
    expect(await rowsOf(copy, true)).toEqual(before);
    // Once only.
    await rowsOf(file);
    expect(backupsOf(file)).toEqual([copy]);
  });

  it('is looked at without being changed, also by kind', async () => {
    const journal = await openJournal({ file, now, readOnly: true });
    const found = [...journal.read({ kind: 'slice' })].length;
    journal.close();
    expect(versionIn(file)).toBe(1);
    const migrated = await openJournal({ file, now });
    expect([...migrated.read({ kind: 'slice' })].length).toBe(found);
    expect(found).toBeGreaterThan(50);
    migrated.close();
  });

  it('is refused before anything is copied or changed when it is damaged', async () => {
    const bytes = Buffer.from(first);
    bytes.fill(0x41, 20_000, 21_000);
    writeFileSync(file, bytes);
    await expect(rowsOf(file)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
    expect(backupsOf(file)).toEqual([]);
    expect(readFileSync(file).subarray(100).equals(bytes.subarray(100))).toBe(true);
  });

  it('is the old one or the new one wherever the program is killed while it writes, and then the new one', async () => {
    const before = await rowsOf(file, true);
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;');
    const main = readFileSync(file);
    migrate(database);
    const log = readFileSync(`${file}-wal`);
    database.close();
    // A frame of the log is a page and its head; a kill leaves any number of them, whole or torn.
    const frame = 4_096 + 24;
    const lengths = Array.from({ length: Math.ceil(log.length / frame) * 2 }, (_, half) => 32 + (half * frame) / 2);
    const versions = new Set<number>();
    for (const length of [0, ...lengths, log.length]) {
      const place = join(folder, 'killed.sqlite');
      for (const end of ['-wal', '-shm']) rmSync(`${place}${end}`, { force: true });
      writeFileSync(place, main);
      writeFileSync(`${place}-wal`, log.subarray(0, length));
      versions.add(versionIn(place));
      expect(await rowsOf(place)).toEqual(before);
      expect(versionIn(place)).toBe(JOURNAL_VERSION);
    }
    expect(versions).toEqual(new Set([1, JOURNAL_VERSION]));
  });

  it('is migrated all the same when the program was killed while it made the copy, and the piece of a copy goes', async () => {
    const journal = await openJournal({ file: join(folder, 'other.sqlite'), now });
    await journal.backup(1);
    journal.close();
    const piece = join(folder, 'backups', 'journal.sqlite.2024-12-31T00-00-00-000Z.sqlite.part');
    writeFileSync(piece, first.subarray(0, 9_000));
    await rowsOf(file);
    expect(existsSync(piece)).toBe(false);
    expect(versionIn(backupsOf(file)[0])).toBe(1);
  });
});

describe('O12 a journal of a newer version', () => {
  it('is refused by a program that goes back, with the copy from before the upgrade, also for a look', async () => {
    await rowsOf(file);
    const raw = new DatabaseSync(file);
    raw.exec(`ALTER TABLE rows ADD COLUMN later TEXT; PRAGMA user_version = ${JOURNAL_VERSION + 1}`);
    raw.close();
    const newer = readFileSync(file);
    const [copy] = backupsOf(file);
    for (const readOnly of [false, true]) {
      const error: unknown = await rowsOf(file, readOnly).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'JOURNAL_NEWER' });
      const [{ message, hint }] = (error as PerpilotError).problems;
      expect(message).toBe(
        `the journal has version ${JOURNAL_VERSION + 1}, this program writes version ${JOURNAL_VERSION}; nothing was changed`,
      );
      expect(hint).toBe(
        `install the newer perpilot again, or put the backup from before the upgrade in its place: ${copy}`,
      );
    }
    expect(readFileSync(file).equals(newer)).toBe(true);
    expect(backupsOf(file)).toEqual([copy]);
    copyFileSync(copy, file);
    expect((await rowsOf(file)).length).toBeGreaterThan(100);
  });
});

it('the kind of a row is that of its event, execution or incident, or the phase of its order', async () => {
  const journal = await openJournal({ file, now });
  const kinds = new Set<string>();
  const wanted = new Map<string, number[]>();
  for (const { sequence, stream, payload } of journal.read()) {
    if (!['event', 'execution', 'order', 'incident'].includes(stream)) continue;
    const value = fromExactJson(payload) as any;
    const kind: string = value.input?.kind ?? value.kind ?? value.phase;
    kinds.add(kind);
    wanted.set(kind, [...(wanted.get(kind) ?? []), sequence]);
  }
  expect(kinds.size).toBeGreaterThan(4);
  for (const kind of kinds) {
    expect([...journal.read({ kind })].map(({ sequence }) => sequence)).toEqual(wanted.get(kind));
    const last = [...journal.read({ kind, last: 2 })].map(({ sequence }) => sequence);
    expect(last).toEqual(wanted.get(kind)?.slice(-2));
  }
  // What is no JSON has no kind, and is written all the same.
  journal.commit([{ stream: 'event', key: '', eventTime: 1, receivedTime: 1, payload: 'no { JSON' }]);
  journal.close();
  const database = new DatabaseSync(file, { readOnly: true });
  const plan = database.prepare("EXPLAIN QUERY PLAN SELECT * FROM rows WHERE kind = 'fill' ORDER BY sequence").all();
  database.close();
  expect(JSON.stringify(plan)).toContain('rows_by_kind');
});
