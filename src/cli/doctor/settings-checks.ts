// Are settings, keys and alert channels such that a bot can start with them?
import type { LoadedConfig } from '../../config/load-config.ts';
import { alertChannels } from '../alert-channels.ts';
import { keyOf, type BotMode, type Key } from '../bot-modes.ts';
import type { Environment } from '../terminal.ts';
import { tryChannels } from '../try-channels.ts';
import { checksOf, failuresOf, type Check } from './check.ts';

const maker = checksOf('settings');
const { ok, warning, failed } = maker;

/** Undefined: the mode needs none, or has none. */
export function keyFor(mode: BotMode, env: Environment): { readonly key: Key | undefined; readonly checks: Check[] } {
  if (mode === 'rehearsal' || mode === 'paper') return { key: undefined, checks: [ok('keys', `${mode} needs no key`)] };
  try {
    return { key: keyOf(mode, env), checks: [ok('keys', `key and secret of ${mode} are set`)] };
  } catch (error) {
    return { key: undefined, checks: [...failuresOf(error, 'keys', maker, 'set both variables')] };
  }
}

/** Whether alerts could go out; with `send` one is sent through every channel. */
export async function alertChecks(
  { config }: LoadedConfig,
  env: Environment,
  send: boolean,
): Promise<readonly Check[]> {
  const { alerts } = config;
  if (alerts.channels.length === 0) {
    const mend = 'name some in alerts.channels, then perpilot alerts test';
    return [warning('alerts', 'no channel is set, so nobody is told when something is wrong', mend)];
  }
  const mend = 'set it in the environment or in .env, or take the channel out of alerts.channels';
  try {
    const channels = alertChannels(alerts, env);
    if (!send) {
      const names = alerts.channels.join(', ');
      return [ok('alerts', `${names}: settings and secrets are there; perpilot alerts test sends one`)];
    }
    return (await tryChannels(channels, alerts.timeoutSeconds * 1_000)).map(({ channel, delivered, message, ms }) =>
      delivered
        ? ok('alerts', `${channel}: delivered in ${ms} ms`)
        : failed('alerts', `${channel}: ${message ?? 'failed'}`, `look at address and secret of ${channel}`),
    );
  } catch (error) {
    return failuresOf(error, 'alerts', maker, mend);
  }
}
