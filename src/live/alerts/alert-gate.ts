// Does an alert go out? By switches and severity, not twice in a while, and not more than a person can read in an hour.
import { HOUR_MS } from '../../domain/time.ts';
import { SEVERITIES, type Alert, type AlertKind, type Severity } from '../../ports/notifier.ts';

export interface AlertRules {
  readonly minimumSeverity: Severity;
  /** Kinds that are switched off. */
  readonly muted: ReadonlySet<AlertKind>;
  /** The same alert goes out once in so long, milliseconds. */
  readonly repeatMs: number;
  /** So many in an hour; critical ones always go out. */
  readonly perHour: number;
}

export type GateVerdict =
  | { readonly kind: 'pass'; readonly alert: Alert }
  | { readonly kind: 'held'; readonly why: 'muted' | 'severity' | 'repeated' | 'rate' };

const MOST_KEYS = 500;

/** Remembers what went out. */
export class AlertGate {
  private readonly rules: AlertRules;
  private readonly sent = new Map<string, { at: number; more: number }>();
  private passes: number[] = [];
  private dropped = 0;

  constructor(rules: AlertRules) {
    this.rules = rules;
  }

  judge(alert: Alert): GateVerdict {
    const { minimumSeverity, muted, repeatMs, perHour } = this.rules;
    // A person who asks for a test wants to see it.
    if (alert.kind === 'test') return { kind: 'pass', alert };
    if (muted.has(alert.kind)) return { kind: 'held', why: 'muted' };
    if (rank(alert.severity) < rank(minimumSeverity)) return { kind: 'held', why: 'severity' };
    const before = this.sent.get(alert.key);
    if (before !== undefined && alert.time - before.at < repeatMs) {
      before.more += 1;
      return { kind: 'held', why: 'repeated' };
    }
    this.passes = this.passes.filter((at) => alert.time - at < HOUR_MS);
    if (this.passes.length >= perHour && alert.severity !== 'critical') {
      this.dropped += 1;
      return { kind: 'held', why: 'rate' };
    }
    this.passes.push(alert.time);
    this.remember(alert);
    return { kind: 'pass', alert: this.withCounts(alert, before?.more ?? 0) };
  }

  private withCounts(alert: Alert, more: number): Alert {
    const remarks = [
      ...(more > 0 ? [`${more} more like it since the last one.`] : []),
      ...(this.dropped > 0
        ? [`${this.dropped} other alerts were held back: more than ${this.rules.perHour} in an hour.`]
        : []),
    ];
    this.dropped = 0;
    return remarks.length === 0 ? alert : { ...alert, text: [alert.text, ...remarks].join('\n') };
  }

  private remember({ key, time }: Alert): void {
    this.sent.delete(key);
    this.sent.set(key, { at: time, more: 0 });
    if (this.sent.size <= MOST_KEYS) return;
    const [oldest] = this.sent.keys();
    this.sent.delete(oldest);
  }
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
