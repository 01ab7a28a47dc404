// How does the bot reach a person? A channel takes one alert, or fails and says why.

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What alerts are about; each kind has a switch. */
export const ALERT_KINDS = [
  'fills',
  'guard',
  'kill',
  'model',
  'health',
  'orders',
  'account',
  'data',
  'daily',
  'test',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export interface Alert {
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Alerts with the same key say the same. */
  readonly key: string;
}

export interface Notifier {
  readonly name: string;
  /** Resolves when the channel has taken it; the message of a failure holds no secret. */
  send(alert: Alert, signal: AbortSignal): Promise<void>;
}
