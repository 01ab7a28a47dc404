// When does the bot have its models trained anew? When the schedule asks, one training at a time, and every one of them is journaled.
import { PerpilotError } from '../../domain/errors.ts';
import type { Registry } from '../../ports/model-store.ts';
import { lastRenewal, shadowEnd } from '../../training/registry-changes.ts';
import { nextTraining, retrainCauses, type RetrainCause } from '../../training/renewal-schedule.ts';
import type { SessionHand } from '../session/session-hand.ts';
import type { RenewalDeskSetup } from './renewal-source.ts';

/** The schedule is asked so often, milliseconds. */
const ASK_MS = 60_000;

/** How far the renewal of models is. */
export interface RetrainState {
  /** Since when one is under way, epoch milliseconds. */
  readonly since: number | undefined;
  /** When the last one ended, and what came of it. */
  readonly last: { readonly at: number; readonly outcome: string } | undefined;
  /** When the calendar or the age asks next; undefined: never, or not known yet. */
  readonly next: number | undefined;
}

/** Trainings of one session. */
export class RetrainKeeper {
  private readonly session: SessionHand;
  private readonly setup: RenewalDeskSetup;
  private since: number | undefined;
  private last: RetrainState['last'];
  private next: number | undefined;
  private driftSince: number | undefined;
  private guardSince: number | undefined;
  private stopAsking: () => void = () => undefined;

  constructor(session: SessionHand, setup: RenewalDeskSetup) {
    this.session = session;
    this.setup = setup;
  }

  get state(): RetrainState {
    const { since, last, next } = this;
    return { since, last, next };
  }

  begin(): void {
    if (this.setup.retraining === undefined) return;
    for (const { payload, eventTime } of this.setup.journal.read({ stream: 'renewal' })) {
      const { kind, outcome } = JSON.parse(payload) as { readonly kind: string; readonly outcome: string };
      // One that has begun and not ended died with the program: the schedule asks again.
      if (kind === 'ended') this.last = { at: eventTime, outcome };
    }
    this.askLater();
  }

  end(): void {
    this.stopAsking();
    this.setup.retraining?.job.end();
  }

  drifted(at: number): void {
    this.driftSince = Math.max(at, this.driftSince ?? -Infinity);
  }

  guardPaused(at: number): void {
    this.guardSince = at;
  }

  private askLater(): void {
    const { queue } = this.session;
    this.stopAsking = this.setup.clock.after(ASK_MS, () => {
      queue.enqueue(() => queue.track(this.ask()));
      this.askLater();
    });
  }

  private async ask(): Promise<void> {
    const { store, clock, retraining } = this.setup;
    if (retraining === undefined || this.since !== undefined) return;
    const registry = await store.registry().catch((error: unknown) => {
      // The desk of champions tells of it.
      if (!(error instanceof PerpilotError)) throw error;
    });
    if (registry === undefined) return;
    const now = clock.now();
    const lastTraining = this.lastTraining(registry);
    const { driftSince, guardSince } = this;
    const shadowUntil = shadowEnd(registry, retraining.shadowDays);
    const causes = retrainCauses(now, retraining.rules, { lastTraining, driftSince, guardSince, shadowUntil });
    this.next = lastTraining === undefined ? undefined : nextTraining(retraining.rules, lastTraining);
    if (causes.length === 0) return;
    this.since = now;
    const done = this.train(causes, now);
    if (retraining.job.holdsTheMarket) await done;
  }

  private lastTraining(registry: Registry): number | undefined {
    const times = [lastRenewal(registry), this.last?.at].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  private async train(causes: readonly RetrainCause[], now: number): Promise<void> {
    const { queue } = this.session;
    const job = this.setup.retraining?.job;
    await queue.run(() => this.write('begun', now, { causes }));
    let outcome: string;
    let failed = false;
    try {
      outcome = (await job?.run({ causes, now })) ?? '';
    } catch (error) {
      failed = true;
      outcome = error instanceof Error ? error.message : String(error);
    }
    await queue.run(() => {
      const at = this.setup.clock.now();
      this.since = undefined;
      this.last = { at, outcome };
      this.write('ended', at, { causes, outcome, failed });
      if (!failed) return;
      this.session.incident({ kind: 'retraining-failed', symbol: undefined, detail: { problem: outcome }, time: at });
    });
  }

  private write(kind: 'begun' | 'ended', time: number, more: object): void {
    const payload = JSON.stringify({ kind, ...more });
    this.setup.engine.write([{ stream: 'renewal', key: '', eventTime: time, receivedTime: time, payload }]);
  }
}
