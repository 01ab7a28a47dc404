// How is a venue asked by somebody who has time? Again and again after failures that pass, until it is not worth it any more.
import { PerpilotError } from '../domain/errors.ts';
import { VenueError } from '../domain/venue-error.ts';
import type { Clock } from '../ports/clock.ts';

export interface Patience {
  readonly clock: Clock;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Longest time from the first failure of a request to giving it up. */
  readonly longestMs: number;
  /** Told before each wait. */
  readonly waiting: (failure: VenueError, waitMs: number) => void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * The answer to `ask`, which only reads.
 * @throws VenueError the last failure; PerpilotError INTERRUPTED when told to stop, even while `ask` is under way
 */
export async function askPatiently<Answer>(ask: () => Promise<Answer>, patience: Patience): Promise<Answer> {
  const { clock, signal, longestMs, waiting } = patience;
  let failedAt: number | undefined;
  for (let failures = 0; ; failures += 1) {
    // Before it asks: an answer that nobody waits for would end the program where it is a failure.
    signal.throwIfAborted();
    try {
      return await untilAborted(ask(), signal);
    } catch (error) {
      if (!(error instanceof VenueError) || !error.retryable) throw error;
      const now = clock.now();
      failedAt ??= now;
      const usual = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 20));
      const waitMs = Math.max(usual, (error.retryAt ?? 0) - now);
      if (now + waitMs - failedAt > longestMs) throw error;
      waiting(error, waitMs);
      await pause(clock, waitMs, signal);
    }
  }
}

/** What `promise` gives, or the reason of `signal`, whichever comes first. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const end = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(reasonOf(signal));
    signal.addEventListener('abort', () => reject(reasonOf(signal)), { once: true, signal: end.signal });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    end.abort();
  }
}

/** Resolves after `ms`, rejects with the reason of `signal`. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const takeBack = clock.after(ms, resolve);
  try {
    await untilAborted(promise, signal);
  } finally {
    takeBack();
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new PerpilotError('INTERRUPTED', 'stopped before the end');
}
