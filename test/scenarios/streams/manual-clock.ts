// Which time do tests have? One that stands still until it is told to go on, with every timer in its order.
import type { Clock } from '../../../src/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Lets `ms` go by; timers fire in order, and promises between them settle. */
  advance(ms: number): Promise<void>;
  /** Timers that have not fired. */
  readonly waiting: number;
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

export function createManualClock(start: number): ManualClock {
  let now = start;
  let count = 0;
  const timers = new Set<Timer>();
  const next = (until: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  };
  return {
    now: () => now,
    after(delayMs, wake) {
      count += 1;
      const timer = { at: now + delayMs, order: count, wake };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.wake();
        await settle();
      }
      now = until;
    },
    get waiting() {
      return timers.size;
    },
  };
}

/** Promises that depend on nothing but each other are settled after a few turns. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
}
