// Which channels do the settings name, and which secrets do they need from the environment?
import { emailChannel } from '../adapters/notify/email-channel.ts';
import { discordChannel, ntfyChannel, telegramChannel, webhookChannel } from '../adapters/notify/http-channels.ts';
import type { Config } from '../config/schema.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import type { Channel } from '../live/alerts/alerts-config.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Environment } from './terminal.ts';

/** Environment variables that hold what nobody else may read. */
export const SECRET_NAMES = [
  'PERPILOT_DISCORD_WEBHOOK',
  'PERPILOT_TELEGRAM_TOKEN',
  'PERPILOT_WEBHOOK_URL',
  'PERPILOT_WEBHOOK_SECRET',
  'PERPILOT_NTFY_URL',
  'PERPILOT_NTFY_TOKEN',
  'PERPILOT_SMTP_USER',
  'PERPILOT_SMTP_PASSWORD',
  'PERPILOT_DEAD_MAN_URL',
] as const;

export const TELEGRAM_API = 'https://api.telegram.org';

/** The variable without which a channel cannot work. */
export const NEEDED_SECRET: Readonly<Record<Channel, (typeof SECRET_NAMES)[number] | undefined>> = {
  discord: 'PERPILOT_DISCORD_WEBHOOK',
  telegram: 'PERPILOT_TELEGRAM_TOKEN',
  webhook: 'PERPILOT_WEBHOOK_URL',
  ntfy: 'PERPILOT_NTFY_URL',
  email: undefined,
};

/** @throws PerpilotError CONFIG_INVALID naming every variable that is missing */
export function alertChannels(settings: Config['alerts'], env: Environment): readonly Notifier[] {
  const problems = settings.channels.flatMap((channel): Problem[] => {
    const name = NEEDED_SECRET[channel];
    if (name === undefined || (env[name] ?? '') !== '') return [];
    const hint = `set ${name} in the environment, or take ${channel} out of alerts.channels`;
    return [{ message: `the channel ${channel} needs ${name}`, where: 'alerts.channels', hint }];
  });
  if (problems.length > 0) throw new PerpilotError('CONFIG_INVALID', problems);
  return settings.channels.map((channel) => channelOf(channel, settings, env));
}

function channelOf(channel: Channel, settings: Config['alerts'], env: Environment): Notifier {
  const secret = (name: (typeof SECRET_NAMES)[number]): string => env[name] ?? '';
  const optional = (name: (typeof SECRET_NAMES)[number]): string | undefined => env[name];
  switch (channel) {
    case 'discord':
      return discordChannel(secret('PERPILOT_DISCORD_WEBHOOK'));
    case 'telegram': {
      const baseUrl = env['PERPILOT_TELEGRAM_API'] ?? TELEGRAM_API;
      return telegramChannel({ token: secret('PERPILOT_TELEGRAM_TOKEN'), chat: settings.telegramChat ?? '', baseUrl });
    }
    case 'webhook':
      return webhookChannel(secret('PERPILOT_WEBHOOK_URL'), optional('PERPILOT_WEBHOOK_SECRET'));
    case 'ntfy':
      return ntfyChannel(secret('PERPILOT_NTFY_URL'), optional('PERPILOT_NTFY_TOKEN'));
    default:
      return emailChannel({
        host: settings.emailHost ?? '',
        port: settings.emailPort,
        security: settings.emailSecurity,
        from: settings.emailFrom ?? settings.emailTo ?? '',
        to: settings.emailTo ?? '',
        user: optional('PERPILOT_SMTP_USER'),
        password: optional('PERPILOT_SMTP_PASSWORD'),
      });
  }
}
