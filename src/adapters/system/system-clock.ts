// What time is it really? The clock and the timers of this machine.
import type { Clock } from '../../ports/clock.ts';

/** The machine's clock. A timer keeps the process alive until it has fired or was taken back. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    after(delayMs, wake) {
      const timer = setTimeout(wake, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
