// How does a journal leave as a table? As one ZSTD Parquet file, row by row, that appears whole or not at all.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PerpilotError } from '../../domain/errors.ts';
import type { JournalRow } from '../../ports/journal.ts';
import { duckdbMessage, sqlText, withDuckdb } from './duckdb-session.ts';

/** Rows that are handed over at once. */
const BATCH = 2_048;

/**
 * Writes `rows` with the columns sequence, stream, key, event_time, received_time (epoch milliseconds) and payload; returns
 * how many. @throws PerpilotError OUTPUT_UNWRITABLE, also where the file exists
 */
export async function writeJournalRows(file: string, rows: Iterable<JournalRow>): Promise<number> {
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    if (existsSync(file)) throw new Error('a file is in the way');
    const count = await copyRows(temporary, rows);
    await rename(temporary, file);
    return count;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof PerpilotError) throw error;
    throw new PerpilotError('OUTPUT_UNWRITABLE', [
      { message: `${file} cannot be written: ${duckdbMessage(error)}`, where: file },
    ]);
  }
}

function copyRows(file: string, rows: Iterable<JournalRow>): Promise<number> {
  const table = `journal_${randomUUID().replaceAll('-', '')}`;
  return withDuckdb(async (connection) => {
    let count = 0;
    try {
      await connection.run(
        `CREATE TABLE ${table} (sequence BIGINT, stream VARCHAR, key VARCHAR, event_time BIGINT, received_time BIGINT, payload VARCHAR)`,
      );
      const appender = await connection.createAppender(table);
      for (const row of rows) {
        appender.appendBigInt(BigInt(row.sequence));
        appender.appendVarchar(row.stream);
        appender.appendVarchar(row.key);
        appender.appendBigInt(BigInt(Math.round(row.eventTime)));
        appender.appendBigInt(BigInt(Math.round(row.receivedTime)));
        appender.appendVarchar(row.payload);
        appender.endRow();
        count += 1;
        if (count % BATCH === 0) appender.flushSync();
      }
      appender.closeSync();
      await connection.run(`COPY ${table} TO ${sqlText(file)} (FORMAT PARQUET, COMPRESSION ZSTD)`);
      return count;
    } finally {
      await connection.run(`DROP TABLE IF EXISTS ${table}`);
    }
  });
}
