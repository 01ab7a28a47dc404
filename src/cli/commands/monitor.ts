// Who notices when the bot hangs or dies? `perpilot monitor`: a process beside it that reads its status, answers HTTP and tells a person.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { alertOfView } from '../../live/alerts/alert-of-view.ts';
import { healthRulesOf } from '../../live/status/operations-config.ts';
import type { StatusView } from '../../live/status/read-status.ts';
import { addConfigOptions, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { assertBotFolder, LOG_FOLDER, readStatus } from '../status-file.ts';

interface MonitorOptions extends ConfigOptions {
  readonly port: number;
}

const EVERY_MS = 5_000;
const MEGABYTE = 1_048_576;

export function registerMonitor(program: Command, context: CliContext): void {
  addConfigOptions(program.command('monitor'))
    .description('watch a bot from a process beside it: /health, /ready, /metrics, alerts when it hangs, chat')
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .option('-p, --port <number>', 'port on this machine alone; 0: any free one', portOf, 9_464)
    .addHelpText('after', examples('monitor state/paper-bot', 'monitor state/paper-bot --port 8080 --config my.yaml'))
    .action((folder: string, options: MonitorOptions) => watch(folder, options, context));
}

async function watch(folder: string, options: MonitorOptions, context: CliContext): Promise<void> {
  assertBotFolder(folder);
  const { config } = loadConfig(configRequestOf(options));
  const { env, interrupt } = context;
  const { createLog } = await import('../../adapters/logging/create-log.ts');
  const { secretsOf } = await import('../../adapters/logging/redact.ts');
  const { startLoopbackServer } = await import('../../adapters/http/loopback-server.ts');
  const { createLatchFiles } = await import('../../adapters/system/latch-files.ts');
  const { createSystemClock } = await import('../../adapters/system/system-clock.ts');
  const { createDispatcher, startWatcher } = await import('../alert-desk.ts');
  const { watchRoutes } = await import('../watch-routes.ts');
  const clock = createSystemClock();
  const { logLevel, logMaxMb, logKeepDays, logKeepMb } = config.operations;
  const log = createLog({
    folder: join(folder, LOG_FOLDER, 'monitor'),
    level: logLevel,
    maxBytes: logMaxMb * MEGABYTE,
    keepDays: logKeepDays,
    keepBytes: logKeepMb * MEGABYTE,
    secrets: secretsOf(env),
    base: { bot: config.live.instance, process: 'monitor' },
    now: () => clock.now(),
  });
  const settings = config.alerts;
  const dispatcher = createDispatcher({ settings, env, clock, log });
  const rules = healthRulesOf(config.operations);
  const view = (): StatusView => readStatus(folder, rules, clock.now());
  const server = await startLoopbackServer(options.port, watchRoutes(view));
  context.out(`http://127.0.0.1:${server.port}/health, /ready, /status and /metrics of ${folder}`);
  const latches = createLatchFiles(folder);
  const stopWatching =
    settings.watcher === 'monitor' ? startWatcher({ settings, env, clock, log, dispatcher, latches, view }) : undefined;
  let wasSilent = false;
  while (!interrupt.signal.aborted) {
    const { alert, silent } = alertOfView(view(), wasSilent, clock.now());
    wasSilent = silent;
    if (alert !== undefined) {
      log.log(silent ? 'error' : 'info', alert.title, { text: alert.text });
      dispatcher.raise(alert);
    }
    await pause(EVERY_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
  }
  stopWatching?.();
  await server.close();
  // Timers that are left keep no process from ending.
  await dispatcher.end(pause(3_000, undefined, { ref: false }));
  await log.close();
  context.finish(EXIT.OK);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('Write a port: 0 to 65535.');
  return port;
}
