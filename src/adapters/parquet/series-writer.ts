// How is a series stored? As one ZSTD Parquet file that appears whole or not at all.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import type { CandleColumns } from '../../domain/candle-quality.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import { INTERVAL_NAMES, parseInterval } from '../../domain/time.ts';
import { duckdbMessage, sqlText, withDuckdb } from './duckdb-session.ts';
import { candleFile, fundingFile, markFile } from './store-layout.ts';

interface StoredColumn {
  readonly name: string;
  readonly type: 'BIGINT' | 'DOUBLE';
  readonly values: Float64Array;
}

/**
 * Writes `dir`/candles/SYMBOL-INTERVAL.parquet as the columns stand (NaN as null); returns the file.
 * @throws PerpilotError ARGUMENT_INVALID for a symbol or interval that cannot name a file, OUTPUT_UNWRITABLE
 */
export async function writeCandles(dir: string, series: CandleColumns): Promise<string> {
  return writeCandleColumns(series, (interval) => candleFile(dir, series.symbol, interval));
}

/** The same as `dir`/mark/SYMBOL-INTERVAL.parquet: candles of the mark price, which trade nothing. */
export async function writeMarkCandles(dir: string, series: CandleColumns): Promise<string> {
  return writeCandleColumns(series, (interval) => markFile(dir, series.symbol, interval));
}

async function writeCandleColumns(
  series: CandleColumns,
  fileOf: (interval: string) => string | undefined,
): Promise<string> {
  const interval = INTERVAL_NAMES.find((name) => parseInterval(name) === series.intervalMs);
  const file = interval === undefined ? undefined : fileOf(interval);
  if (file === undefined)
    throw new PerpilotError('ARGUMENT_INVALID', `${series.symbol} every ${series.intervalMs} ms cannot name a file`);
  return writeColumns(file, [
    { name: 'open_time', type: 'BIGINT', values: series.openTime },
    { name: 'open', type: 'DOUBLE', values: series.open },
    { name: 'high', type: 'DOUBLE', values: series.high },
    { name: 'low', type: 'DOUBLE', values: series.low },
    { name: 'close', type: 'DOUBLE', values: series.close },
    { name: 'volume', type: 'DOUBLE', values: series.volume },
  ]);
}

/**
 * Writes `dir`/funding/SYMBOL.parquet as the columns stand (NaN as null); returns the file.
 * @throws PerpilotError ARGUMENT_INVALID for a symbol that cannot name a file, OUTPUT_UNWRITABLE
 */
export async function writeFunding(dir: string, series: FundingSeries): Promise<string> {
  const file = fundingFile(dir, series.symbol);
  if (file === undefined) throw new PerpilotError('ARGUMENT_INVALID', `${series.symbol} cannot name a file`);
  return writeColumns(file, [
    { name: 'funding_time', type: 'BIGINT', values: series.time },
    { name: 'funding_rate', type: 'DOUBLE', values: series.rate },
  ]);
}

async function writeColumns(file: string, columns: readonly StoredColumn[]): Promise<string> {
  const unique = randomUUID();
  const temporary = join(dirname(file), `.${unique}.tmp`);
  const table = `"store_${unique}"`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await withDuckdb(async (connection) => {
      try {
        const declared = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
        await connection.run(`CREATE TABLE ${table} (${declared})`);
        await fill(connection, { table: `store_${unique}`, columns });
        await connection.run(`COPY ${table} TO ${sqlText(temporary)} (FORMAT PARQUET, COMPRESSION ZSTD)`);
      } finally {
        await connection.run(`DROP TABLE IF EXISTS ${table}`);
      }
    });
    await flush(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const message = `${file} cannot be written: ${duckdbMessage(error)}`;
    throw new PerpilotError('OUTPUT_UNWRITABLE', [{ message, where: file }]);
  }
  return file;
}

/** What was written is on the disk before it gets its name. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function fill(
  connection: DuckDBConnection,
  rows: { readonly table: string; readonly columns: readonly StoredColumn[] },
): Promise<void> {
  const { BIGINT, DOUBLE, DuckDBDataChunk } = await import('@duckdb/node-api');
  const types: readonly DuckDBType[] = rows.columns.map(({ type }) => (type === 'BIGINT' ? BIGINT : DOUBLE));
  const appender = await connection.createAppender(rows.table);
  const length = rows.columns[0].values.length;
  for (let start = 0; start < length; start += 2048) {
    const end = Math.min(length, start + 2048);
    const chunk = DuckDBDataChunk.create(types, end - start);
    rows.columns.forEach(({ type, values }, index) => {
      chunk.setColumnValues(
        index,
        Array.from(values.subarray(start, end), (value) => stored(type, value)),
      );
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function stored(type: StoredColumn['type'], value: number): number | bigint | null {
  if (Number.isNaN(value)) return null;
  return type === 'BIGINT' ? BigInt(Math.round(value)) : value;
}
