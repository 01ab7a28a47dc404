// How does one life of the bot go, and when does it end? In a process of its own, killed at an instant that chance chose.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../src/domain/random.ts';

const LONGEST_LIFE_MS = 600_000;
/** With this code it ends when the venue was not to be had at the start. */
export const CANNOT_START = 4;
/** Every other death comes soon after the start; the others come so far on, as a share of the month's time per kill. */
const SOON = 0.5;
const FARTHEST = 2;
const HOUR = 3_600_000;

export type KillKind = 'commit' | 'request' | 'instant';

export interface DeathPlan {
  readonly kind: KillKind;
  /** It does not die before this time of the market. */
  readonly from: number;
  /** Whatever it was to die at has not come until then: it dies at this instant. */
  readonly by: number;
  readonly words: readonly string[];
  /** Milliseconds after `from`, or after the start where the market has come so far already. */
  readonly afterMs: number | undefined;
}

/** At a commit, at a request that changes something, or at a random instant; `left` kills have to fit between `now` and `until`. */
export function deathPlan(
  random: Random,
  { now, until, left }: { readonly now: number; readonly until: number; readonly left: number },
): DeathPlan {
  const isSoon = random.next() < SOON;
  // Some months have long times in which nothing is written.
  const share = Math.max(0, until - now) / (left + 3);
  const from = isSoon ? now : Math.floor(now + random.next() * FARTHEST * share);
  const by = from + Math.max(HOUR, Math.floor(random.next() * FARTHEST * share));
  const draw = random.next();
  if (draw >= 0.7) return { kind: 'instant', from, by, words: [], afterMs: (isSoon ? 100 : 0) + random.below(900) };
  const kind = draw < 0.45 ? 'commit' : 'request';
  const at = 1 + random.below(kind === 'commit' ? 70 : 10);
  const when = ['before', 'during', 'after'][random.below(3)];
  const words = ['--die-at', `${kind}:${at}:${when}`, '--die-from', String(from)];
  return { kind, from, by, words, afterMs: undefined };
}

export type Death =
  /** `byHand`: from outside, and not at one of its own doors. */
  | { readonly kind: 'killed'; readonly byHand: boolean }
  | { readonly kind: 'ended' }
  /** The venue was not to be had: it is to be started again. */
  | { readonly kind: 'not-started'; readonly text: string }
  /** It came to no end. */
  | { readonly kind: 'hung'; readonly text: string }
  | { readonly kind: 'failed'; readonly code: number; readonly text: string };

export interface LifeOptions {
  /** Where compiled modules are remembered between lives. */
  readonly cache: string;
  /** It is killed so long after `due`, whichever comes first. */
  readonly kills?: readonly { readonly due: Promise<void>; readonly afterMs: number }[] | undefined;
  /** A life that comes to no end in this time hangs. */
  readonly longestMs?: number | undefined;
}

/** One life of the bot, in a process of its own. */
export function live(words: readonly string[], options: LifeOptions): Promise<Death> {
  const { cache, kills = [], longestMs = LONGEST_LIFE_MS } = options;
  const file = fileURLToPath(new URL('bot-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const kill = (): void => void child.kill('SIGKILL');
  let hangs = false;
  const timers = [
    setTimeout(() => {
      hangs = true;
      kill();
    }, longestMs),
  ];
  let byHand = false;
  const killByHand = (): void => {
    byHand = true;
    kill();
  };
  for (const { due, afterMs } of kills) void due.then(() => timers.push(setTimeout(killByHand, afterMs)));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      if (hangs) resolve({ kind: 'hung', text: `it had come to no end after ${longestMs} ms ${text}` });
      else if (signal === 'SIGKILL') resolve({ kind: 'killed', byHand });
      else if (code === CANNOT_START) resolve({ kind: 'not-started', text });
      else resolve(code === 0 ? { kind: 'ended' } : { kind: 'failed', code: code ?? -1, text });
    });
  });
}
