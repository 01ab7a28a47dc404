// How do columns of a Parquet file become arrays of doubles? Chunk by chunk, in stored order, nulls as NaN.
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { PerpilotError } from '../../domain/errors.ts';
import type { Problem } from '../../domain/errors.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import type { TimeRange } from '../../ports/candle-source.ts';
import { duckdbMessage, parquetScan, withDuckdb } from './duckdb-session.ts';

const NUMERIC =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DECIMAL\(.*\))$/;
const WHOLE = /^(U?INTEGER|U?BIGINT)$/;

/** What to read: the time column (whole milliseconds), then the values; `range` limits the time column. */
export interface ColumnRequest {
  readonly file: string;
  readonly timeColumn: string;
  readonly valueColumns: readonly string[];
  readonly range?: TimeRange | undefined;
}

export interface ColumnTable {
  readonly length: number;
  readonly columns: readonly Float64Array[];
}

/**
 * The requested columns of one file as they are stored, without sorting or repairing.
 * @throws PerpilotError DATA_CORRUPT when the file is no Parquet file, damaged, or lacks columns of the right type
 */
export async function readColumns(request: ColumnRequest): Promise<ColumnTable> {
  try {
    return await withDuckdb(async (connection) => {
      const problems = await columnProblems(connection, request);
      if (problems.length > 0) throw new PerpilotError('DATA_CORRUPT', problems);
      return stream(connection, request);
    });
  } catch (error) {
    if (error instanceof PerpilotError) throw error;
    const message = `${request.file} cannot be read: ${duckdbMessage(error)}`;
    throw new PerpilotError('DATA_CORRUPT', [{ message, where: request.file }]);
  }
}

async function columnProblems(connection: DuckDBConnection, request: ColumnRequest): Promise<readonly Problem[]> {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${parquetScan(request.file)}`);
  const types = new Map(described.getRows().map((row) => [String(row[0]), String(row[1])]));
  const where = request.file;
  return [request.timeColumn, ...request.valueColumns].flatMap((name): readonly Problem[] => {
    const type = types.get(name);
    if (type === undefined) {
      const near = nearestNames(name, [...types.keys()], 1)[0];
      const message = `${request.file} has no column ${name} (it has ${[...types.keys()].join(', ')})`;
      return [near === undefined ? { message, where } : { message, where, hint: `is ${near} meant to be ${name}?` }];
    }
    const isTime = name === request.timeColumn;
    if ((isTime ? WHOLE : NUMERIC).test(type)) return [];
    const wanted = isTime ? 'BIGINT (milliseconds UTC)' : 'DOUBLE';
    return [{ message: `${request.file}: column ${name} is ${type}, expected ${wanted}`, where }];
  });
}

async function stream(connection: DuckDBConnection, request: ColumnRequest): Promise<ColumnTable> {
  const { timeColumn, valueColumns, range } = request;
  const names = [timeColumn, ...valueColumns];
  const selected = names.map((name) => `CAST("${name}" AS DOUBLE)`).join(', ');
  const limit = range === undefined ? '' : ` WHERE "${timeColumn}" >= $from AND "${timeColumn}" < $to`;
  const sql = `SELECT ${selected} FROM ${parquetScan(request.file)}${limit}`;
  const bounds = range === undefined ? undefined : { from: wholeBound(range.from), to: wholeBound(range.to) };
  const result = await connection.stream(sql, bounds);
  let columns: Float64Array[] = names.map(() => new Float64Array(4096));
  let length = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    if (length + chunk.rowCount > columns[0].length) columns = columns.map((column) => grown(column, length));
    for (let index = 0; index < columns.length; index += 1) copyColumn(chunk, index, columns[index].subarray(length));
    length += chunk.rowCount;
  }
  return { length, columns: columns.map((column) => column.slice(0, length)) };
}

/** A bound that a BIGINT can be compared with; bars never open between milliseconds. */
function wholeBound(bound: number): bigint {
  const capped = Math.min(Math.max(bound, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return BigInt(Math.ceil(capped));
}

function grown(column: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(column.length * 2);
  larger.set(column.subarray(0, length));
  return larger;
}

function copyColumn(chunk: DuckDBDataChunk, index: number, target: Float64Array): void {
  const vector = chunk.getColumnVector(index);
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const value = vector.getItem(row);
    target[row] = typeof value === 'number' ? value : NaN;
  }
}
