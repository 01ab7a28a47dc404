// Which funding was known at a close? Stamps as they come, and whether one is still to be asked for.
import { HOUR_MS } from '../../domain/time.ts';
import type { FundingStamp } from '../../ports/venue-market.ts';
import type { FundingView } from '../../strategy/strategy.ts';

/** Stamps are kept for so many; more are never looked at. */
const KEPT = 64;

/** The funding of one symbol. */
export class FundingBook {
  private stamps: FundingStamp[] = [];
  private readonly intervalMs: number;

  /** `intervalHours`: spacing of stamps as the venue says now; undefined: every eight hours. */
  constructor(intervalHours: number | undefined) {
    this.intervalMs = (intervalHours ?? 8) * HOUR_MS;
  }

  /** Takes stamps in, in any order, each once. */
  take(stamps: readonly FundingStamp[]): void {
    const known = new Map([...this.stamps, ...stamps].map((stamp) => [stamp.time, stamp]));
    this.stamps = [...known.values()].sort((a, b) => a.time - b.time).slice(-KEPT);
  }

  /** From when on stamps have to be asked for, so that all up to `time` are known; undefined: none can be missing. */
  missingSince(time: number): number | undefined {
    const last = this.stamps.at(-1)?.time;
    if (last === undefined) return time - 2 * this.intervalMs;
    // Stamps lie on multiples of their spacing in UTC; a spacing that has become shorter is noticed at the next of those.
    const next = (Math.floor(last / this.intervalMs) + 1) * this.intervalMs;
    return next <= time ? last + 1 : undefined;
  }

  /** The view at a close: the last stamp at or before it, and the one before that. */
  viewAt(time: number): FundingView {
    const at = this.stamps.findLastIndex((stamp) => stamp.time <= time);
    const last = at < 0 ? undefined : this.stamps[at];
    const previous = at < 1 ? undefined : this.stamps[at - 1];
    return { rate: last?.rate ?? NaN, previousRate: previous?.rate ?? NaN, time: last?.time ?? NaN };
  }
}
