// Who may write a file now? One process at a time; a lock whose holder has died is taken away.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PerpilotError } from '../../domain/errors.ts';

/** How long a lock of a living process is waited for unless told otherwise, milliseconds. */
const PATIENCE_MS = 30_000;
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** Who holds a lock; `token` is new for every time it is taken. */
interface Holder {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** Start of the process in the system's own count, so that a process with a reused id is not taken for the holder. */
  readonly started: string | undefined;
}

/**
 * Runs `action` while the file `lockPath` belongs to this call alone, among all processes of all machines that see it.
 * @throws PerpilotError OUTPUT_UNWRITABLE when a living holder does not let go within `patienceMs`
 */
export async function withFileLock<Value>(
  lockPath: string,
  action: () => Promise<Value>,
  patienceMs = PATIENCE_MS,
): Promise<Value> {
  await acquire(lockPath, performance.now() + patienceMs);
  try {
    return await action();
  } finally {
    await rm(lockPath, { force: true });
  }
}

/** Takes away what processes have left that died while they waited for the lock. For its holder. */
export async function removeDeadWaiters(lockPath: string): Promise<void> {
  const folder = dirname(lockPath);
  const begin = `${basename(lockPath)}.`;
  const isWaiter = (name: string): boolean => name.startsWith(begin) && /^[0-9a-f]{8}$/.test(name.slice(begin.length));
  for (const name of (await readdir(folder)).filter(isWaiter)) {
    const path = join(folder, name);
    // Half a file is of one that died while it wrote.
    const waiter = await holderOf(path).catch(() => 'half' as const);
    if (waiter === 'half' || (waiter !== undefined && hasDied(waiter))) await rm(path, { force: true });
  }
}

async function acquire(lockPath: string, deadline: number): Promise<void> {
  const token = randomUUID();
  const own = `${lockPath}.${token.slice(0, 8)}`;
  const me: Holder = { token, host: hostname(), pid: process.pid, started: startOf(process.pid) };
  try {
    await writeFile(own, JSON.stringify(me), { flag: 'wx' });
    for (let wait = SHORTEST_PAUSE_MS; !(await linked(own, lockPath)); wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      const holder = await holderOf(lockPath);
      if (holder === undefined) continue;
      if (hasDied(holder)) await takeAway(lockPath, holder, deadline);
      else if (performance.now() > deadline) throw heldTooLong(lockPath, holder);
      else await pause(wait);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** The lock appears with its content or not at all; false: somebody else has it. */
async function linked(own: string, lockPath: string): Promise<boolean> {
  try {
    await link(own, lockPath);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead holder. Two processes may see the same dead holder: only the one that holds the lock on the
 * removal may remove, and only what it still finds there. Should that one die too, its lock is taken away the same way.
 */
async function takeAway(lockPath: string, dead: Holder, deadline: number): Promise<void> {
  const removal = `${lockPath}.x`;
  await acquire(removal, deadline);
  try {
    const holder = await holderOf(lockPath);
    if (holder?.token === dead.token) await rm(lockPath, { force: true });
  } finally {
    await rm(removal, { force: true });
  }
}

/** Undefined: the lock has just been released. */
async function holderOf(lockPath: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(lockPath, 'utf8'));
    if (isHolder(holder)) return holder;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new PerpilotError('OUTPUT_UNWRITABLE', [
    { message: `${lockPath} is not a lock`, where: lockPath, hint: 'remove it when no perpilot runs' },
  ]);
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'token' in value &&
    typeof value.token === 'string' &&
    'host' in value &&
    typeof value.host === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number'
  );
}

/** Nothing is known of processes on other machines: they count as alive. */
function hasDied({ host, pid, started }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
  const now = startOf(pid);
  return started !== undefined && now !== undefined && now !== started;
}

/** Field 22 of Linux's /proc/<pid>/stat, counted behind the name in brackets; undefined elsewhere. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function heldTooLong(lockPath: string, { pid, host }: Holder): PerpilotError {
  return new PerpilotError('OUTPUT_UNWRITABLE', [
    {
      message: `process ${pid} on ${host} has been writing for too long`,
      where: lockPath,
      hint: 'wait for it, or remove the lock when it no longer runs',
    },
  ]);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
