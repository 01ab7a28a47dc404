// Which settings does the section `alerts` have, and which rules do they make?
import { z } from 'zod';
import { ALERT_KINDS, SEVERITIES, type AlertKind, type Severity } from '../../ports/notifier.ts';
import type { AlertRules } from './alert-gate.ts';

export const CHANNELS = ['discord', 'telegram', 'email', 'webhook', 'ntfy'] as const;
export type Channel = (typeof CHANNELS)[number];

const MUTABLE = ALERT_KINDS.filter((kind) => kind !== 'test');

export const alertsSchema = z.strictObject({
  channels: z
    .array(z.enum(CHANNELS))
    .describe('Where alerts go, in the order in which it is tried; secrets stand in the environment (docs/bot.md).'),
  deliver: z.enum(['first', 'all']).describe('first: the first channel that works; all: every channel.'),
  minimum_severity: z.enum(SEVERITIES).describe('Alerts below this stay in the log.'),
  muted: z.array(z.enum(MUTABLE)).describe('Kinds of alerts that stay in the log.'),
  repeat_minutes: z.number().min(0).max(10_080).describe('Minutes within which the same alert is not told again.'),
  per_hour: z.int().min(1).max(1_000).describe('So many alerts in an hour; critical ones always go out.'),
  timeout_seconds: z.number().min(1).max(20).describe('Seconds that a channel may take for one attempt.'),
  daily_hour: z
    .int()
    .min(0)
    .max(23)
    .nullable()
    .describe('Hour (UTC) of the daily word that the bot is alive; null: none.'),
  dead_man_seconds: z
    .number()
    .min(10)
    .max(3_600)
    .describe('Seconds between pings to the watch outside that PERPILOT_DEAD_MAN_URL names.'),
  email_to: z.string().nullable().describe('Who gets the e-mails.'),
  email_from: z.string().nullable().describe('Who they come from; null: who gets them.'),
  email_host: z.string().nullable().describe('Server that sends the e-mails.'),
  email_port: z.int().min(1).max(65_535).describe('465 for tls, 587 for starttls.'),
  email_security: z.enum(['tls', 'starttls', 'none']).describe('none: only for a server on this machine.'),
  telegram_chat: z.string().nullable().describe('Number of the chat that gets the alerts.'),
  watcher: z
    .enum(['bot', 'monitor'])
    .describe('Which process answers the chat, pings and says the daily word: the bot, or perpilot monitor beside it.'),
  telegram_users: z
    .array(z.int().positive())
    .describe('Numbers of the users who may command the bot by Telegram; nobody else gets an answer.'),
});

type AlertsSection = z.output<typeof alertsSchema>;

export const alertsRules = [
  {
    keys: ['email_to', 'email_host', 'channels'],
    says: 'the channel email needs email_to and email_host',
    holds: ({ channels, email_to, email_host }: AlertsSection) =>
      !channels.includes('email') || (email_to !== null && email_host !== null),
  },
  {
    keys: ['telegram_chat', 'channels'],
    says: 'the channel telegram needs telegram_chat',
    holds: ({ channels, telegram_chat }: AlertsSection) => !channels.includes('telegram') || telegram_chat !== null,
  },
  {
    keys: ['email_security', 'email_host'],
    says: 'email_security none sends the password in the clear: only to a server on this machine',
    holds: ({ email_security, email_host }: AlertsSection) =>
      email_security !== 'none' || email_host === null || ['localhost', '127.0.0.1', '::1'].includes(email_host),
  },
];

export interface GateSettings {
  readonly minimumSeverity: Severity;
  readonly muted: readonly AlertKind[];
  readonly repeatMinutes: number;
  readonly perHour: number;
}

export function alertRulesOf({ minimumSeverity, muted, repeatMinutes, perHour }: GateSettings): AlertRules {
  return { minimumSeverity, muted: new Set(muted), repeatMs: repeatMinutes * 60_000, perHour };
}
