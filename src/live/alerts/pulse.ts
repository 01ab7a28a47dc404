// Would a person notice that the bot is dead? A word every day, and a ping to a watch outside while the bot is not unhealthy.
import { DAY_MS, HOUR_MS, utcDay } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

export interface PulseSetup {
  readonly clock: Clock;
  /** Hour of the day, UTC, of the daily word; undefined: none. */
  readonly dailyHour: number | undefined;
  readonly onDaily: () => void;
  /** Milliseconds between pings; undefined: nobody watches from outside. */
  readonly pingEveryMs: number | undefined;
  /** False: no ping is sent, so that the watch outside raises its alarm. */
  readonly isAlive: () => boolean;
  readonly ping: () => Promise<void>;
  readonly onPingFailed: (error: unknown) => void;
}

/** Begins; the returned function ends it. */
export function startPulse(setup: PulseSetup): () => void {
  const stops = new Map<string, () => void>();
  const daily = (hour: number): void => {
    const now = setup.clock.now();
    stops.set(
      'daily',
      setup.clock.after(untilHour(now, hour), () => {
        setup.onDaily();
        daily(hour);
      }),
    );
  };
  const ping = (everyMs: number): void => {
    if (setup.isAlive()) setup.ping().catch(setup.onPingFailed);
    stops.set(
      'ping',
      setup.clock.after(everyMs, () => ping(everyMs)),
    );
  };
  if (setup.dailyHour !== undefined) daily(setup.dailyHour);
  if (setup.pingEveryMs !== undefined) ping(setup.pingEveryMs);
  return () => {
    for (const stop of stops.values()) stop();
  };
}

function untilHour(now: number, hour: number): number {
  const today = utcDay(now) * DAY_MS + hour * HOUR_MS;
  return (today > now ? today : today + DAY_MS) - now;
}
