// How do models lie on the disk? One file each, named by the SHA-256 of its bytes, written once and checked at every read.
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { PerpilotError } from '../../domain/errors.ts';
import type { ModelVersion } from '../../ports/model-store.ts';
import { isMissing, type FileOperations } from './file-operations.ts';
import { corrupt, textHash } from './registry-file.ts';

const NAME = /^([0-9a-f]{64})\.json$/;
const TEMPORARY = '.tmp';

export interface VersionFiles {
  readonly folder: string;
  add(text: string): Promise<ModelVersion>;
  read(version: ModelVersion): Promise<string>;
  list(): Promise<readonly ModelVersion[]>;
  remove(version: ModelVersion): Promise<void>;
  pathOf(version: ModelVersion): string;
}

export function createVersionFiles(folder: string, files: FileOperations): VersionFiles {
  const pathOf = (version: ModelVersion): string => join(folder, `${version}.json`);
  const read = async (version: ModelVersion): Promise<string> => {
    const path = pathOf(version);
    const text = await files.readText(path).catch((error: unknown) => {
      throw isMissing(error) ? missing(version, path) : corrupt(path, `cannot be read: ${String(error)}`);
    });
    if (textHash(text) !== version) throw corrupt(path, 'does not hold what its name says: it was changed or damaged');
    return text;
  };
  return {
    folder,
    pathOf,
    read,
    async add(text) {
      const version = textHash(text);
      // What is there already and whole is the same; what is damaged is replaced.
      const isThere = await read(version).then(
        () => true,
        () => false,
      );
      if (isThere) return version;
      await files.makeFolder(folder);
      await replaceFile(files, pathOf(version), text);
      return version;
    },
    async list() {
      return (await files.list(folder)).flatMap((name) => NAME.exec(name)?.[1] ?? []);
    },
    remove: (version) => files.remove(pathOf(version)),
  };
}

/** Written beside its place, flushed, renamed into it, and the folder flushed: the old file or the new one, never a part. */
export async function replaceFile(files: FileOperations, path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}${TEMPORARY}`);
  try {
    await files.writeNew(temporary, text);
    await files.rename(temporary, path);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.flushFolder(dirname(path));
}

/** Removes what writers that died have left in `folder`. */
export async function removeLeftovers(files: FileOperations, folder: string): Promise<void> {
  for (const name of await files.list(folder)) {
    if (name.startsWith('.') && name.endsWith(TEMPORARY)) await files.remove(join(folder, name));
  }
}

function missing(version: ModelVersion, path: string): PerpilotError {
  const hint = 'perpilot models list shows what is there';
  return new PerpilotError('MODEL_MISSING', [
    { message: `model ${version.slice(0, 12)} is not there`, where: path, hint },
  ]);
}
