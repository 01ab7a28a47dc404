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

export function createClockOffset(options: ClockOffsetOptions): ClockOffset {
  return new MeasuredOffset(options);
}

class MeasuredOffset implements ClockOffset {
  measuredAt: number | undefined;
  private readonly options: ClockOffsetOptions;
  /** Venue time minus steady time, and our clock minus steady time, as of the last look. */
  private venueBase: number | undefined;
  private ownBase: number;
  private running: Promise<void> | undefined;
  private forgetTimer: (() => void) | undefined;
  private isStopped = false;
  /** A jump of our clock that was seen, but not told of yet. */
  private untold = 0;

  constructor(options: ClockOffsetOptions) {
    this.options = options;
    this.ownBase = options.clock.now() - options.steady();
  }

  get offsetMs(): number | undefined {
    const { clock, steady } = this.options;
    return this.venueBase === undefined ? undefined : steady() + this.venueBase - clock.now();
  }

  venueNow(): number {
    const { clock, steady } = this.options;
    return this.venueBase === undefined ? clock.now() : steady() + this.venueBase;
  }

  measure(): Promise<void> {
    this.running ??= this.measureNow().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  settle(): Promise<void> | undefined {
    const jump = this.ownJump();
    if (jump === 0) return undefined;
    this.untold += jump;
    return this.measure().catch(() => this.tellJumps(0));
  }

  start(): void {
    this.forgetTimer = this.options.clock.after(this.options.everyMs, () => {
      this.measure()
        .catch(() => undefined)
        .finally(() => {
          if (!this.isStopped) this.start();
        });
    });
  }

  stop(): void {
    this.isStopped = true;
    this.forgetTimer?.();
  }

  /** How far our clock has gone astray since the last look; 0: nowhere. */
  private ownJump(): number {
    const { clock, steady } = this.options;
    const jump = clock.now() - steady() - this.ownBase;
    if (Math.abs(jump) < JUMP_MS) return 0;
    this.ownBase += jump;
    return jump;
  }

  private tell(whose: 'own' | 'venue', byMs: number): void {
    if (Math.abs(byMs) < NOTICED_MS) return;
    this.options.notice({ kind: 'clock-jumped', whose, byMs, offsetMs: this.offsetMs ?? 0 });
  }

  /** A machine that slept sees both clocks ahead of its steady one: that is one jump, its own. */
  private tellJumps(venueJump: number): void {
    const own = this.untold + this.ownJump();
    this.untold = 0;
    this.tell('own', own);
    if (Math.abs(own) < NOTICED_MS || Math.abs(venueJump - own) >= NOTICED_MS) this.tell('venue', venueJump);
  }

  private async measureNow(): Promise<void> {
    const { steady, ask, clock } = this.options;
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
    const jump = this.venueBase === undefined ? 0 : base - this.venueBase;
    this.venueBase = base;
    this.measuredAt = clock.now();
    this.tellJumps(jump);
  }
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
