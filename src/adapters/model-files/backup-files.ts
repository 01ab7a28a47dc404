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

export function createBackupFiles({ folder, files, versions }: BackupOptions): BackupFiles {
  const copies = createVersionFiles(join(folder, 'versions'), files);
  const pathOf = (revision: number): string => join(folder, `revision-${revision}.json`);
  const readBackup = async (revision: number): Promise<Registry> =>
    registryFromText(await files.readText(pathOf(revision)), pathOf(revision));
  const revisions = async (): Promise<readonly number[]> =>
    (await files.list(folder))
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);

  const keep = async (registry: Registry, next: Registry, most: number): Promise<void> => {
    await files.makeFolder(folder);
    for (const version of new Set([...modelsOf(registry), ...modelsOf(next)])) {
      // A champion that is damaged already cannot be copied: an older copy may be there, and it must be able to go.
      const text = await versions.read(version).catch(() => undefined);
      if (text !== undefined) await copies.add(text);
    }
    if (registry.revision > 0 && !(await revisions()).includes(registry.revision)) {
      await replaceFile(files, pathOf(registry.revision), registryToText(registry));
    }
    await dropOldest(most, next);
  };
  const dropOldest = async (most: number, next: Registry): Promise<void> => {
    const all = await revisions();
    for (const revision of all.slice(most)) await files.remove(pathOf(revision));
    const needed = new Set<ModelVersion>(modelsOf(next));
    for (const revision of all.slice(0, most)) {
      // A backup that cannot be read keeps nothing alive, but is left for a person to see.
      const kept = await readBackup(revision).catch(() => undefined);
      for (const version of kept === undefined ? [] : modelsOf(kept)) needed.add(version);
    }
    for (const version of await copies.list()) if (!needed.has(version)) await copies.remove(version);
    await removeLeftovers(files, folder);
    await removeLeftovers(files, copies.folder);
  };
  return {
    revisions,
    keep,
    async repair(registry) {
      let repaired = 0;
      for (const version of modelsOf(registry)) {
        const isWhole = await versions.read(version).then(
          () => true,
          () => false,
        );
        if (isWhole) continue;
        await versions.add(await copies.read(version));
        repaired += 1;
      }
      return repaired;
    },
    async list() {
      const found: ModelBackup[] = [];
      for (const revision of await revisions()) {
        const { slots } = await readBackup(revision).catch(() => ({ slots: [] }));
        found.push({ revision, champions: slots.filter(({ champion }) => champion !== undefined).length });
      }
      return found;
    },
    async bringBack(revision) {
      const known = await revisions();
      if (!known.includes(revision)) throw noBackup(folder, revision, known);
      const registry = await readBackup(revision);
      for (const version of modelsOf(registry)) await versions.add(await copies.read(version));
      // Challengers and what a rollback could go back to have no copies: those that are damaged are left out.
      const usable = new Set<ModelVersion>();
      for (const { challenger, predecessors } of registry.slots) {
        for (const version of [...(challenger === undefined ? [] : [challenger]), ...predecessors]) {
          await versions.read(version).then(
            () => usable.add(version),
            () => undefined,
          );
        }
      }
      return { ...registry, slots: registry.slots.map((slot) => withOnly(slot, usable)) };
    },
    async faults() {
      const faults: ModelFault[] = [];
      const look = (file: string, action: Promise<unknown>): Promise<unknown> =>
        action.catch((error: unknown) => {
          faults.push({ file, problem: error instanceof Error ? error.message : String(error) });
        });
      for (const revision of await revisions()) await look(pathOf(revision), readBackup(revision));
      for (const version of await copies.list()) await look(copies.pathOf(version), copies.read(version));
      return faults;
    },
  };
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
