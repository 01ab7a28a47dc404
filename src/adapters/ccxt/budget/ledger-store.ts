// Where is it kept what all processes of this machine have asked of a venue? In a small file that one changes at a time.
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { assertWritableFolder } from '../../system/atomic-write.ts';
import { withFileLock } from '../../trials/file-lock.ts';
import { emptyLedger, ledgerShape, type LedgerState } from './ledger.ts';

export interface LedgerStore {
  /** Changes the state as it is then; nobody else changes it meanwhile. */
  change<Answer>(act: (state: LedgerState) => Answer): Promise<Answer>;
}

/** For one process alone. */
export function createPrivateLedger(): LedgerStore {
  const state = emptyLedger();
  return { change: (act) => Promise.resolve(act(state)) };
}

export interface SharedLedgerOptions {
  readonly path: string;
  /** When this machine started as far as its clocks tell, epoch milliseconds: steady times of before mean nothing. */
  readonly startedAt: () => number;
  /** The file cannot be used: this process goes on with a count of its own. Called once. */
  readonly unshared: (reason: string) => void;
}

const LOCK_PATIENCE_MS = 2_000;
/** Two readings of the machine's start lie this close together unless it was started anew. */
const START_TOLERANCE_MS = 60_000;

const fileShape = z.object({ version: z.literal(1), startedAt: z.number(), state: ledgerShape });

/** For all processes that name the same file. What cannot be read counts as nothing; what cannot be written is kept here. */
export function createSharedLedger({ path, startedAt, unshared }: SharedLedgerOptions): LedgerStore {
  const alone = createPrivateLedger();
  let isShared = true;
  let place: Promise<void> | undefined;
  const read = async (): Promise<LedgerState> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    const file = fileShape.safeParse(parse(text));
    const isOurs = file.success && Math.abs(file.data.startedAt - startedAt()) < START_TOLERANCE_MS;
    return isOurs ? file.data.state : emptyLedger();
  };
  const write = async (state: LedgerState): Promise<void> => {
    const temporary = `${path}.${process.pid}.${randomUUID().slice(0, 8)}`;
    try {
      await writeFile(temporary, JSON.stringify({ version: 1, startedAt: startedAt(), state }));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
  return {
    async change(act) {
      if (!isShared) return alone.change(act);
      let done: { readonly answer: ReturnType<typeof act> } | undefined;
      try {
        await (place ??= assertWritableFolder(dirname(path)));
        const once = async (): Promise<void> => {
          const state = await read();
          done = { answer: act(state) };
          await write(state);
        };
        await withFileLock(`${path}.lock`, once, LOCK_PATIENCE_MS);
      } catch (error) {
        isShared = false;
        unshared(error instanceof Error ? error.message : String(error));
      }
      return done === undefined ? alone.change(act) : done.answer;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
