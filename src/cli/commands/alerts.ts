// Do the alerts reach me? `perpilot alerts test`: one through every channel, and what each said.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { addConfigOptions, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { tryChannels, type ChannelOutcome } from '../try-channels.ts';

interface TestOptions extends ConfigOptions {
  readonly json: boolean;
}

export function registerAlerts(program: Command, context: CliContext): void {
  const alerts = program.command('alerts').description('reach a person when something is wrong');
  addConfigOptions(alerts.command('test'))
    .description('send one alert through every channel of alerts.channels; exit code 1: one of them failed')
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('alerts test --config my.yaml', 'alerts test --set alerts.channels=[ntfy]'))
    .action((options: TestOptions) => test(options, context));
}

async function test(options: TestOptions, context: CliContext): Promise<void> {
  const { alertChannels } = await import('../alert-channels.ts');
  const { alerts } = loadConfig(configRequestOf(options)).config;
  const channels = alertChannels(alerts, context.env);
  if (channels.length === 0) {
    const hint = 'name some in alerts.channels: discord, telegram, email, webhook, ntfy';
    throw new PerpilotError('CONFIG_INVALID', [{ message: 'no channel is set', where: 'alerts.channels', hint }]);
  }
  const outcomes = await tryChannels(channels, alerts.timeoutSeconds * 1_000);
  if (options.json) context.out(JSON.stringify({ channels: outcomes }));
  else for (const outcome of outcomes) context.out(lineOf(outcome));
  context.finish(outcomes.every(({ delivered }) => delivered) ? EXIT.OK : EXIT.NEGATIVE);
}

const lineOf = ({ channel, delivered, message, ms }: ChannelOutcome): string =>
  delivered ? `${channel.padEnd(9)} delivered in ${ms} ms` : `${channel.padEnd(9)} FAILED: ${message ?? ''}`;
