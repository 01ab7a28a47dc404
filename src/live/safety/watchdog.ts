// Who acts when the bot's loop hangs or has died? A process of its own: it reads heartbeat and switches, and has its own way to the venue.
import type { Clock } from '../../ports/clock.ts';
import type { Heartbeat, HeartbeatStore } from '../../ports/heartbeat.ts';
import type { Latch, LatchStore } from '../../ports/latch-store.ts';
import type { VenueAccount } from '../../ports/venue-account.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { FlattenProgress, FlattenReport } from './flatten-account.ts';
import { isEntryOf, type ProtectReport } from './protect-account.ts';

export interface WatchdogRules {
  /** A bot that says nothing for so long hangs. */
  readonly silentMs: number;
  /** A bot that says nothing of a kill for so long does not act on it. */
  readonly killGraceMs: number;
  /** What is done for a bot that hangs. */
  readonly onSilence: 'cancel_entries' | 'flatten';
  /** How often it looks. */
  readonly tickMs: number;
  /** After it has acted, and while the bot is silent, the account is looked at again so often. */
  readonly againMs: number;
}

export interface WatchdogSetup {
  readonly heartbeats: HeartbeatStore;
  readonly latches: LatchStore;
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly rules: WatchdogRules;
  readonly familyPrefix: string;
  readonly flatten: (progress: (now: FlattenProgress) => void) => Promise<FlattenReport>;
  readonly protect: (
    wantedStop: (symbol: string) => number | undefined,
    progress: (now: ProtectReport) => void,
  ) => Promise<ProtectReport>;
  readonly note: (text: string) => void;
}

/** The bot's word is old when it has not changed before the eyes of the watchdog: clocks of two processes are not compared. */
export class Watchdog {
  private readonly setup: WatchdogSetup;
  private beat: Heartbeat | undefined;
  private changedAt: number;
  private killSeen: { readonly latch: Latch; readonly at: number } | undefined;
  private actedAt = -Infinity;

  constructor(setup: WatchdogSetup) {
    this.setup = setup;
    this.changedAt = setup.clock.now();
  }

  /** Looks again and again until `signal` says that it is enough. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, rules, note } = this.setup;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        // The venue does not answer: it is asked again.
        if (!(error instanceof VenueError)) throw error;
        note(`${error.code}: ${error.message}`);
      }
      await new Promise<void>((resolve) => {
        const stop = clock.after(rules.tickMs, resolve);
        signal.addEventListener(
          'abort',
          () => {
            stop();
            resolve();
          },
          { once: true },
        );
      });
    }
  }

  /** Looks once, and does what has to be done. @throws VenueError */
  async look(): Promise<void> {
    const { clock, heartbeats, latches } = this.setup;
    const now = clock.now();
    const beat = heartbeats.read();
    if (beat?.sequence !== this.beat?.sequence || beat?.pid !== this.beat?.pid) this.changedAt = now;
    this.beat = beat;
    const kill = latches.read('kill');
    if (kill === undefined) this.killSeen = undefined;
    else if (this.killSeen?.latch.at !== kill.at || this.killSeen.latch.reason !== kill.reason) {
      this.killSeen = { latch: kill, at: now };
      this.actedAt = -Infinity;
    }
    if (kill !== undefined) await this.seeToKill(kill, now);
    else if (this.isSilent(now)) await this.seeToSilence(now);
  }

  private isSilent(now: number): boolean {
    return this.beat?.running === true && now - this.changedAt >= this.setup.rules.silentMs;
  }

  /** The bot lives and says that it acts on the kill. */
  private actsOnKill(now: number): boolean {
    return this.beat?.running === true && !this.isSilent(now) && this.beat.latches.includes('kill');
  }

  private async seeToKill(latch: Latch, now: number): Promise<void> {
    const { rules, flatten, latches, clock, note } = this.setup;
    if (this.actsOnKill(now)) return;
    const since = this.killSeen?.at ?? now;
    if (now - since < rules.killGraceMs || now - this.actedAt < rules.againMs) return;
    const isFirst = this.actedAt === -Infinity;
    if (isFirst) note(`the bot does not act on the kill switch (${latch.reason}): the watchdog closes everything`);
    const report = await flatten((progress) => {
      latches.report('kill', { latch, by: 'the watchdog', state: 'flattening', ...progress });
    });
    this.actedAt = clock.now();
    if (!isFirst && report.closed.length === 0 && report.cancelledOrders === 0) return;
    latches.report('kill', { latch, by: 'the watchdog', state: report.flat ? 'flat' : 'not flat', ...report });
    note(report.flat ? 'the venue shows neither a position nor an order' : 'the account is not flat');
  }

  private async seeToSilence(now: number): Promise<void> {
    const { rules, account, latches, familyPrefix, clock, note } = this.setup;
    if (now - this.actedAt < rules.againMs) return;
    const [positions, orders] = await Promise.all([account.positions(), account.openOrders()]);
    if (positions.length === 0 && !orders.some((order) => isEntryOf(order, familyPrefix))) return;
    // The switch first: a bot that wakes up in the midst of it opens nothing any more.
    const reason = `the bot has said nothing for ${Math.round((now - this.changedAt) / 1_000)} s`;
    const name = rules.onSilence === 'flatten' ? 'kill' : 'pause';
    latches.set(name, { reason, by: 'the watchdog', at: now });
    if (this.actedAt === -Infinity) note(`${reason}: ${name} is set`);
    if (name === 'kill') return;
    const stops = new Map(this.beat?.positions.map(({ symbol, stopPrice }) => [symbol, stopPrice]));
    const told = (state: string, report: ProtectReport): void =>
      latches.report('watchdog', { reason, at: clock.now(), state, ...report });
    const report = await this.setup.protect(
      (symbol) => stops.get(symbol),
      (progress) => told('acting', progress),
    );
    this.actedAt = clock.now();
    told('safe', report);
    const { cancelledEntries, emergencyStops, closed } = report;
    note(
      `no entry is open and every position has its stop: ${cancelledEntries.length} entries cancelled, ` +
        `${emergencyStops.length} emergency stops, ${closed.length} closed`,
    );
  }
}
