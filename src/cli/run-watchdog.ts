// How does the watchdog run? With its own connection, beside a bot or instead of one, until it is told to stop.
import { join } from 'node:path';
import { lockInstance } from '../adapters/sqlite/instance-lock.ts';
import { startControlEndpoint } from '../adapters/system/control-endpoint.ts';
import { createHeartbeatFile } from '../adapters/system/heartbeat-file.ts';
import { createSystemClock } from '../adapters/system/system-clock.ts';
import { createLatchFiles } from '../adapters/system/latch-files.ts';
import { turnWhenFull } from '../adapters/system/turn-when-full.ts';
import type { Config } from '../config/schema.ts';
import { flattenAccount } from '../live/safety/flatten-account.ts';
import { protectAccount } from '../live/safety/protect-account.ts';
import { Watchdog } from '../live/safety/watchdog.ts';
import { watchdogRulesOf } from '../live/safety/watchdog-rules.ts';
import { FAMILY_PREFIX } from '../live/session/order-ids.ts';
import { accessAccount, type AccountOptions } from './account-access.ts';
import type { CliContext } from './context.ts';
import { WATCHDOG_LOG } from './watchdog-child.ts';

export interface WatchdogOptions extends AccountOptions {
  readonly folder: string;
  readonly live: Config['live'];
}

const PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;
const SLICE_SHARE = 0.5;

/** Resolves when the signal of `context` says so; `out` hears what it does. */
export async function runWatchdog(options: WatchdogOptions, context: CliContext): Promise<void> {
  const { folder, live } = options;
  const { signal } = context.interrupt;
  const lock = lockInstance(join(folder, 'watchdog.sqlite'), `the watch over ${folder}`);
  const latches = createLatchFiles(folder);
  const heartbeats = createHeartbeatFile(folder);
  const { httpPort } = live.watchdog;
  const system = createSystemClock();
  const now = (): number => system.now();
  const endpoint =
    httpPort === null ? undefined : await startControlEndpoint({ folder, port: httpPort, latches, heartbeats, now });
  if (endpoint !== undefined)
    context.out(`switches at http://127.0.0.1:${endpoint.port}, token in ${folder}/control-token`);
  const note = (text: string): void => {
    turnWhenFull(join(folder, WATCHDOG_LOG));
    context.out(`${new Date().toISOString()} ${text}`);
  };
  const { connection, clock, instrument } = await accessAccount(options, context, note);
  const { account } = connection;
  const ways = { account, clock, instrument, pauseMs: PAUSE_MS, idPrefix: `${FAMILY_PREFIX}wd-` };
  const watchdog = new Watchdog({
    heartbeats,
    latches,
    account,
    clock,
    rules: watchdogRulesOf(live.watchdog),
    familyPrefix: FAMILY_PREFIX,
    flatten: (progress) =>
      flattenAccount({ ...ways, sliceShare: SLICE_SHARE, maxPauseMs: MAX_PAUSE_MS, note, progress }),
    protect: (wantedStop, progress) =>
      protectAccount({
        ...ways,
        familyPrefix: FAMILY_PREFIX,
        wantedStop,
        emergencyStopFraction: live.adoptedStop,
        triggerBy: live.triggerBy,
        progress,
      }),
    note,
  });
  note(`watching ${folder}`);
  try {
    await watchdog.run(signal);
  } finally {
    await endpoint?.close();
    await connection.close();
    lock.release();
  }
}
