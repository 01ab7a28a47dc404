// What is left when the store of models is damaged? Copies of every record before it was changed, with second copies of its models.
import { join } from 'node:path';
import { PerpilotError } from '../../domain/errors.ts';
import type { ModelBackup, ModelFault, ModelVersion, Registry } from '../../ports/model-store.ts';
import type { FileOperations } from './file-operations.ts';
import { registryFromText, registryToText } from './registry-file.ts';
import { createVersionFiles, removeLeftovers, replaceFile, type VersionFiles } from './version-files.ts';

const NAME = /^revision-(\d+)\.json$/;

export interface BackupFiles {
  /** Numbers of the backups, newest first. */
  revisions(): Promise<readonly number[]>;
  list(): Promise<readonly ModelBackup[]>;
  /** Copies a record, its champions and those of the next one, and drops the oldest backups beyond `most`. */
  keep(registry: Registry, next: Registry, most: number): Promise<void>;
  /** Puts champions of the record back that are missing or damaged; returns how many. */
  repair(registry: Registry): Promise<number>;
  /** The record of a backup, after its models have been put back where they are missing or damaged. */
  bringBack(revision: number): Promise<Registry>;
  faults(): Promise<readonly ModelFault[]>;
}

export interface BackupOptions {
  readonly folder: string;
  readonly files: FileOperations;
  /** The versions in use. */
  readonly versions: VersionFiles;
}

interface Shelf extends BackupOptions {
  readonly copies: VersionFiles;
}

export function createBackupFiles(options: BackupOptions): BackupFiles {
  const { folder, files } = options;
  const shelf: Shelf = { ...options, copies: createVersionFiles(join(folder, 'versions'), files) };
  return {
    revisions: () => revisionsOn(shelf),
    keep: (registry, next, most) => keepBackup(shelf, { registry, next, most }),
    repair: (registry) => repairChampions(shelf, registry),
    list: () => listBackups(shelf),
    bringBack: (revision) => bringBackup(shelf, revision),
    faults: () => faultsOn(shelf),
  };
}

const pathOf = ({ folder }: Shelf, revision: number): string => join(folder, `revision-${revision}.json`);

async function readBackup(shelf: Shelf, revision: number): Promise<Registry> {
  const path = pathOf(shelf, revision);
  return registryFromText(await shelf.files.readText(path), path);
}

async function revisionsOn({ files, folder }: Shelf): Promise<readonly number[]> {
  return (await files.list(folder))
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

interface Keeping {
  readonly registry: Registry;
  readonly next: Registry;
  readonly most: number;
}

async function keepBackup(shelf: Shelf, { registry, next, most }: Keeping): Promise<void> {
  const { files, folder, versions, copies } = shelf;
  await files.makeFolder(folder);
  for (const version of new Set([...modelsOf(registry), ...modelsOf(next)])) {
    // A champion that is damaged already cannot be copied: an older copy may be there, and it must be able to go.
    const text = await versions.read(version).catch(() => undefined);
    if (text !== undefined) await copies.add(text);
  }
  if (registry.revision > 0 && !(await revisionsOn(shelf)).includes(registry.revision)) {
    await replaceFile(files, pathOf(shelf, registry.revision), registryToText(registry));
  }
  await dropOldest(shelf, most, next);
}

async function dropOldest(shelf: Shelf, most: number, next: Registry): Promise<void> {
  const { files, folder, copies } = shelf;
  const all = await revisionsOn(shelf);
  for (const revision of all.slice(most)) await files.remove(pathOf(shelf, revision));
  const needed = new Set<ModelVersion>(modelsOf(next));
  for (const revision of all.slice(0, most)) {
    // A backup that cannot be read keeps nothing alive, but is left for a person to see.
    const kept = await readBackup(shelf, revision).catch(() => undefined);
    for (const version of kept === undefined ? [] : modelsOf(kept)) needed.add(version);
  }
  for (const version of await copies.list()) if (!needed.has(version)) await copies.remove(version);
  await removeLeftovers(files, folder);
  await removeLeftovers(files, copies.folder);
}

async function repairChampions({ versions, copies }: Shelf, registry: Registry): Promise<number> {
  let repaired = 0;
  for (const version of modelsOf(registry)) {
    if (await isWhole(versions, version)) continue;
    await versions.add(await copies.read(version));
    repaired += 1;
  }
  return repaired;
}

async function listBackups(shelf: Shelf): Promise<ModelBackup[]> {
  const found: ModelBackup[] = [];
  for (const revision of await revisionsOn(shelf)) {
    const { slots } = await readBackup(shelf, revision).catch(() => ({ slots: [] }));
    found.push({ revision, champions: slots.filter(({ champion }) => champion !== undefined).length });
  }
  return found;
}

async function bringBackup(shelf: Shelf, revision: number): Promise<Registry> {
  const { folder, versions, copies } = shelf;
  const known = await revisionsOn(shelf);
  if (!known.includes(revision)) throw noBackup(folder, revision, known);
  const registry = await readBackup(shelf, revision);
  for (const version of modelsOf(registry)) await versions.add(await copies.read(version));
  // Challengers and what a rollback could go back to have no copies: those that are damaged are left out.
  const usable = new Set<ModelVersion>();
  for (const { challenger, predecessors } of registry.slots) {
    for (const version of [...(challenger === undefined ? [] : [challenger]), ...predecessors]) {
      if (await isWhole(versions, version)) usable.add(version);
    }
  }
  return { ...registry, slots: registry.slots.map((slot) => withOnly(slot, usable)) };
}

async function faultsOn(shelf: Shelf): Promise<ModelFault[]> {
  const { copies } = shelf;
  const faults: ModelFault[] = [];
  const look = (file: string, action: Promise<unknown>): Promise<unknown> =>
    action.catch((error: unknown) => {
      faults.push({ file, problem: error instanceof Error ? error.message : String(error) });
    });
  for (const revision of await revisionsOn(shelf)) await look(pathOf(shelf, revision), readBackup(shelf, revision));
  for (const version of await copies.list()) await look(copies.pathOf(version), copies.read(version));
  return faults;
}

function isWhole(files: VersionFiles, version: ModelVersion): Promise<boolean> {
  return files.read(version).then(
    () => true,
    () => false,
  );
}

/** What a backup has copies of. */
function modelsOf({ slots }: Registry): ModelVersion[] {
  return slots.flatMap(({ champion }) => (champion === undefined ? [] : [champion]));
}

function withOnly(slot: Registry['slots'][number], usable: ReadonlySet<ModelVersion>): Registry['slots'][number] {
  const { challenger, predecessors } = slot;
  const isUsable = challenger !== undefined && usable.has(challenger);
  return {
    ...slot,
    challenger: isUsable ? challenger : undefined,
    challengerSince: isUsable ? slot.challengerSince : undefined,
    predecessors: predecessors.filter((version) => usable.has(version)),
  };
}

function noBackup(folder: string, revision: number, known: readonly number[]): PerpilotError {
  const hint = known.length === 0 ? 'there are no backups' : `there are ${known.join(', ')}`;
  return new PerpilotError('MODEL_MISSING', [{ message: `no backup of revision ${revision}`, where: folder, hint }]);
}
