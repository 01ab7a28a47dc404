// How does a journal show that nobody touched it? Every row holds a hash over itself and the hash of the row before.
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { JournalRow } from '../../ports/journal.ts';
import { schemaFault, versionOf } from './journal-schema.ts';

/** Stands before the first row. */
export const CHAIN_BEGINNING = '0'.repeat(64);

/** SHA-256 as 64 hex digits over the row and the hash of the row before. */
export function rowHash(previous: string, row: JournalRow): string {
  const { sequence, stream, key, eventTime, receivedTime, payload } = row;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, stream, key, eventTime, receivedTime, payload]))
    .digest('hex');
}

/** What is wrong with the file, its indexes or its rows, in one sentence; undefined: nothing. Throws what SQLite throws only where it is busy. */
export function journalFault(database: DatabaseSync): string | undefined {
  try {
    const check = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
    if (check !== 'ok') return `the file is damaged: ${String(check)}`;
    return (versionOf(database) === 0 ? undefined : chainFault(database)) ?? schemaFault(database);
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : NaN;
    if (BUSY.has(code)) throw error;
    return `the file is damaged: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** SQLite's result codes for a file that somebody else holds. */
const BUSY: ReadonlySet<number> = new Set([5, 6]);

function chainFault(database: DatabaseSync): string | undefined {
  let previous = CHAIN_BEGINNING;
  let expected = 1;
  for (const stored of database.prepare('SELECT * FROM rows ORDER BY sequence').iterate()) {
    const row = rowOf(stored);
    if (row.sequence !== expected) return `row ${expected} is missing`;
    if (stored['hash'] !== rowHash(previous, row)) return `row ${row.sequence} was changed`;
    previous = stored['hash'];
    expected += 1;
  }
  return undefined;
}

/** A row as it comes out of the database. */
export function rowOf(stored: Readonly<Record<string, unknown>>): JournalRow {
  return {
    sequence: Number(stored['sequence']),
    stream: String(stored['stream']) as JournalRow['stream'],
    key: String(stored['key']),
    eventTime: Number(stored['event_time']),
    receivedTime: Number(stored['received_time']),
    payload: String(stored['payload']),
  };
}
