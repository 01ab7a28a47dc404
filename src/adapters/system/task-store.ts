// How do finished tasks lie on the disk? One file each, named by its key, with a checksum over key and text.
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invariant } from '../../domain/errors.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { writeFileAtomically } from './atomic-write.ts';
import type { InterruptGuard } from './interrupt-guard.ts';
import { outputError } from './output-error.ts';

const KEY = /^[0-9a-f]{64}$/;
const TAIL = '}\n';

/**
 * Files `<folder>/<key>.json`, keys being 64 hexadecimal digits. A file that was cut off, changed or renamed is taken for
 * none at all, and replaced by the next write. With `guard` no temporary file outlives an interrupt.
 */
export function createTaskStore(folder: string, guard?: InterruptGuard): TaskStore {
  const pathOf = (key: string): string => {
    invariant(KEY.test(key), `${key} is no key of a task`);
    return join(folder, `${key}.json`);
  };
  return {
    async read(key) {
      const content = await contentOf(pathOf(key));
      if (content === undefined || !content.endsWith(TAIL)) return undefined;
      const length = headOf(key, checksumOf(key, '')).length;
      const text = content.slice(length, -TAIL.length);
      return content.slice(0, length) === headOf(key, checksumOf(key, text)) ? text : undefined;
    },
    async write(key, text) {
      const path = pathOf(key);
      try {
        await mkdir(folder, { recursive: true });
      } catch (error) {
        throw outputError(path, error);
      }
      await writeFileAtomically(path, `${headOf(key, checksumOf(key, text))}${text}${TAIL}`, guard);
    },
  };
}

/** Everything before the text; as long for every text. */
function headOf(key: string, checksum: string): string {
  return `{"format":"perpilot-task-1","key":"${key}","sha256":"${checksum}","value":`;
}

function checksumOf(key: string, text: string): string {
  return createHash('sha256').update(`${key}\n`).update(text).digest('hex');
}

/** Undefined where there is no file that can be read: the task is done again then. */
async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
