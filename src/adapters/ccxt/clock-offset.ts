// What time is it at the venue? Measured again and again against a clock that never jumps, so that ours may.
import type { Clock } from '../../ports/clock.ts';
import type { NoticeListener } from './notice.ts';

export interface ClockOffset {
  /** The venue's time now, epoch milliseconds; ours until it was measured. */
  venueNow(): number;
  /** Venue time minus our clock, milliseconds; undefined: not measured yet. */
  readonly offsetMs: number | undefined;
  /** Our clock, epoch milliseconds. */
  readonly measuredAt: number | undefined;
  /** Measures now; calls meanwhile share the measurement. Rejects as `ask` does when there is no sample at all. */
  measure(): Promise<void>;
  /** Measures if our clock or the machine has jumped since; never rejects. Undefined: nothing has to be waited for. */
  settle(): Promise<void> | undefined;
  /** Measures from time to time until `stop`. */
  start(): void;
  stop(): void;
}

export interface ClockOffsetOptions {
  readonly clock: Clock;
  /** Milliseconds that never jump. */
  readonly steady: () => number;
  /** The venue's time, epoch milliseconds. */
  readonly ask: () => Promise<number>;
  readonly notice: NoticeListener;
  readonly everyMs: number;
}

const SAMPLES = 5;
/** Our clock has jumped when it is this far from where the steady one says. */
const JUMP_MS = 250;
/** A change of the offset that is worth a notice. */
const NOTICED_MS = 500;

export function createClockOffset({ clock, steady, ask, notice, everyMs }: ClockOffsetOptions): ClockOffset {
  /** Venue time minus steady time, and our clock minus steady time, as of the last look. */
  let venueBase: number | undefined;
  let ownBase = clock.now() - steady();
  let measuredAt: number | undefined;
  let running: Promise<void> | undefined;
  let forgetTimer: (() => void) | undefined;
  let isStopped = false;
  /** A jump of our clock that was seen, but not told of yet. */
  let untold = 0;

  const offsetMs = (): number | undefined => (venueBase === undefined ? undefined : steady() + venueBase - clock.now());
  /** How far our clock has gone astray since the last look; 0: nowhere. */
  const ownJump = (): number => {
    const jump = clock.now() - steady() - ownBase;
    if (Math.abs(jump) < JUMP_MS) return 0;
    ownBase += jump;
    return jump;
  };
  const tell = (whose: 'own' | 'venue', byMs: number): void => {
    if (Math.abs(byMs) >= NOTICED_MS) notice({ kind: 'clock-jumped', whose, byMs, offsetMs: offsetMs() ?? 0 });
  };
  /** A machine that slept sees both clocks ahead of its steady one: that is one jump, its own. */
  const tellJumps = (venueJump: number): void => {
    const own = untold + ownJump();
    untold = 0;
    tell('own', own);
    if (Math.abs(own) < NOTICED_MS || Math.abs(venueJump - own) >= NOTICED_MS) tell('venue', venueJump);
  };
  const measureNow = async (): Promise<void> => {
    const samples: Sample[] = [];
    for (let count = 0; count < SAMPLES; count += 1) {
      const sentAt = steady();
      const venueTime = await ask().catch((error: unknown) => {
        if (samples.length === 0) throw error;
      });
      if (venueTime === undefined) break;
      const cameAt = steady();
      samples.push({ base: venueTime - (sentAt + cameAt) / 2, tripMs: cameAt - sentAt });
    }
    const base = medianOf(samples);
    const jump = venueBase === undefined ? 0 : base - venueBase;
    venueBase = base;
    measuredAt = clock.now();
    tellJumps(jump);
  };
  const measure = (): Promise<void> => {
    running ??= measureNow().finally(() => {
      running = undefined;
    });
    return running;
  };
  const later = (): void => {
    forgetTimer = clock.after(everyMs, () => {
      measure()
        .catch(() => undefined)
        .finally(() => {
          if (!isStopped) later();
        });
    });
  };
  return {
    venueNow: () => (venueBase === undefined ? clock.now() : steady() + venueBase),
    get offsetMs() {
      return offsetMs();
    },
    get measuredAt() {
      return measuredAt;
    },
    measure,
    settle() {
      const jump = ownJump();
      if (jump === 0) return undefined;
      untold += jump;
      return measure().catch(() => tellJumps(0));
    },
    start: later,
    stop() {
      isStopped = true;
      forgetTimer?.();
    },
  };
}

interface Sample {
  readonly base: number;
  readonly tripMs: number;
}

/** Of the samples whose trip was short, because a long one may have been long on one side only. */
function medianOf(samples: readonly Sample[]): number {
  const shortest = Math.min(...samples.map(({ tripMs }) => tripMs));
  const good = samples.filter(({ tripMs }) => tripMs <= 2 * shortest + 5).map(({ base }) => base);
  good.sort((a, b) => a - b);
  const middle = good.length >> 1;
  return good.length % 2 === 1 ? good[middle] : (good[middle - 1] + good[middle]) / 2;
}
