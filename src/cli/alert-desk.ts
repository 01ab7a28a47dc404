// How do alerts of one process leave it? Channels from the settings, deliveries written to the log.
import { setTimeout as pause } from 'node:timers/promises';
import { callHttp } from '../adapters/notify/http-call.ts';
import { pollTelegram } from '../adapters/notify/telegram-updates.ts';
import type { Config } from '../config/schema.ts';
import { alertRulesOf } from '../live/alerts/alerts-config.ts';
import { AlertDispatcher, type Delivery } from '../live/alerts/dispatcher.ts';
import { dailyAlert } from '../live/alerts/alerts-of-session.ts';
import { startPulse } from '../live/alerts/pulse.ts';
import type { StatusView } from '../live/status/read-status.ts';
import type { Clock } from '../ports/clock.ts';
import type { LatchStore } from '../ports/latch-store.ts';
import type { Logger } from '../ports/logger.ts';
import { alertChannels, TELEGRAM_API } from './alert-channels.ts';
import { chatAnswers } from './chat-control.ts';
import type { Environment } from './terminal.ts';

export interface AlertDeskSetup {
  readonly settings: Config['alerts'];
  readonly env: Environment;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDelivery?: (delivery: Delivery) => void;
}

/** @throws PerpilotError CONFIG_INVALID for a channel without its secret */
export function createDispatcher({ settings, env, clock, log, onDelivery }: AlertDeskSetup): AlertDispatcher {
  return new AlertDispatcher({
    clock,
    rules: alertRulesOf(settings),
    channels: alertChannels(settings, env),
    deliver: settings.deliver,
    timeoutMs: settings.timeoutSeconds * 1_000,
    onDelivery: (delivery) => {
      const { alert, channels, failures } = delivery;
      const message = channels.length === 0 ? 'an alert reached nobody' : 'an alert was delivered';
      log.log(channels.length === 0 ? 'error' : 'info', message, { title: alert.title, channels, failures });
      onDelivery?.(delivery);
    },
  });
}

export interface WatcherSetup extends AlertDeskSetup {
  readonly dispatcher: AlertDispatcher;
  readonly latches: LatchStore;
  readonly view: () => StatusView;
}

/** Daily word, pings to the watch outside, and the chat; the returned function ends them. */
export function startWatcher({ settings, env, clock, log, dispatcher, latches, view }: WatcherSetup): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const deadMan = env['PERPILOT_DEAD_MAN_URL'];
  const stopPulse = startPulse({
    clock,
    dailyHour: settings.dailyHour ?? undefined,
    onDaily: () => {
      const now = view();
      if (now.kind === 'status') dispatcher.raise(dailyAlert(now.document));
    },
    pingEveryMs: deadMan === undefined || deadMan === '' ? undefined : settings.deadManSeconds * 1_000,
    isAlive: () => {
      const now = view();
      return now.kind === 'status' && now.document.health !== 'UNHEALTHY';
    },
    ping: async () => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutSeconds * 1_000)]);
      await callHttp({ channel: 'dead-man ping', url: deadMan ?? '', method: 'GET', signal: limit });
    },
    onPingFailed: (error) => log.log('warn', 'the watch outside could not be pinged', { error }),
  });
  const token = env['PERPILOT_TELEGRAM_TOKEN'];
  const users = settings.telegramUsers;
  if (users.length > 0 && token !== undefined && token !== '') {
    const record = (text: string, facts: Readonly<Record<string, unknown>>): void => log.log('warn', text, facts);
    void pollTelegram({
      token,
      baseUrl: env['PERPILOT_TELEGRAM_API'] ?? TELEGRAM_API,
      signal,
      onMessage: chatAnswers({ users, latches, view, now: () => clock.now(), record }),
      onFailure: (message) => log.log('warn', 'the chat could not be read', { message }),
      pause: (ms) => pause(ms, undefined, { signal }).catch(() => undefined),
    });
  }
  return () => {
    ending.abort();
    stopPulse();
  };
}
