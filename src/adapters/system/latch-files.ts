// How are the bot's switches kept? As small files beside its journal, which any process and any person can see.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Latch, LatchName, LatchStore } from '../../ports/latch-store.ts';

const fileOf = (folder: string, name: LatchName): string => join(folder, name.toUpperCase());

/** The switches of the bot in `folder`: files KILL and PAUSE. An empty file made by hand sets one as well. */
export function createLatchFiles(folder: string): LatchStore {
  return {
    read(name) {
      const text = textOf(fileOf(folder, name));
      return text === undefined ? undefined : latchOfText(text);
    },
    set(name, latch) {
      const file = fileOf(folder, name);
      if (textOf(file) !== undefined) return;
      writeWhole(file, `${JSON.stringify(latch)}\n`);
    },
    clear: (name) => rmSync(fileOf(folder, name), { force: true }),
    report: (of, state) => writeReport(join(folder, `${of}-report.json`), `${JSON.stringify(state, null, 2)}\n`),
  };
}

/** On the disk, whole, when this returns. */
export function writeWhole(file: string, text: string): void {
  // Bot and watchdog may write at once.
  const unfinished = `${file}.${process.pid}.part`;
  const handle = openSync(unfinished, 'w');
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(unfinished, file);
}

function writeReport(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch {
    // The report is for people; a full disk does not keep the account from being closed.
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // Only a file that is not there says that the switch is off; one that cannot be read is on.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : '';
  }
}

/** What a switch says; one made by hand is set all the same. */
export function latchOfText(text: string): Latch {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'reason' in value && 'by' in value && 'at' in value) {
      return { reason: String(value.reason), by: String(value.by), at: Number(value.at) };
    }
  } catch {
    // Made by hand: it is set all the same.
  }
  return { reason: 'set by hand', by: 'a file', at: 0 };
}
