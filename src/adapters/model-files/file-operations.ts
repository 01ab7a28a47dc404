// What does the store of models ask of a file system? Few steps, each of which may be the last one of the program.
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';

/** A step that the system refuses rejects with its error. */
export interface FileOperations {
  readText(path: string): Promise<string>;
  /** Another text whenever another file was put in this place; empty: there is none. */
  markOf(path: string): Promise<string>;
  /** Writes a new file and flushes it to the disk. */
  writeNew(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes renames inside the folder durable. */
  flushFolder(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Names in the folder, in rising order; none where there is no folder. */
  list(path: string): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
}

export const systemFiles: FileOperations = {
  readText: (path) => readFile(path, 'utf8'),
  async markOf(path) {
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    } catch {
      // Whoever reads the file hears what is wrong with it.
      return '';
    }
  },
  async writeNew(path, text) {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename: (from, to) => rename(from, to),
  async flushFolder(path) {
    // Windows cannot open a folder and needs no such step.
    if (process.platform === 'win32') return;
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async list(path) {
    try {
      return (await readdir(path)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  remove: (path) => rm(path, { force: true }),
};

/** Whether the system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
