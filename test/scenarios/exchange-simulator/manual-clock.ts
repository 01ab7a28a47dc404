// Which clock do tests turn by hand? One whose timers fire only when it is moved.
import type { Clock } from '../../../src/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Moves on by so many milliseconds; what falls due fires in order, at its own time. */
  advance(byMs: number): void;
  /** Timers that wait. */
  readonly waiting: number;
}

export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let time = start;
  let timers: { readonly due: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    after(delayMs, wake) {
      const timer = { due: time + delayMs, wake };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(byMs) {
      const until = time + byMs;
      for (;;) {
        const [next] = timers.filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due);
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        time = Math.max(time, next.due);
        next.wake();
      }
      time = until;
    },
    get waiting() {
      return timers.length;
    },
  };
}
