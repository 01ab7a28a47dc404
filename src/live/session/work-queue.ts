// In which order is everything done? One thing after the other, and work on its way is known until it has come back.

import type { Clock } from '../../ports/clock.ts';

/** A queue that runs its actions one after the other, never inside each other. */
export class WorkQueue {
  private readonly actions: (() => void)[] = [];
  private readonly onFatal: (error: unknown) => void;
  private running = false;
  private scheduled = false;
  private inFlight = 0;
  private wakers: (() => void)[] = [];
  private halted = false;
  private waiting = 0;

  /** `onFatal` hears of what an action or tracked work threw: a broken invariant, after which nothing may go on. */
  constructor(onFatal: (error: unknown) => void) {
    this.onFatal = onFatal;
  }

  /** Nothing runs any more, whatever still comes: the end of a life of the program. */
  halt(): void {
    this.halted = true;
    this.actions.length = 0;
    this.wake();
  }

  /** True: tracked work waits for time to pass. */
  get isWaiting(): boolean {
    return this.waiting > 0;
  }

  get isHalted(): boolean {
    return this.halted;
  }

  /** True: nothing waits and nothing is on its way. */
  get quiet(): boolean {
    return this.actions.length === 0 && !this.running && this.inFlight === 0;
  }

  /** Runs `action` after all that was put in before. */
  readonly enqueue = (action: () => void): void => {
    if (this.halted) return;
    this.actions.push(action);
    if (this.scheduled || this.running) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.drain();
    });
  };

  /** The same, for tracked work that goes on afterwards; it never does when the queue has been halted. */
  readonly run = (action: () => void): Promise<void> =>
    new Promise((resolve) => {
      this.enqueue(() => {
        action();
        resolve();
      });
    });

  /** Counts `work` as on its way until it has ended. */
  readonly track = (work: Promise<void>): void => {
    this.inFlight += 1;
    work
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.inFlight -= 1;
        this.wake();
      });
  };

  /** The same clock for tracked work: while it waits for time to pass it is not on its way. */
  waitingClock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delayMs, wake) => {
        this.inFlight -= 1;
        this.waiting += 1;
        this.wake();
        const goOn = (): void => {
          this.inFlight += 1;
          this.waiting -= 1;
        };
        const stop = clock.after(delayMs, () => {
          goOn();
          wake();
        });
        return () => {
          goOn();
          stop();
        };
      },
    };
  }

  /** Resolves when something has happened. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.wakers.push(resolve);
    });
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    while (!this.quiet) await this.next();
  }

  private drain(): void {
    this.running = true;
    try {
      for (let action = this.actions.shift(); action !== undefined; action = this.actions.shift()) action();
    } catch (error) {
      // The only place where a broken promise of the program surfaces: whoever supervises it ends it.
      this.fail(error);
    } finally {
      this.running = false;
      this.wake();
    }
  }

  private fail(error: unknown): void {
    if (this.halted) return;
    this.halt();
    this.onFatal(error);
  }

  private wake(): void {
    const wakers = this.wakers;
    this.wakers = [];
    for (const wake of wakers) wake();
  }
}
