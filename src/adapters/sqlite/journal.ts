// How is the journal kept? In one SQLite file with a write-ahead log, every commit synced to the disk before it returns.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { PerpilotError } from '../../domain/errors.ts';
import type { Journal, JournalQuery, JournalRow, NewJournalRow } from '../../ports/journal.ts';
import { backUp, newestSoundBackup } from './journal-backups.ts';
import { CHAIN_BEGINNING, journalFault, rowHash, rowOf } from './journal-chain.ts';
import { JOURNAL_VERSION, kindColumn, migrate, refuseNewer, versionOf } from './journal-schema.ts';

export interface JournalOptions {
  readonly file: string;
  /** Epoch milliseconds; names the backups. */
  readonly now: () => number;
  /** Only look: nothing is created, migrated or written. */
  readonly readOnly?: boolean | undefined;
  /** Backups that are kept when one is made before a migration. Default 7. */
  readonly keepBackups?: number | undefined;
  /** The file may have so many pages of 4 KiB at most; undefined: as many as the disk holds. */
  readonly maxPages?: number | undefined;
}

/**
 * Opens the journal, makes it where there is none, and brings an older one to this version after a backup.
 * @throws PerpilotError JOURNAL_CORRUPT naming the newest sound backup, JOURNAL_NEWER, JOURNAL_IN_USE, JOURNAL_UNWRITABLE
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { file, now, readOnly = false, keepBackups = 7, maxPages } = options;
  if (!readOnly && !existsSync(file)) await guarded(file, () => begin(file));
  const database = await guarded(file, () => open(file, readOnly));
  try {
    refuseNewer(database, file, () => newestSoundBackup(file));
    const fault = journalFault(database);
    if (fault !== undefined) throw corrupt(file, fault);
    if (!readOnly && versionOf(database) < JOURNAL_VERSION) {
      await backUp(database, file, { time: now(), keep: keepBackups });
      migrate(database);
    }
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    return journalOver(database, options);
  } catch (error) {
    database.close();
    throw error instanceof PerpilotError ? error : openingError(file, error);
  }
}

/** An empty journal appears whole or not at all: one that is there and has nothing in it has lost it. */
function begin(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const unfinished = `${file}.part`;
  for (const end of ['', '-wal', '-shm']) rmSync(`${unfinished}${end}`, { force: true });
  const database = open(unfinished, false);
  try {
    migrate(database);
  } finally {
    database.close();
  }
  renameSync(unfinished, file);
  const entry = openSync(folder, 'r');
  fsyncSync(entry);
  closeSync(entry);
}

function open(file: string, readOnly: boolean): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly, timeout: 5_000 });
  if (!readOnly)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;');
  return database;
}

function journalOver(database: DatabaseSync, { file, now }: JournalOptions): Journal {
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)');
  const newest = database.prepare('SELECT * FROM rows WHERE stream = ? AND key = ? ORDER BY sequence DESC LIMIT 1');
  const last = database.prepare('SELECT sequence, hash FROM rows ORDER BY sequence DESC LIMIT 1').get();
  const kind = kindColumn(database);
  let head = { sequence: Number(last?.['sequence'] ?? 0), hash: String(last?.['hash'] ?? CHAIN_BEGINNING) };
  return {
    place: file,
    commit(rows) {
      if (rows.length === 0) return head.sequence;
      head = append(database, insert, { head, rows, file });
      return head.sequence;
    },
    *read(query = {}) {
      const { sql, values } = selection(query, kind);
      for (const stored of database.prepare(sql).iterate(...values)) yield rowOf(stored);
    },
    latest(stream, key) {
      const stored = newest.get(stream, key);
      return stored === undefined ? undefined : rowOf(stored);
    },
    backup: (keep) => backUp(database, file, { time: now(), keep }),
    close: () => database.close(),
  };
}

interface Head {
  readonly sequence: number;
  readonly hash: string;
}

interface Appended {
  readonly head: Head;
  readonly rows: readonly NewJournalRow[];
  readonly file: string;
}

function append(database: DatabaseSync, insert: StatementSync, { head, rows, file }: Appended): Head {
  try {
    database.exec('BEGIN IMMEDIATE');
    let { sequence, hash } = head;
    for (const fresh of rows) {
      sequence += 1;
      const row: JournalRow = { ...fresh, sequence };
      hash = rowHash(hash, row);
      insert.run(sequence, row.stream, row.key, row.eventTime, row.receivedTime, row.payload, hash);
    }
    database.exec('COMMIT');
    return { sequence, hash };
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw fileError(file, error);
  }
}

function selection(
  query: JournalQuery,
  kind: string,
): { readonly sql: string; readonly values: readonly SQLInputValue[] } {
  const bounds: readonly [string, SQLInputValue | undefined][] = [
    ['stream = ?', query.stream],
    ['key = ?', query.key],
    ['sequence >= ?', query.from],
    ['sequence <= ?', query.until],
    ['event_time >= ?', query.since],
    ['event_time <= ?', query.before],
    [`${kind} = ?`, query.kind],
    ...(query.texts ?? []).map((text): [string, SQLInputValue] => ['instr(payload, ?) > 0', text]),
  ];
  const given = bounds.flatMap(([text, value]) => (value === undefined ? [] : [{ text, value }]));
  const where = given.length === 0 ? '' : ` WHERE ${given.map(({ text }) => text).join(' AND ')}`;
  const values = given.map(({ value }) => value);
  if (query.last === undefined) return { sql: `SELECT * FROM rows${where} ORDER BY sequence`, values };
  const newest = `SELECT * FROM rows${where} ORDER BY sequence DESC LIMIT ?`;
  return { sql: `SELECT * FROM (${newest}) ORDER BY sequence`, values: [...values, query.last] };
}

async function guarded<Value>(file: string, action: () => Value): Promise<Value> {
  try {
    return action();
  } catch (error) {
    throw error instanceof PerpilotError ? error : openingError(file, error);
  }
}

/** SQLite calls a head that it does not understand an error (1) like any other: of a file that is opened it is damage. */
function openingError(file: string, error: unknown): PerpilotError {
  const isDamaged = error instanceof Error && 'errcode' in error && error.errcode === 1;
  return isDamaged ? corrupt(file, `the file is damaged: ${error.message}`) : fileError(file, error);
}

/** SQLite's result codes: 5 and 6 busy, 8 read-only, 10 and 13 disk, 11 and 26 damaged, 14 cannot open, 2067 not unique. */
function fileError(file: string, error: unknown): PerpilotError {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : NaN;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 2067) return new PerpilotError('JOURNAL_CONFLICT', [{ message, where: file }]);
  const primary = code & 0xff;
  if (primary === 11 || primary === 26) return corrupt(file, message);
  if (primary === 5 || primary === 6) {
    const hint = 'stop the other perpilot that works with it';
    return new PerpilotError('JOURNAL_IN_USE', [{ message: `the journal is in use: ${message}`, where: file, hint }]);
  }
  const hint = 'make room on the disk and make it writable; until then nothing new is opened';
  return new PerpilotError('JOURNAL_UNWRITABLE', [
    { message: `the journal cannot be written: ${message}`, where: file, hint },
  ]);
}

function corrupt(file: string, fault: string): PerpilotError {
  const sound = newestSoundBackup(file);
  const hint =
    sound === undefined
      ? 'there is no sound backup beside it: compare the account at the exchange by hand before a new journal is begun'
      : `the newest sound backup beside it is ${sound}; perpilot backup restore brings it into a new folder`;
  return new PerpilotError('JOURNAL_CORRUPT', [
    { message: `the journal may not be used: ${fault}`, where: file, hint },
  ]);
}
