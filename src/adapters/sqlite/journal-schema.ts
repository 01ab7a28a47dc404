// Which tables does a journal have, and how does an older one become a newer one? Numbered migrations, each in one transaction.
import { DatabaseSync } from 'node:sqlite';
import { PerpilotError } from '../../domain/errors.ts';

/** The kind of an event, execution or incident, or the phase of an order; null: the row has none. Part of migration 2, so never changed. */
const KIND_OF_ROW = `CASE WHEN stream IN ('event', 'execution', 'order', 'incident') AND json_valid(payload)
  THEN coalesce(payload ->> '$.input.kind', payload ->> '$.kind', payload ->> '$.phase') END`;

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
  `ALTER TABLE rows ADD COLUMN kind TEXT GENERATED ALWAYS AS (${KIND_OF_ROW}) VIRTUAL;
   CREATE INDEX rows_by_kind ON rows (kind, sequence) WHERE kind IS NOT NULL;`,
];

/** The version that this program writes. */
export const JOURNAL_VERSION: number = MIGRATIONS.length;

/** Version of the open file; 0: nothing was written yet. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** What to ask the open file for the kind of a row: journals of the first version have no column for it. */
export const kindColumn = (database: DatabaseSync): string => (versionOf(database) < 2 ? `(${KIND_OF_ROW})` : 'kind');

/** @throws PerpilotError JOURNAL_NEWER for one that a newer program wrote, naming `older`, the newest backup that this one can use */
export function refuseNewer(database: DatabaseSync, place: string, older: () => string | undefined): void {
  const version = versionOf(database);
  if (version <= JOURNAL_VERSION) return;
  const copy = older();
  const instead = copy === undefined ? '' : `, or put the backup from before the upgrade in its place: ${copy}`;
  throw new PerpilotError('JOURNAL_NEWER', [
    {
      message: `the journal has version ${version}, this program writes version ${JOURNAL_VERSION}; nothing was changed`,
      where: place,
      hint: `install the newer perpilot again${instead}`,
    },
  ]);
}

/** Brings the tables to this program's version, each step whole or not at all; nothing when they are. */
export function migrate(database: DatabaseSync): void {
  for (let next = versionOf(database); next < JOURNAL_VERSION; next += 1) {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[next]} PRAGMA user_version = ${next + 1}; COMMIT;`);
  }
}

/** What is wrong with the tables, indexes and triggers of the open file, in one sentence; undefined: nothing. */
export function schemaFault(database: DatabaseSync): string | undefined {
  const version = versionOf(database);
  if (version === 0) return 'nothing is in it: it was cut off, or it never was a journal';
  if (version < 0 || version > JOURNAL_VERSION) return `version ${version} is unknown to this program`;
  const sound = new DatabaseSync(':memory:');
  try {
    for (const statements of MIGRATIONS.slice(0, version)) sound.exec(statements);
    const isSame = JSON.stringify(partsOf(sound)) === JSON.stringify(partsOf(database));
    return isSame ? undefined : `its tables are not those of version ${version}`;
  } finally {
    sound.close();
  }
}

const partsOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
    .all();
