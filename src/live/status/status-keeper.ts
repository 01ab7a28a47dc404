// When is the status written? Every few seconds, and at once when the health changes; a loop that hangs is told as well.
import type { Clock } from '../../ports/clock.ts';
import { statusOf, type HealthRules } from './judge-health.ts';
import type { StatusDocument, StatusFacts } from './status-document.ts';

export interface StatusKeeperSetup {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly rules: HealthRules;
  readonly collect: (now: number) => StatusFacts;
  /** Resolves when the main loop has answered. */
  readonly probe: () => Promise<void>;
  readonly onLoop: (at: number) => void;
  /** Puts the text where readers find it, whole or not at all. */
  readonly write: (text: string) => Promise<void>;
  /** Called with every status that was made; `before` is the health of the one before. */
  readonly onStatus: (document: StatusDocument, before: StatusDocument['health'] | undefined) => void;
  /** Once for each time that writing begins to fail. */
  readonly onUnwritable: (error: unknown) => void;
}

export class StatusKeeper {
  private readonly setup: StatusKeeperSetup;
  private stopWaiting: () => void = () => undefined;
  private last: StatusDocument | undefined;
  private probing = false;
  private failing = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(setup: StatusKeeperSetup) {
    this.setup = setup;
  }

  get document(): StatusDocument | undefined {
    return this.last;
  }

  begin(): void {
    this.beat();
    this.stopWaiting = this.setup.clock.after(this.setup.intervalMs, () => this.begin());
  }

  /** Writes a last time and no more. */
  async end(): Promise<void> {
    this.stopWaiting();
    this.make();
    await this.writing;
  }

  /** Something happened that may have changed the health: written now if it has. */
  look(): void {
    const { clock, collect, rules } = this.setup;
    const now = clock.now();
    if (statusOf(collect(now), rules).health !== this.last?.health) this.make();
  }

  private beat(): void {
    if (!this.probing) void this.probe();
    this.make();
  }

  private async probe(): Promise<void> {
    this.probing = true;
    await this.setup.probe();
    this.probing = false;
    this.setup.onLoop(this.setup.clock.now());
  }

  private make(): void {
    const { clock, collect, rules, onStatus } = this.setup;
    const before = this.last?.health;
    const document = statusOf(collect(clock.now()), rules);
    this.last = document;
    onStatus(document, before);
    this.writing = this.writing.then(() => this.put(document));
  }

  private async put(document: StatusDocument): Promise<void> {
    try {
      await this.setup.write(`${JSON.stringify(document)}\n`);
      this.failing = false;
    } catch (error) {
      // A status that cannot be written is no reason to leave positions alone; its age tells the readers.
      if (!this.failing) this.setup.onUnwritable(error);
      this.failing = true;
    }
  }
}
