// Does every channel take an alert? One is sent through each, at once, and what each said is kept.
import type { Alert, Notifier } from '../ports/notifier.ts';

export interface ChannelOutcome {
  readonly channel: string;
  readonly delivered: boolean;
  readonly message: string | undefined;
  readonly ms: number;
}

export function tryChannels(channels: readonly Notifier[], limitMs: number): Promise<readonly ChannelOutcome[]> {
  const alert: Alert = {
    kind: 'test',
    severity: 'info',
    title: 'perpilot: a test',
    text: 'If you can read this, alerts reach you here.',
    time: Date.now(),
    key: 'test',
  };
  return Promise.all(channels.map((channel) => attempt(channel, alert, limitMs)));
}

async function attempt(channel: Notifier, alert: Alert, limitMs: number): Promise<ChannelOutcome> {
  const began = performance.now();
  let message: string | undefined;
  try {
    await channel.send(alert, AbortSignal.timeout(limitMs));
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  }
  const ms = Math.round(performance.now() - began);
  return { channel: channel.name, delivered: message === undefined, message, ms };
}
