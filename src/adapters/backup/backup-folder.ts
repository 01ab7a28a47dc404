// What is in a backup of a bot, is it whole, and how does it come back? A folder with a list of its files and their hashes.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { PerpilotError } from '../../domain/errors.ts';

const LIST = 'backup.json';
const JOURNAL = 'journal.sqlite';
const NAME = /^backup_\d{8}T\d{6}Z$/;

const listSchema = z.object({
  version: z.literal(1),
  createdAt: z.int(),
  program: z.string(),
  files: z.array(
    z.object({ path: z.string().regex(/^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/), bytes: z.int(), sha256: z.string() }),
  ),
});

export type BackupList = z.output<typeof listSchema>;

export interface BackupRequest {
  /** Folder of the bot. */
  readonly from: string;
  /** Folder that holds the backups. */
  readonly to: string;
  readonly at: number;
  readonly program: string;
  /** Settings that go with it, as text; undefined: none were named. */
  readonly settings: string | undefined;
  /** Washes texts of secrets: a backup holds none. */
  readonly redact: (text: string) => string;
}

/** Copies journal (while it is in use), models, settings, switches and status; returns the folder, which appears whole or not at all. */
export async function createBackup({ from, to, at, program, settings, redact }: BackupRequest): Promise<string> {
  const name = `backup_${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const target = join(to, name);
  const unfinished = join(to, `.${name}.part`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await copyJournal(join(from, JOURNAL), join(unfinished, JOURNAL));
  for (const path of extraFiles(from)) {
    await mkdir(dirname(join(unfinished, path)), { recursive: true });
    await copyFile(join(from, path), join(unfinished, path));
  }
  if (settings !== undefined) await writeFile(join(unfinished, 'settings.yaml'), redact(settings));
  const files = filesBelow(unfinished).map((path) => ({ path, ...factsOf(join(unfinished, path)) }));
  const list: BackupList = { version: 1, createdAt: at, program, files };
  await writeFile(join(unfinished, LIST), `${JSON.stringify(list, undefined, 2)}\n`, { flush: true });
  await rename(unfinished, target);
  return target;
}

async function copyJournal(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    await backup(source, to);
  } finally {
    source.close();
  }
  // One file, without a log beside it that could change what it says.
  const copy = new DatabaseSync(to);
  copy.exec('PRAGMA journal_mode = DELETE');
  copy.close();
}

/** Models, switches and status: neither keys nor locks nor logs. */
function extraFiles(from: string): readonly string[] {
  const models = existsSync(join(from, 'models'))
    ? filesBelow(join(from, 'models')).map((path) => `models/${path}`)
    : [];
  return [...models, 'KILL', 'PAUSE', 'logs/bot_status.json'].filter((path) => existsSync(join(from, path)));
}

function filesBelow(folder: string, above = ''): readonly string[] {
  return readdirSync(join(folder, above), { withFileTypes: true }).flatMap((entry) => {
    const path = above === '' ? entry.name : `${above}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, path);
    return entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.tmp') ? [path] : [];
  });
}

function factsOf(file: string): { readonly bytes: number; readonly sha256: string } {
  return { bytes: statSync(file).size, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

/** Names of the backups in `folder`, newest first. */
export function backupsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => NAME.test(name))
      .toSorted()
      .toReversed();
  } catch {
    // Not there, or not to be read: whoever writes a backup there is told why.
    return [];
  }
}

/** @throws PerpilotError BACKUP_CORRUPT naming every file that is missing, changed or not of it */
export async function verifyBackup(folder: string): Promise<BackupList> {
  const text = await readFile(join(folder, LIST), 'utf8').catch(() => undefined);
  const parsed = listSchema.safeParse(jsonOf(text));
  if (!parsed.success) throw corrupt(folder, [`${LIST} is missing or damaged`]);
  const list = parsed.data;
  const listed = new Map(list.files.map((file) => [file.path, file]));
  const there = new Set(filesBelow(folder).filter((path) => path !== LIST));
  const faults = [
    ...[...listed.keys()].filter((path) => !there.has(path)).map((path) => `${path} is missing`),
    ...[...there].filter((path) => !listed.has(path)).map((path) => `${path} does not belong to it`),
    ...[...there].filter((path) => isChanged(folder, path, listed.get(path))).map((path) => `${path} was changed`),
    ...(listed.has(JOURNAL) ? [] : [`${JOURNAL} is missing`]),
  ];
  if (faults.length > 0) throw corrupt(folder, faults);
  return list;
}

function isChanged(folder: string, path: string, listed: { readonly sha256: string } | undefined): boolean {
  return listed !== undefined && factsOf(join(folder, path)).sha256 !== listed.sha256;
}

/** Puts a backup that was verified where no bot is. @throws PerpilotError ARGUMENT_INVALID for a folder with a journal in it */
export async function restoreBackup(folder: string, to: string): Promise<BackupList> {
  refuseBot(to);
  const list = await verifyBackup(folder);
  // The journal comes last: without it no bot takes the folder for its own.
  const order = list.files.toSorted((a, b) => Number(a.path === JOURNAL) - Number(b.path === JOURNAL));
  for (const { path } of order) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(folder, path), join(to, `${path}.part`));
    await rename(join(to, `${path}.part`), join(to, path));
  }
  return list;
}

/** Puts a copy of a journal alone, which was looked at, where no bot is, with the models that `models` holds. */
export async function restoreJournal(copy: string, models: string, to: string): Promise<void> {
  refuseBot(to);
  await mkdir(to, { recursive: true });
  if (existsSync(models)) {
    for (const path of filesBelow(models)) {
      await mkdir(dirname(join(to, 'models', path)), { recursive: true });
      await copyFile(join(models, path), join(to, 'models', path));
    }
  }
  await copyFile(copy, join(to, `${JOURNAL}.part`));
  await rename(join(to, `${JOURNAL}.part`), join(to, JOURNAL));
}

function refuseBot(to: string): void {
  if (!existsSync(join(to, JOURNAL))) return;
  const hint = 'restore into a new folder, look at it, then start the bot with --state';
  throw new PerpilotError('ARGUMENT_INVALID', [{ message: 'there is a journal already', where: to, hint }]);
}

/** When a backup was made, by its name, UTC epoch milliseconds. */
export function backupTime(name: string): number {
  const parts = /^backup_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name)?.slice(1).map(Number);
  if (parts === undefined) return NaN;
  const [year, month, day, hour, minute, second] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Removes all but the newest `keep` backups; returns the names of those that went. */
export async function pruneBackups(folder: string, keep: number): Promise<readonly string[]> {
  const old = backupsIn(folder).slice(keep);
  for (const name of old) await rm(join(folder, name), { recursive: true });
  return old;
}

function corrupt(folder: string, faults: readonly string[]): PerpilotError {
  const hint = 'use another backup: perpilot backup list';
  return new PerpilotError(
    'BACKUP_CORRUPT',
    faults.map((message) => ({ message, where: folder, hint })),
  );
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
