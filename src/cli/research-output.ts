// Where does a run write, and what is taken back when it comes to nothing? Folders that were made for it and stayed empty.
import { existsSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertWritableFolder } from '../adapters/system/atomic-write.ts';

/** Takes back what was made; does nothing to a folder that holds anything. May be called at any time, and again. */
export type TakeBack = () => void;

/**
 * Makes sure that `path` can be written, creating it where needed.
 * @throws PerpilotError OUTPUT_UNWRITABLE, with nothing left behind
 */
export async function reserveFolder(path: string): Promise<TakeBack> {
  const takeBack = takeBackFolders(path);
  try {
    await assertWritableFolder(path);
  } catch (error) {
    takeBack();
    throw error;
  }
  return takeBack;
}

/** The same for several folders: all or none. @throws PerpilotError OUTPUT_UNWRITABLE, with nothing left behind */
export async function reserveFolders(paths: readonly string[]): Promise<TakeBack> {
  const taken: TakeBack[] = [];
  const takeBack = (): void => taken.toReversed().forEach((undo) => undo());
  try {
    for (const path of paths) taken.push(await reserveFolder(path));
  } catch (error) {
    takeBack();
    throw error;
  }
  return takeBack;
}

/** Removes `path` and the folders above it that do not exist now, as far as they are empty then. */
export function takeBackFolders(path: string): TakeBack {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) {
    missing.push(folder);
  }
  return () => missing.forEach(removeEmpty);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds something, may not be removed, or was never made: then it stays as it is.
  }
}
