// How does an alert reach a person although channels fail? Tried with pauses, then on the next channel, and again until it is too old.
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Alert, Notifier } from '../../ports/notifier.ts';
import { AlertGate, type AlertRules } from './alert-gate.ts';

export interface Delivery {
  readonly alert: Alert;
  /** Channels that took it; none: it was given up. */
  readonly channels: readonly string[];
  /** What the others said. */
  readonly failures: readonly { readonly channel: string; readonly message: string }[];
  readonly at: number;
}

export interface DispatcherSetup {
  readonly clock: Clock;
  readonly rules: AlertRules;
  /** In the order in which they are tried. */
  readonly channels: readonly Notifier[];
  /** first: until one has taken it; all: every one. */
  readonly deliver: 'first' | 'all';
  /** A channel may take so long for one attempt, milliseconds. */
  readonly timeoutMs: number;
  readonly onDelivery: (delivery: Delivery) => void;
}

const ATTEMPTS = 2;
const PAUSE_MS = 2 * SECOND_MS;
/** A channel that failed is tried after the others for so long. */
const ASIDE_MS = 5 * MINUTE_MS;
/** When no channel works: from this pause, doubled, up to the longest. */
const AGAIN_MS = 10 * SECOND_MS;
const LONGEST_MS = 5 * MINUTE_MS;
const TOO_OLD_MS = 6 * 60 * MINUTE_MS;
const MOST_WAITING = 100;

export class AlertDispatcher {
  private readonly setup: DispatcherSetup;
  private readonly gate: AlertGate;
  private readonly waiting: Alert[] = [];
  private readonly failedAt = new Map<string, number>();
  private readonly ending = new AbortController();
  private work: Promise<void> | undefined;

  constructor(setup: DispatcherSetup) {
    this.setup = setup;
    this.gate = new AlertGate(setup.rules);
  }

  /** Never throws and never waits: alerts are told when nothing else is at stake. */
  raise(alert: Alert): void {
    const verdict = this.gate.judge(alert);
    if (verdict.kind === 'held' || this.setup.channels.length === 0) return;
    if (this.waiting.length >= MOST_WAITING) this.dropLeast();
    this.waiting.push(verdict.alert);
    this.work ??= this.deliverAll();
  }

  /** Resolves when everything has been delivered or given up. */
  async idle(): Promise<void> {
    while (this.work !== undefined) await this.work;
  }

  /** Gives up what is on its way once `patience` has ended. */
  async end(patience: Promise<void>): Promise<void> {
    await Promise.race([this.idle(), patience]);
    this.ending.abort();
  }

  private dropLeast(): void {
    const index = this.waiting.findIndex(({ severity }) => severity !== 'critical');
    this.waiting.splice(Math.max(0, index), 1);
  }

  private async deliverAll(): Promise<void> {
    for (;;) {
      const alert = this.waiting.shift();
      if (alert === undefined) break;
      await this.deliver(alert);
    }
    this.work = undefined;
  }

  private async deliver(alert: Alert): Promise<void> {
    const { clock, onDelivery } = this.setup;
    for (let pauseMs = AGAIN_MS; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
      const { channels, failures } = await this.round(alert);
      const isOld = clock.now() - alert.time > TOO_OLD_MS;
      if (channels.length > 0 || isOld || this.ending.signal.aborted) {
        onDelivery({ alert, channels, failures, at: clock.now() });
        return;
      }
      await this.pause(pauseMs);
    }
  }

  /** One attempt at every channel that is wanted. */
  private async round(alert: Alert): Promise<Pick<Delivery, 'channels' | 'failures'>> {
    const channels: string[] = [];
    const failures: { channel: string; message: string }[] = [];
    for (const channel of this.inOrder()) {
      if (channels.length > 0 && this.setup.deliver === 'first') break;
      const message = await this.attempts(channel, alert);
      if (message === undefined) channels.push(channel.name);
      else failures.push({ channel: channel.name, message });
    }
    return { channels, failures };
  }

  private inOrder(): readonly Notifier[] {
    const now = this.setup.clock.now();
    const isAside = ({ name }: Notifier): boolean => now - (this.failedAt.get(name) ?? -Infinity) < ASIDE_MS;
    const { channels } = this.setup;
    return [...channels.filter((channel) => !isAside(channel)), ...channels.filter(isAside)];
  }

  /** Undefined: it was taken. */
  private async attempts(channel: Notifier, alert: Alert): Promise<string | undefined> {
    let message = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (attempt > 1) await this.pause(PAUSE_MS);
      if (this.ending.signal.aborted) return 'the program ends';
      const failure = await this.attempt(channel, alert);
      if (failure === undefined) {
        this.failedAt.delete(channel.name);
        return undefined;
      }
      message = failure;
    }
    this.failedAt.set(channel.name, this.setup.clock.now());
    return message;
  }

  private async attempt(channel: Notifier, alert: Alert): Promise<string | undefined> {
    const { clock, timeoutMs } = this.setup;
    const limit = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const stopWaiting = clock.after(timeoutMs, () => {
      limit.abort();
      resolve(`no answer within ${timeoutMs / SECOND_MS} s`);
    });
    const signal = AbortSignal.any([limit.signal, this.ending.signal]);
    try {
      return await Promise.race([channel.send(alert, signal).then(() => undefined), late]);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      stopWaiting();
    }
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const stopWaiting = this.setup.clock.after(ms, resolve);
      signal.addEventListener(
        'abort',
        () => {
          stopWaiting();
          resolve();
        },
        { once: true },
      );
    });
  }
}
