// When are a symbol's orders cancelled because their owner has gone silent? When a countdown ends that was not set anew.
import type { Clock } from '../../../ports/clock.ts';

export interface Countdowns {
  /** Sets the countdown of a symbol anew, milliseconds of wall time; 0 stops it. */
  set(symbol: string, delayMs: number): void;
  stopAll(): void;
}

/** `cancel` takes the orders of a symbol out of the ordinary book; conditional ones stay, so that stops survive. */
export function createCountdowns(clock: Clock, cancel: (symbol: string) => void): Countdowns {
  const running = new Map<string, () => void>();
  const stop = (symbol: string): void => {
    running.get(symbol)?.();
    running.delete(symbol);
  };
  return {
    set(symbol, delayMs) {
      stop(symbol);
      if (delayMs === 0) return;
      const end = (): void => {
        running.delete(symbol);
        cancel(symbol);
      };
      running.set(symbol, clock.after(delayMs, end));
    },
    stopAll() {
      for (const symbol of running.keys()) stop(symbol);
    },
  };
}
