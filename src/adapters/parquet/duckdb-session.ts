// How is DuckDB reached? One in-memory engine per thread, started on first use, that may fetch nothing from outside.
import type { DuckDBConnection } from '@duckdb/node-api';

let opened: Promise<DuckDBConnection> | undefined;
let busy: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` with the thread's connection, one work after the other: a statement ends the result that another one still
 * streams, without an error. Extensions are neither installed nor loaded; Parquet is built in. Nothing is spilled to disk.
 */
export function withDuckdb<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
  const connected = async (): Promise<Result> => {
    opened ??= open();
    return work(await opened);
  };
  const result = busy.then(connected, connected);
  busy = result;
  return result;
}

async function open(): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '',
    preserve_insertion_order: 'true',
  });
  return instance.connect();
}

/** `text` as an SQL string literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * `read_parquet(...)` of exactly one file: glob characters in its path mean themselves, folder names add no columns.
 * DuckDB cannot escape a backslash once a path has glob characters; there it is matched as any one
 * character, and a second folder that fits gives every row twice, which no check lets pass.
 */
export function parquetScan(file: string): string {
  const isPattern = /[[*?]/.test(file);
  const literalPath = file.replaceAll(/[[*?]/g, '[$&]').replaceAll('\\', isPattern ? '?' : '\\');
  return `read_parquet(${sqlText(literalPath)}, hive_partitioning = false, union_by_name = false)`;
}

/** What DuckDB says of a failure, in one line and without the statement it quotes. */
export function duckdbMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0].trim();
}
