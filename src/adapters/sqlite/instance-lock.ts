// Does another process trade already? A lock that the operating system lets go when its holder dies, however it dies.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PerpilotError } from '../../domain/errors.ts';

export interface InstanceLock {
  readonly release: () => void;
}

/**
 * Holds `file` until it is released or the process ends; beside it stands who holds it. `what` is what it stands for.
 * @throws PerpilotError INSTANCE_RUNNING when somebody holds it; OUTPUT_UNWRITABLE when it cannot be made
 */
export function lockInstance(file: string, what: string): InstanceLock {
  const database = open(file);
  try {
    // A lock of SQLite is one of the system on the file: it goes with the process, and a number that is used again means nothing.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw unwritable(file, error);
    throw new PerpilotError('INSTANCE_RUNNING', [
      {
        message: `another perpilot works on ${what}${holderOf(file)}`,
        where: file,
        hint: 'stop that one first; a lock goes with the process that holds it and never has to be removed by hand',
      },
    ]);
  }
  writeFileSync(`${file}.holder`, `process ${process.pid} on ${hostname()}\n`);
  return { release: () => database.close() };
}

/** Who holds `file`, without taking it: `process 4711 on host`, or empty where it does not say; undefined: nobody. */
export function lockHolder(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    try {
      // A lock that is held keeps even readers out.
      database.prepare('SELECT count(*) FROM sqlite_master').get();
      return undefined;
    } finally {
      database.close();
    }
  } catch (error) {
    return isBusy(error) ? holderOf(file).replace(/^: /, '') : undefined;
  }
}

function open(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** SQLite's 5: somebody else has it. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;

function unwritable(file: string, error: unknown): PerpilotError {
  const message = `no lock can be made: ${error instanceof Error ? error.message : String(error)}`;
  return new PerpilotError('OUTPUT_UNWRITABLE', [{ message, where: file }]);
}

function holderOf(file: string): string {
  try {
    return `: ${readFileSync(`${file}.holder`, 'utf8').trim()}`;
  } catch {
    // It holds the lock and has not said yet who it is.
    return '';
  }
}
