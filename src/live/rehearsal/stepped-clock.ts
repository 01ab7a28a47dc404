// What time is it when time moves in steps? What the market says, and timers fire when a step has passed them.
import type { Clock } from '../../ports/clock.ts';

interface Timer {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is moved. */
export class SteppedClock implements Clock {
  private time: number;
  private timers: Timer[] = [];

  constructor(start: number) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(delayMs: number, wake: () => void): () => void {
    const timer = { due: this.time + delayMs, wake };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** When the next timer fires, epoch milliseconds; Infinity: none waits. */
  get nextDue(): number {
    return this.timers.reduce((least, { due }) => Math.min(least, due), Infinity);
  }

  /** Moves on to `time`; timers that were passed fire once, in the order in which they were due, at the new time. */
  moveTo(time: number): void {
    this.time = Math.max(this.time, time);
    const due = this.timers.filter((timer) => timer.due <= this.time).sort((a, b) => a.due - b.due);
    this.timers = this.timers.filter((timer) => timer.due > this.time);
    for (const { wake } of due) wake();
  }
}
