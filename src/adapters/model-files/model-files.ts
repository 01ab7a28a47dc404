// How does the store of models keep its promises on a disk? Immutable versions, one record swapped in one step, copies of both first.
import { join, relative } from 'node:path';
import { PerpilotError } from '../../domain/errors.ts';
import type { ModelFault, ModelStore, ModelVersion, Registry } from '../../ports/model-store.ts';
import { outputError } from '../system/output-error.ts';
import { withFileLock } from '../trials/file-lock.ts';
import { createBackupFiles, type BackupFiles } from './backup-files.ts';
import { isMissing, systemFiles, type FileOperations } from './file-operations.ts';
import { corrupt, registryFromText, registryToText } from './registry-file.ts';
import { createShadowFiles, type ShadowFiles } from './shadow-files.ts';
import { createVersionFiles, removeLeftovers, replaceFile, type VersionFiles } from './version-files.ts';

export interface ModelFilesOptions {
  readonly folder: string;
  /** So many backups are kept; at least 1. */
  readonly keepBackups: number;
  /** Default: the system's. */
  readonly files?: FileOperations;
}

const NOBODY: Registry = { revision: 0, slots: [], changes: [] };

/** What the steps of the store work with. */
interface Place {
  readonly folder: string;
  /** Of the record. */
  readonly path: string;
  readonly files: FileOperations;
  readonly versions: VersionFiles;
  readonly backups: BackupFiles;
  readonly shadows: ShadowFiles;
  readonly keepBackups: number;
}

/** The store in `folder`: versions/, backups/ and registry.json. The folder is made when something is first written. */
export function createModelFiles({ folder, keepBackups, files = systemFiles }: ModelFilesOptions): ModelStore {
  const versions = createVersionFiles(join(folder, 'versions'), files);
  const backups = createBackupFiles({ folder: join(folder, 'backups'), files, versions });
  const shadows = createShadowFiles(join(folder, 'shadow'), files);
  const place: Place = { folder, path: join(folder, 'registry.json'), files, versions, backups, shadows, keepBackups };
  return {
    place: folder,
    read: (version) => versions.read(version),
    versions: () => versions.list(),
    registry: () => readRecord(place),
    mark: () => files.markOf(place.path),
    add: (text) => alone(place, () => versions.add(text)),
    change: (plan) => alone(place, () => changeRecord(place, plan)),
    noteShadow: (version, by, text) => shadows.note(version, by, text),
    shadowNotes: (version) => shadows.notes(version),
    remove: (unwanted) => alone(place, () => removeVersions(place, unwanted)),
    verify: () => faultsOfPlace(place),
    backups: () => backups.list(),
    restore: (revision, by) => alone(place, () => restoreRecord(place, revision, by)),
    whileRetraining: (action) => retraining(folder, files, action),
  };
}

/** One writer at a time; what the system refuses is told with its reason. */
async function alone<Value>({ folder, files }: Place, action: () => Promise<Value>): Promise<Value> {
  try {
    await files.makeFolder(folder);
    return await withFileLock(join(folder, 'lock'), action);
  } catch (error) {
    throw error instanceof PerpilotError ? error : outputError(folder, error);
  }
}

async function readRecord({ path, files, backups }: Place): Promise<Registry> {
  const text = await files.readText(path).catch((error: unknown) => {
    if (!isMissing(error)) throw corrupt(path, `cannot be read: ${String(error)}`);
  });
  if (text !== undefined) return registryFromText(text, path);
  if ((await backups.revisions()).length > 0) throw corrupt(path, 'is gone, though backups of it are there');
  return NOBODY;
}

async function changeRecord(place: Place, plan: (registry: Registry) => Registry): Promise<Registry> {
  const current = await readRecord(place);
  const next = plan(current);
  if (next === current) return current;
  await place.backups.keep(current, next, place.keepBackups);
  return putRecord(place, { ...next, revision: current.revision + 1 }, current);
}

/** What takes over must be loadable; what is damaged already must not keep others from being promoted, or itself from going. */
async function putRecord({ path, files, versions }: Place, next: Registry, current: Registry): Promise<Registry> {
  for (const version of newlyNamed(next, current)) await versions.read(version);
  await replaceFile(files, path, registryToText(next));
  return next;
}

