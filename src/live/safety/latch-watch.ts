// Has a switch been thrown? Kill: nothing is opened, everything goes, and the venue is asked until it says flat; pause: nothing is opened.
import { toExactJson } from '../../domain/exact-json.ts';
import type { Clock } from '../../ports/clock.ts';
import { LATCH_NAMES, type Latch, type LatchName, type LatchStore } from '../../ports/latch-store.ts';
import type { NewJournalRow } from '../../ports/journal.ts';
import type { FlattenProgress, FlattenReport } from './flatten-account.ts';

export interface LatchWatchSetup {
  readonly store: LatchStore;
  readonly clock: Clock;
  readonly block: (reason: string, blocked: boolean) => void;
  readonly write: (rows: readonly NewJournalRow[]) => void;
  /** Brings the account to nothing; resolves when the venue shows it. */
  readonly flatten: (progress: (now: FlattenProgress) => void) => Promise<FlattenReport>;
  readonly track: (work: Promise<void>) => void;
  readonly enqueue: (action: () => void) => void;
  readonly onKilled: (latch: Latch, report: FlattenReport) => void;
  /** The switch could not be written to the disk; it holds all the same. */
  readonly onUnwritable: (name: LatchName, latch: Latch, error: Error) => void;
}

/** What was on its way when the switch was thrown may fill late: flat is seen so often, so far apart, before it is believed. */
const LOOKS_AFTER_FLAT = 3;
const LOOK_AFTER_MS = 30_000;

/** The switches of one session. */
export class LatchWatch {
  private readonly setup: LatchWatchSetup;
  private readonly seen = new Map<LatchName, Latch>();
  /** Thrown here, and refused by the disk: written as soon as it takes it. */
  private readonly unwritten = new Map<LatchName, Latch>();

  constructor(setup: LatchWatchSetup) {
    this.setup = setup;
  }

  /** The switches that are set, as far as they have been looked at. */
  get set(): readonly LatchName[] {
    return [...this.seen.keys()];
  }

  /** False: a switch is set at this moment, so that no entry may leave. */
  get mayEnter(): boolean {
    return LATCH_NAMES.every((name) => this.read(name) === undefined);
  }

  /** Whether the canary may open something: its own switch does not keep it from showing that all is well again. */
  get mayTry(): boolean {
    return LATCH_NAMES.every((name) => name === 'canary' || this.read(name) === undefined);
  }

  /** Looks at the switches; what is new is acted upon, written down and stays until a person takes it back. */
  look(): void {
    for (const [name, latch] of this.unwritten) this.keep(name, latch);
    for (const name of LATCH_NAMES) {
      const latch = this.read(name);
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

  /** A rule of the bot itself throws a switch: first it is on the disk, then it is acted upon. */
  throwLatch(name: LatchName, latch: Latch): void {
    this.keep(name, latch);
    this.look();
  }

  /** Takes back the one that the bot itself sets and lifts; where the disk refuses, it stays. */
  takeBack(name: 'canary'): void {
    this.unwritten.delete(name);
    try {
      this.setup.store.clear(name);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    this.look();
  }

  private read(name: LatchName): Latch | undefined {
    return this.setup.store.read(name) ?? this.unwritten.get(name);
  }

  private keep(name: LatchName, latch: Latch): void {
    try {
      this.setup.store.set(name, latch);
      this.unwritten.delete(name);
    } catch (error) {
      // A disk that is full does not keep anybody from safety: it holds in memory, and is written when that can be done.
      if (!(error instanceof Error)) throw error;
      const isNew = !this.unwritten.has(name);
      this.unwritten.set(name, latch);
      if (isNew) this.setup.onUnwritable(name, latch, error);
    }
  }

  private kill(latch: Latch): void {
    const { flatten, track, enqueue, onKilled } = this.setup;
    this.report(latch, { state: 'flattening' });
    const told = (now: FlattenProgress): void => this.report(latch, { state: 'flattening', ...now });
    track(
      flatten(told).then((report) =>
        enqueue(() => {
          this.report(latch, { state: report.flat ? 'flat' : 'not flat', ...report });
          onKilled(latch, report);
          this.lookLater(latch, LOOKS_AFTER_FLAT);
        }),
      ),
    );
  }

  private lookLater(latch: Latch, looks: number): void {
    if (looks === 0) return;
    const { clock, enqueue, track, flatten, onKilled } = this.setup;
    clock.after(LOOK_AFTER_MS, () =>
      enqueue(() => {
        if (this.seen.get('kill') !== latch) return;
        track(
          flatten(() => undefined).then((report) =>
            enqueue(() => {
              const isNew = report.closed.length > 0 || report.cancelledOrders > 0;
              if (isNew) {
                this.report(latch, { state: report.flat ? 'flat' : 'not flat', ...report });
                onKilled(latch, report);
              }
              this.lookLater(latch, isNew ? LOOKS_AFTER_FLAT : looks - 1);
            }),
          ),
        );
      }),
    );
  }

  /** A file beside the switch says how far it is; the journal has the end. */
  private report(latch: Latch, what: Readonly<Record<string, unknown>>): void {
    this.setup.store.report('kill', { latch, by: 'the bot', ...what });
  }
}
