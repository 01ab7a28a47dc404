// How does another process see that the bot lives? Its loop writes a word every second, after all that came before.
import type { Clock } from '../../ports/clock.ts';
import type { Heartbeat, HeartbeatStore } from '../../ports/heartbeat.ts';

export interface HeartbeatSetup {
  readonly store: HeartbeatStore;
  /** Of this machine, whatever time it is on the market. */
  readonly clock: Clock;
  readonly everyMs: number;
  readonly pid: number;
}

export type HeartbeatFacts = Pick<Heartbeat, 'latches' | 'positions'>;

export class HeartbeatWriter {
  private readonly setup: HeartbeatSetup;
  /** Runs in the bot's queue: a bot whose queue stands still does not write. */
  private readonly enqueue: (action: () => void) => void;
  private readonly facts: () => HeartbeatFacts;
  private sequence = 0;
  private hasEnded = false;
  private stopTimer: () => void = () => undefined;

  constructor(setup: HeartbeatSetup, enqueue: (action: () => void) => void, facts: () => HeartbeatFacts) {
    this.setup = setup;
    this.enqueue = enqueue;
    this.facts = facts;
  }

  begin(): void {
    if (this.hasEnded) return;
    this.write(true);
    const { clock, everyMs } = this.setup;
    this.stopTimer = clock.after(everyMs, () => this.enqueue(() => this.begin()));
  }

  /** The last word: it ends by itself. */
  end(): void {
    this.stopTimer();
    this.hasEnded = true;
    this.write(false);
  }

  private write(running: boolean): void {
    const { store, clock, pid } = this.setup;
    this.sequence += 1;
    store.write({ sequence: this.sequence, at: clock.now(), pid, running, ...this.facts() });
  }
}