async function restoreRecord(
  place: Place,
  wanted: number | undefined,
  by: Parameters<ModelStore['restore']>[1],
): Promise<Registry> {
  const { backups, path, keepBackups } = place;
  // A record that cannot be read any more must not keep its backup from coming back.
  const current = await readRecord(place).catch(() => undefined);
  if (wanted === undefined && current !== undefined) {
    await backups.repair(current);
    return current;
  }
  const known = await backups.revisions();
  const revision = wanted ?? known[0];
  if (revision === undefined) throw corrupt(path, 'is damaged, and there is no backup');
  const kept = await backups.bringBack(revision);
  const newest = Math.max(current?.revision ?? 0, ...known) + 1;
  const changes = kept.slots.map((slot) => ({
    revision: newest,
    kind: 'restore' as const,
    symbol: slot.symbol,
    from: current?.slots.find(({ symbol }) => symbol === slot.symbol)?.champion,
    to: slot.champion,
    at: by.at,
    by: by.by,
    reasons: [by.reason],
  }));
  const next = { revision: newest, slots: kept.slots, changes: [...(current ?? kept).changes, ...changes] };
  if (current !== undefined) await backups.keep(current, next, keepBackups);
  return putRecord(place, next, NOBODY);
}

async function removeVersions(place: Place, unwanted: readonly ModelVersion[]): Promise<void> {
  const { folder, files, versions, shadows } = place;
  const needed = namedBy(await readRecord(place));
  for (const version of unwanted) {
    if (needed.has(version)) continue;
    await versions.remove(version);
    await shadows.remove(version);
  }
  await removeLeftovers(files, folder);
  await removeLeftovers(files, versions.folder);
}

/** Champions and challengers that were not the same in the same slot before. */
function newlyNamed(next: Registry, current: Registry): Set<ModelVersion> {
  const versions = next.slots.flatMap(({ symbol, champion, challenger }) => {
    const before = current.slots.find((slot) => slot.symbol === symbol);
    return [
      champion === before?.champion ? undefined : champion,
      challenger === before?.challenger ? undefined : challenger,
    ].filter((version) => version !== undefined);
  });
  return new Set(versions);
}

/** Champions and challengers, and what a rollback may go back to. */
function namedBy({ slots }: Registry): Set<ModelVersion> {
  return new Set(
    slots.flatMap(({ champion, challenger, predecessors }) =>
      [champion, challenger, predecessors[0]].filter((version) => version !== undefined),
    ),
  );
}

async function faultsOfPlace(place: Place): Promise<ModelFault[]> {
  const { folder, path, versions, backups } = place;
  const read = (version: ModelVersion): Promise<string> => versions.read(version);
  const fileOf = (version: ModelVersion): string => relative(folder, versions.pathOf(version));
  return [
    ...(await recordFaults(place, relative(folder, path))),
    ...(await faultsOf(await versions.list(), read, fileOf)),
    ...(await backups.faults()).map(({ file, problem }) => ({ file: relative(folder, file), problem })),
  ];
}

/** The record itself, and what it names that is not there. */
async function recordFaults(place: Place, file: string): Promise<ModelFault[]> {
  let named: Set<ModelVersion>;
  try {
    named = namedBy(await readRecord(place));
  } catch (error) {
    return [{ file, problem: reasonOf(error) }];
  }
  const there = new Set(await place.versions.list());
  return [...named]
    .filter((version) => !there.has(version))
    .map((version) => ({ file, problem: `names model ${version.slice(0, 12)}, which is not there` }));
}

async function faultsOf(
  versions: readonly ModelVersion[],
  read: (version: ModelVersion) => Promise<string>,
  fileOf: (version: ModelVersion) => string,
): Promise<ModelFault[]> {
  const faults: ModelFault[] = [];
  for (const version of versions) {
    await read(version).catch((error: unknown) => faults.push({ file: fileOf(version), problem: reasonOf(error) }));
  }
  return faults;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function retraining<Value>(folder: string, files: FileOperations, action: () => Promise<Value>): Promise<Value> {
  await files.makeFolder(folder).catch((error: unknown) => {
    throw outputError(folder, error);
  });
  let begun = false;
  const begin = (): Promise<Value> => {
    begun = true;
    return action();
  };
  try {
    return await withFileLock(join(folder, 'retraining'), begin, 0);
  } catch (error) {
    if (begun || !(error instanceof PerpilotError)) throw error;
    throw new PerpilotError('RETRAINING_UNDER_WAY', error.problems);
  }
}
