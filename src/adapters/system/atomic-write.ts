// How does a file appear whole or not at all? Written beside its place, flushed to the disk, renamed into it.
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { InterruptGuard } from './interrupt-guard.ts';
import { outputError } from './output-error.ts';

/**
 * Writes `content` to `path`: a reader, a crash or a full disk meets the old file or the new one, never a part.
 * With `guard` the temporary file is removed on an interrupt too.
 * @throws PerpilotError OUTPUT_UNWRITABLE
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  guard?: InterruptGuard,
): Promise<void> {
  const temporary = temporaryBeside(path);
  const forget = guard?.onInterrupt(() => rmSync(temporary, { force: true }));
  try {
    await writeFlushed(temporary, content);
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw outputError(path, error);
  } finally {
    forget?.();
  }
}

/**
 * Creates the folder where needed and proves by a small file that it can be written.
 * @throws PerpilotError OUTPUT_UNWRITABLE with the reason: a file in the way, permission, read-only, no space
 */
export async function assertWritableFolder(path: string): Promise<void> {
  const probe = temporaryBeside(join(path, 'probe'));
  try {
    await makeFolders(path);
    await writeFlushed(probe, 'writable\n');
  } catch (error) {
    throw outputError(path, error);
  } finally {
    // Below a file nothing can be removed, and nothing was written either.
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** One level after the other: the runtime's own recursion never ends where the system refuses without saying why (/proc). */
async function makeFolders(path: string): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder))
    missing.push(folder);
  for (const folder of missing.toReversed()) await mkdir(folder);
  if (!statSync(path).isDirectory()) await mkdir(path);
}

const TEMPORARY = /^\..+\.[0-9a-f]{8}\.tmp$/;

/** Takes away what a process left in `folder` that died while it wrote. Nobody else may be writing there. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true });
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 80)}.${randomUUID().slice(0, 8)}.tmp`);
}

async function writeFlushed(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself durable; Windows cannot open a folder and needs no such step. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
