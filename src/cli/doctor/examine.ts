// What is wrong right now? Everything that can be looked at from here, whether the bot runs or not, without touching it.
import { join } from 'node:path';
import type { LoadedConfig } from '../../config/load-config.ts';
import { loadConfig, tryLoadConfig } from '../../config/load-config.ts';
import { accountId } from '../../live/start/readiness-report.ts';
import { configRequestOf, type ConfigOptions } from '../arguments.ts';
import type { BotMode, Key } from '../bot-modes.ts';
import { botPlan, type BotPlan } from '../bot-plan.ts';
import type { Environment } from '../terminal.ts';
import { wordsOf } from '../research-options.ts';
import { botChecks } from './bot-checks.ts';
import { checksOf, type Check } from './check.ts';
import { machineChecks } from './machine-checks.ts';
import { alertChecks, keyFor } from './settings-checks.ts';
import { venueChecks } from './venue-checks.ts';

export interface ExamineOptions extends ConfigOptions {
  readonly mode: BotMode;
  readonly state?: string;
  readonly symbols?: readonly string[];
  readonly baseUrl?: string;
  /** The exchange is not asked. */
  readonly offline: boolean;
  /** An alert goes through every channel. */
  readonly sendAlert: boolean;
}

export interface Examination {
  readonly checks: readonly Check[];
  readonly loaded: LoadedConfig;
  readonly plan: BotPlan;
  readonly folder: string;
  /** Undefined: there is none, or the mode needs none. */
  readonly key: Key | undefined;
  /** `accountId` of the key; undefined without one. */
  readonly account: string | undefined;
  /** Time of the market; of this machine where the exchange was not to be had. */
  readonly now: number;
  readonly latencyMs: number | undefined;
  /** Undefined: it cannot be asked. */
  readonly diskFreeMb: number | undefined;
}

const { ok, failed } = checksOf('settings');
const { unknown } = checksOf('venue');

export async function examine(options: ExamineOptions, env: Environment): Promise<Examination> {
  const { mode, riskLevel } = options;
  const outcome = tryLoadConfig(configRequestOf(options));
  // What is wrong in a file keeps nobody from looking at the rest, with the shipped settings.
  const loaded = outcome.kind === 'loaded' ? outcome.loaded : loadConfig({});
  const settings =
    outcome.kind === 'loaded'
      ? [ok('settings', `valid, hash ${loaded.hash.slice(0, 12)}`)]
      : outcome.problems.map(({ message, where, hint }) =>
          failed('settings', `${where ?? 'settings'}: ${message}`, hint ?? 'perpilot config show names all settings'),
        );
  const { config } = loaded;
  const { exchange, instance, stateFolder } = config.live;
  const folder = options.state ?? join(stateFolder, `${mode}-${exchange}-${instance}`);
  const plan = botPlan(loaded, outcome.kind === 'loaded' ? riskLevel : undefined, undefined);
  const { key, checks: keyChecks } = keyFor(mode, env);
  const machine = await machineChecks({
    folder,
    operations: config.operations,
    env,
    workingFolder: process.cwd(),
  });
  const alerts = await alertChecks(loaded, env, options.sendAlert);
  const venue =
    options.offline || mode === 'rehearsal'
      ? { checks: [unknown('network', 'the exchange was not asked')], now: undefined, latencyMs: undefined }
      : await venueChecks({
          exchange,
          mode,
          key,
          baseUrl: options.baseUrl,
          symbols:
            wordsOf(options.symbols) ?? (config.discovery.universeMode === 'fixed' ? config.discovery.symbols : []),
          barMs: plan.barMs,
          live: config.live,
          maxLeverage: plan.settings.risk.maxLeverage,
        });
  const bot = await botChecks({ folder, mode, config, strategy: plan.strategy, now: Date.now() });
  return {
    checks: [...machine.checks, ...settings, ...keyChecks, ...alerts, ...venue.checks, ...bot],
    loaded,
    plan,
    folder,
    key,
    account: key === undefined ? undefined : accountId(exchange, mode, key.key),
    now: venue.now ?? Date.now(),
    latencyMs: venue.latencyMs,
    diskFreeMb: machine.diskFreeMb,
  };
}
