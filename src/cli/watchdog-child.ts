// How does a bot get its watchdog? As a process beside it that outlives it, started anew when it dies.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { VenueEnvironment, VenueName } from '../ports/venue-connection.ts';
import { turnWhenFull } from '../adapters/system/turn-when-full.ts';
import type { ConfigOptions } from './arguments.ts';
import { MAIN } from './this-program.ts';

export interface WatchdogChildOptions extends ConfigOptions {
  readonly folder: string;
  readonly exchange: VenueName;
  readonly environment: VenueEnvironment;
  readonly baseUrl?: string | undefined;
  readonly remark: (text: string) => void;
}

const AGAIN_MS = 5_000;
/** What the watchdog says, in the bot's folder; it turns the file itself. */
export const WATCHDOG_LOG = 'watchdog.log';
/** Its words go to `watchdog.log` in the folder. `stop` ends it: the bot has ended by itself. */
export function startWatchdogChild(options: WatchdogChildOptions): { readonly stop: () => void } {
  let isWanted = true;
  let child: ChildProcess;
  let again: NodeJS.Timeout | undefined;
  const start = (): void => {
    const file = join(options.folder, WATCHDOG_LOG);
    turnWhenFull(file);
    const log = openSync(file, 'a', 0o600);
    // A group of its own: Ctrl-C in the terminal is for the bot.
    child = spawn(process.execPath, [MAIN, ...wordsFor(options)], {
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    child.unref();
    child.on('error', (error) => options.remark(`the watchdog cannot be started: ${error.message}`));
    child.on('exit', (code) => {
      if (!isWanted) return;
      options.remark(`the watchdog has ended with exit code ${code ?? 'none'}; it is started again (see watchdog.log)`);
      again = setTimeout(start, AGAIN_MS).unref();
    });
  };
  start();
  return {
    stop() {
      isWanted = false;
      clearTimeout(again);
      child.kill('SIGTERM');
    },
  };
}

function wordsFor({ folder, exchange, environment, baseUrl, config, set = [] }: WatchdogChildOptions): string[] {
  return [
    'watchdog',
    folder,
    '--exchange',
    exchange,
    '--environment',
    environment,
    ...(baseUrl === undefined ? [] : ['--base-url', baseUrl]),
    ...(config === undefined ? [] : ['--config', config]),
    ...set.flatMap((setting) => ['--set', setting]),
  ];
}
