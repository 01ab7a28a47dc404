// Where are copies of a journal, and which is the newest sound one? Beside it, named by their time.
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { journalFault } from './journal-chain.ts';

const folderOf = (file: string): string => join(dirname(file), 'backups');
const prefixOf = (file: string): string => `${basename(file)}.`;

/** Copies `database`, which lies in `file`, while it is in use; the copy appears whole or not at all. */
export async function backUp(
  database: DatabaseSync,
  file: string,
  copy: { time: number; keep: number },
): Promise<string> {
  const folder = folderOf(file);
  await mkdir(folder, { recursive: true });
  const target = join(folder, `${prefixOf(file)}${new Date(copy.time).toISOString().replaceAll(/[:.]/g, '-')}.sqlite`);
  const unfinished = `${target}.part`;
  await backup(database, unfinished);
  await rename(unfinished, target);
  for (const old of backupsOf(file).slice(copy.keep)) await rm(old, { force: true });
  for (const name of await readdir(folder)) {
    const isLeftOver = name.startsWith(prefixOf(file)) && name.includes('.part') && join(folder, name) !== unfinished;
    if (isLeftOver) await rm(join(folder, name), { force: true });
  }
  return target;
}

/** Copies of the journal in `file`, newest first. */
export function backupsOf(file: string): readonly string[] {
  const folder = folderOf(file);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.startsWith(prefixOf(file)) && name.endsWith('.sqlite'));
  return names
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/** When a copy was made, by its name, UTC epoch milliseconds. */
export function copiedAt(copy: string): number {
  const [, day = '', hour, minute, second] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-\d{3}Z\.sqlite$/.exec(copy) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}

/** The newest copy that is whole and untouched; undefined: there is none. */
export function newestSoundBackup(file: string): string | undefined {
  return backupsOf(file).find((candidate) => {
    try {
      const copy = new DatabaseSync(candidate, { readOnly: true });
      try {
        return journalFault(copy) === undefined;
      } finally {
        copy.close();
      }
    } catch {
      // Not a database at all: the next older one is looked at.
      return false;
    }
  });
}
