// Where are the finished tasks of a run kept, and may this run use them? Only with the code and data they were made with.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { outputError } from '../adapters/system/output-error.ts';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { createTaskStore } from '../adapters/system/task-store.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { refuseOtherRun, type KeptRun } from '../research/task-key.ts';

const RECORD_FILE = 'run.json';

const recordSchema = z.strictObject({
  schema: z.literal('perpilot-tasks-1'),
  codeVersion: z.string(),
  symbols: z.array(z.strictObject({ symbol: z.string(), dataHash: z.string() })),
});

/**
 * The store of tasks in `folder`, which is made where needed and remembers code and data of its first run.
 * @throws PerpilotError MANIFEST_MISMATCH when the kept tasks belong to other code or data, OUTPUT_UNWRITABLE
 */
export async function openTaskFolder(folder: string, now: KeptRun, guard: InterruptGuard): Promise<TaskStore> {
  const path = join(folder, RECORD_FILE);
  const kept = await readRecord(path);
  if (kept !== undefined) refuseOtherRun(kept, now, path);
  const known = kept?.symbols ?? [];
  // Those who call hand whole markets over; only these two are to be remembered.
  const added = now.symbols
    .filter(({ symbol }) => known.every((each) => each.symbol !== symbol))
    .map(({ symbol, dataHash }) => ({ symbol, dataHash }));
  if (kept === undefined || added.length > 0) {
    const record = { schema: 'perpilot-tasks-1', codeVersion: now.codeVersion, symbols: [...known, ...added] };
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw outputError(folder, error);
    }
    await writeFileAtomically(path, `${JSON.stringify(record, undefined, 1)}\n`, guard);
  }
  return createTaskStore(folder, guard);
}

/** Whether an earlier run has kept tasks there: then nobody can foretell how much is left to do. */
export function hasTasks(folder: string): boolean {
  return existsSync(join(folder, RECORD_FILE));
}

/** Undefined: there is none yet. */
async function readRecord(path: string): Promise<KeptRun | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw outputError(path, error);
  }
  const parsed = recordSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const message = 'it does not say which code and data its tasks were made with';
  throw new PerpilotError('MANIFEST_MISMATCH', [{ message, where: path, hint: 'give another folder to begin anew' }]);
}

/** Undefined for a text that is no JSON, which no record is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
