// How does a log on disk only ever grow? Whole lines under a lock, flushed, chained by hashes, its end noted beside it.
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PerpilotError, type ErrorCode } from '../../domain/errors.ts';
import { CHAIN_START, chainLines, readChain, type ChainHead, type ChainReading } from '../../domain/hash-chain.ts';
import type { TrialStore } from '../../ports/trial-store.ts';
import { outputError } from '../system/output-error.ts';
import { withFileLock } from './file-lock.ts';

/** The log cannot be read, or a line is not as it was written. */
const UNREADABLE: ErrorCode = 'DATA_CORRUPT';

export interface ChainedFileOptions<Entry> {
  /** JSON lines; `<path>.head` holds their number and the last hash, `<path>.lock` exists while somebody writes. */
  readonly path: string;
  /** Undefined: not an entry of this log. */
  readonly parse: (value: unknown) => Entry | undefined;
  /** How long another process may hold the lock, milliseconds. */
  readonly patienceMs?: number;
}

/**
 * The log in `path`. A crash while appending leaves the old lines and perhaps some whole new ones; the rest of a line cut
 * off is removed by the next append. An end noted in `<path>.head` shows when last lines were removed.
 */
export function createChainedFile<Entry>(options: ChainedFileOptions<Entry>): TrialStore<Entry> {
  const { path, parse, patienceMs } = options;
  const headPath = `${path}.head`;

  const entries = (reading: SoundReading): readonly Entry[] =>
    reading.entries.map((value, index) => {
      const entry = parse(value);
      if (entry === undefined) throw touched(path, { line: index + 1, reason: 'holds no entry of this log' });
      return entry;
    });

  const appendLocked = async (plan: Parameters<TrialStore<Entry>['append']>[0]): Promise<readonly Entry[]> => {
    const reading = await readSound(path, headPath);
    const added = plan(entries(reading));
    if (added.length > 0) await writeBehind({ path, headPath, reading, added });
    return added;
  };

  return {
    entries: async () => entries(await readSound(path, headPath)),
    async append(plan) {
      try {
        await mkdir(dirname(path), { recursive: true });
        return await withFileLock(`${path}.lock`, () => appendLocked(plan), patienceMs);
      } catch (error) {
        throw error instanceof PerpilotError ? error : outputError(path, error);
      }
    },
  };
}

type SoundReading = Extract<ChainReading, { kind: 'sound' }>;

/** The noted end is read first: a log that grows meanwhile still holds it. */
async function readSound(path: string, headPath: string): Promise<SoundReading> {
  const anchor = parseHead(headPath, await readIfThere(headPath));
  const reading = readChain((await readIfThere(path)) ?? '', anchor);
  if (reading.kind === 'broken') throw touched(path, reading);
  return reading;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new PerpilotError(UNREADABLE, [{ message: `cannot read ${path}: ${error.message}`, where: path }]);
  }
}

function parseHead(headPath: string, text: string | undefined): ChainHead {
  if (text === undefined) return CHAIN_START;
  const [, lines, hash] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  if (lines === undefined || hash === undefined)
    throw new PerpilotError(UNREADABLE, [{ message: 'the noted end of the log was changed', where: headPath }]);
  return { lines: Number(lines), hash };
}

interface Writing {
  readonly path: string;
  readonly headPath: string;
  readonly reading: SoundReading;
  readonly added: readonly unknown[];
}

/**
 * The new end is on the disk before the lines are, under another name: a disk that is full says so before anything has
 * changed. Lines that do not fit are taken back. What a crash cut off earlier goes first.
 */
async function writeBehind({ path, headPath, reading, added }: Writing): Promise<void> {
  const { text, head } = chainLines(reading.head, added);
  const nextHead = `${headPath}.tmp`;
  try {
    await withFile(nextHead, 'w', (file) => file.writeFile(`${head.lines} ${head.hash}\n`));
    await withFile(path, 'a', async (file) => {
      if (reading.torn !== '') await file.truncate(reading.length);
      try {
        await file.writeFile(reading.lacksLineFeed ? `\n${text}` : text, 'latin1');
        await file.sync();
        await rename(nextHead, headPath);
      } catch (error) {
        await file.truncate(reading.length);
        throw error;
      }
    });
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(nextHead, { force: true });
    throw error;
  }
}

async function withFile(path: string, flags: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags);
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes new names durable; Windows cannot open a folder and needs no such step. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await withFile(path, 'r', async () => undefined);
}

function touched(path: string, { line, reason }: { readonly line: number; readonly reason: string }): PerpilotError {
  return new PerpilotError(UNREADABLE, [
    {
      message: `line ${line} of ${path} ${reason}`,
      where: `${path}:${line}`,
      hint: 'restore the file from a copy: what it counts can no longer be trusted',
    },
  ]);
}
