// What do bots say of models that decide beside the champion? One small file for each bot and model, replaced as a whole.
import { join } from 'node:path';
import type { ModelVersion } from '../../ports/model-store.ts';
import type { FileOperations } from './file-operations.ts';
import { replaceFile } from './version-files.ts';

const NAME = /^([0-9a-f]{64})\.([\w-]+)\.json$/;

export interface ShadowFiles {
  note(version: ModelVersion, by: string, text: string): Promise<void>;
  notes(version: ModelVersion): Promise<readonly { readonly by: string; readonly text: string }[]>;
  remove(version: ModelVersion): Promise<void>;
}

export function createShadowFiles(folder: string, files: FileOperations): ShadowFiles {
  const namesOf = async (version: ModelVersion) =>
    (await files.list(folder)).flatMap((name) => {
      const [, of, by] = NAME.exec(name) ?? [];
      return of === version && by !== undefined ? [{ name, by }] : [];
    });
  return {
    async note(version, by, text) {
      await files.makeFolder(folder);
      await replaceFile(files, join(folder, `${version}.${by}.json`), text);
    },
    async notes(version) {
      const found = [];
      for (const { name, by } of await namesOf(version)) {
        found.push({ by, text: await files.readText(join(folder, name)) });
      }
      return found;
    },
    async remove(version) {
      for (const { name } of await namesOf(version)) await files.remove(join(folder, name));
    },
  };
}
