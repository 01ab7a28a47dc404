// How fast does market time run? A multiple of wall time, or only when it is told to (lock-step).
import type { Clock } from '../../ports/clock.ts';
import type { SimulatedExchange } from '../core/exchange.ts';

export type Speed = number | 'lockstep';

/** How often market time moves while it runs by itself, milliseconds of wall time. */
export const TICK_MS = 100;

export interface PaceParts {
  readonly exchange: Pick<SimulatedExchange, 'now' | 'ended' | 'advanceTo'>;
  readonly clock: Clock;
  readonly speed: Speed;
  /** Called after every move of market time by itself. */
  readonly moved: () => void;
}

/**
 * Starts market time. With a number it runs so many times as fast as wall time, in ticks; the market stands still between
 * them. A jump by hand does not disturb it: time goes on from where it was put. The returned function stops it.
 */
export function startPace({ exchange, clock, speed, moved }: PaceParts): () => void {
  if (speed === 'lockstep') return () => undefined;
  let before = clock.now();
  let cancel: (() => void) | undefined;
  const tick = (): void => {
    const now = clock.now();
    // A wall clock that is set back must not stop the market for as long as it was set back.
    exchange.advanceTo(exchange.now + Math.max(0, now - before) * speed);
    before = now;
    moved();
    if (!exchange.ended) cancel = clock.after(TICK_MS, tick);
  };
  cancel = clock.after(TICK_MS, tick);
  return () => cancel?.();
}
