// Has a switch been thrown? Kill: nothing is opened, everything goes, and the venue is asked until it says flat; pause: nothing is opened.
import { toExactJson } from '../../domain/exact-json.ts';
import type { Clock } from '../../ports/clock.ts';
import { LATCH_NAMES, type Latch, type LatchName, type LatchStore } from '../../ports/latch-store.ts';
import type { NewJournalRow } from '../../ports/journal.ts';
import type { FlattenReport } from './flatten-account.ts';

export interface LatchWatchSetup {
  readonly store: LatchStore;
  readonly clock: Clock;
  readonly block: (reason: string, blocked: boolean) => void;
  readonly write: (rows: readonly NewJournalRow[]) => void;
  /** Brings the account to nothing; resolves when the venue shows it. */
  readonly flatten: () => Promise<FlattenReport>;
  readonly track: (work: Promise<void>) => void;
  readonly enqueue: (action: () => void) => void;
  readonly onKilled: (latch: Latch, report: FlattenReport) => void;
}

/** The switches of one session. */
export class LatchWatch {
  private readonly setup: LatchWatchSetup;
  private readonly seen = new Map<LatchName, Latch>();

  constructor(setup: LatchWatchSetup) {
    this.setup = setup;
  }

  /** Looks at the switches; what is new is acted upon, written down and stays until a person takes it back. */
  look(): void {
    for (const name of LATCH_NAMES) {
      const latch = this.setup.store.read(name);
      const known = this.seen.get(name);
      if ((latch === undefined) === (known === undefined)) continue;
      if (latch === undefined) this.seen.delete(name);
      else this.seen.set(name, latch);
      const at = this.setup.clock.now();
      const payload = toExactJson({ set: latch !== undefined, ...(latch ?? known) });
      this.setup.write([{ stream: 'latch', key: name, eventTime: at, receivedTime: at, payload }]);
      this.setup.block(name, latch !== undefined);
      if (name === 'kill' && latch !== undefined) this.kill(latch);
    }
  }

  /** A rule of the bot itself throws the switch. */
  throwKill(latch: Latch): void {
    this.setup.store.set('kill', latch);
    this.look();
  }

  private kill(latch: Latch): void {
    const { flatten, track, enqueue, onKilled } = this.setup;
    track(flatten().then((report) => enqueue(() => onKilled(latch, report))));
  }
}
