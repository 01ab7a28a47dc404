// How do alerts reach Discord, Telegram, a webhook and ntfy? One call each.
import { createHmac } from 'node:crypto';
import type { Alert, Notifier, Severity } from '../../ports/notifier.ts';
import { callHttp } from './http-call.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MARK: Readonly<Record<Severity, string>> = { info: 'ℹ️', warning: '⚠️', critical: '🚨' };
const COLOUR: Readonly<Record<Severity, number>> = { info: 0x3498db, warning: 0xf1c40f, critical: 0xe74c3c };

const plain = ({ severity, title, text }: Alert): string =>
  `${MARK[severity]} ${title}${text === '' ? '' : `\n${text}`}`;

export function discordChannel(url: string): Notifier {
  return {
    name: 'discord',
    async send(alert, signal) {
      const { title, text, severity, time } = alert;
      const embed = {
        title: `${MARK[severity]} ${title}`.slice(0, 256),
        description: text.slice(0, 4_000),
        color: COLOUR[severity],
        timestamp: new Date(time).toISOString(),
      };
      // Nobody is pinged by a name that stands in a text.
      const body = JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } });
      await callHttp({ channel: 'discord', url, body, headers: JSON_TYPE, signal });
    },
  };
}

export interface TelegramAddress {
  readonly token: string;
  readonly chat: string;
  /** Of the bot API; another one only in tests and for a server of one's own. */
  readonly baseUrl: string;
}

export function telegramChannel({ token, chat, baseUrl }: TelegramAddress): Notifier {
  return {
    name: 'telegram',
    async send(alert, signal) {
      const url = `${baseUrl}/bot${token}/sendMessage`;
      const silent = alert.severity === 'info';
      const body = JSON.stringify({ chat_id: chat, text: plain(alert).slice(0, 4_000), disable_notification: silent });
      await callHttp({ channel: 'telegram', url, body, headers: JSON_TYPE, secrets: [token], signal });
    },
  };
}

/** The alert as JSON; with `secret` its HMAC-SHA256 stands in the header X-Perpilot-Signature. */
export function webhookChannel(url: string, secret: string | undefined): Notifier {
  return {
    name: 'webhook',
    async send(alert, signal) {
      const body = JSON.stringify(alert);
      const signed =
        secret === undefined ? {} : { 'x-perpilot-signature': createHmac('sha256', secret).update(body).digest('hex') };
      const all = { ...JSON_TYPE, ...signed };
      await callHttp({ channel: 'webhook', url, body, headers: all, secrets: [secret], signal });
    },
  };
}

const PRIORITY: Readonly<Record<Severity, string>> = { info: '3', warning: '4', critical: '5' };

/** `url` names the topic: https://ntfy.sh/my-topic, or one's own server. */
export function ntfyChannel(url: string, token: string | undefined): Notifier {
  return {
    name: 'ntfy',
    async send({ title, text, severity, kind }, signal) {
      const headers = {
        title: encodeHeader(title),
        priority: PRIORITY[severity],
        tags: kind,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      };
      const body = text === '' ? title : text;
      await callHttp({ channel: 'ntfy', url, body, headers, secrets: [token], signal });
    },
  };
}

/** Headers are ASCII; RFC 2047 carries the rest. */
function encodeHeader(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
