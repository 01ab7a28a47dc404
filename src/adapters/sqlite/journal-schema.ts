// Which tables does a journal have, and how does an older one become a newer one? Numbered migrations, each in one transaction.
import type { DatabaseSync } from 'node:sqlite';
import { PerpilotError } from '../../domain/errors.ts';

/** Statements that lead from version `index` to the next. Never changed once published, only added to. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE rows (
     sequence INTEGER PRIMARY KEY,
     stream TEXT NOT NULL,
     key TEXT NOT NULL,
     event_time INTEGER NOT NULL,
     received_time INTEGER NOT NULL,
     payload TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE INDEX rows_by_key ON rows (stream, key, sequence);
   CREATE INDEX rows_by_time ON rows (event_time);
   CREATE UNIQUE INDEX executions_once ON rows (key) WHERE stream = 'execution';
   CREATE TRIGGER rows_stay BEFORE UPDATE ON rows BEGIN SELECT RAISE(ABORT, 'a journal is only appended to'); END;
   CREATE TRIGGER rows_remain BEFORE DELETE ON rows BEGIN SELECT RAISE(ABORT, 'a journal is only appended to'); END;`,
];

/** The version that this program writes. */
export const JOURNAL_VERSION: number = MIGRATIONS.length;

/** Version of the open file; 0: nothing was written yet. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/**
 * Brings the tables to this program's version; nothing when they are.
 * @throws PerpilotError JOURNAL_NEWER for one that a newer program wrote: nothing is changed
 */
export function migrate(database: DatabaseSync, place: string): void {
  const version = versionOf(database);
  if (version > JOURNAL_VERSION) throw newer(place, version);
  for (let next = version; next < JOURNAL_VERSION; next += 1) {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[next]} PRAGMA user_version = ${next + 1}; COMMIT;`);
  }
}

function newer(place: string, version: number): PerpilotError {
  return new PerpilotError('JOURNAL_NEWER', [
    {
      message: `the journal has version ${version}, this program writes version ${JOURNAL_VERSION}`,
      where: place,
      hint: 'install the newer perpilot again, or take the backup from before the upgrade that lies beside it',
    },
  ]);
}
