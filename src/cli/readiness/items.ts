// What has to hold before real money is traded? The checklist, each item with an id that never changes; docs/PRODUCTION_READINESS_CHECKLIST.md explains them.
import { isoTime } from '../../domain/iso-time.ts';
import { DAY_MS } from '../../domain/time.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import {
  byChecks,
  byDrill,
  byValidation,
  failed,
  judged,
  passed,
  person,
  type Judgement,
  type ReadinessFacts,
  type ReadinessItem,
} from './judgement.ts';

const GIGABYTE_MB = 1_024;
const LEAST_DISK_GB = 10;
const MOST_LATENCY_MS = 1_000;
const LEAST_DAYS = 14;
const MOST_AGE_DAYS = 7;
const LEAST_COVERAGE = 0.95;
const LEAST_TRADES = 10;

const byConfig =
  (judge: (config: Config) => Judgement) =>
  ({ examination }: ReadinessFacts): Judgement =>
    judge(examination.loaded.config);

const infrastructure: readonly Omit<ReadinessItem, 'section'>[] = [
  { id: 'os', what: 'the machine runs Linux', judge: ({ examination: { checks } }) => systemOf(checks) },
  { id: 'runtime', what: 'Node.js is new enough', judge: byChecks(['runtime']) },
  { id: 'clock-kept', what: 'the clock is kept right by NTP', judge: byChecks(['time-sync'], true) },
  { id: 'clock-offset', what: "the clock is within 500 ms of the exchange's", judge: byChecks(['clock']) },
  { id: 'disk', what: `at least ${LEAST_DISK_GB} GB of disk are free`, judge: diskOf },
  { id: 'memory', what: 'there is memory left', judge: byChecks(['memory'], true) },
  { id: 'latency', what: `the exchange answers within ${MOST_LATENCY_MS} ms (median)`, judge: latencyOf },
  {
    id: 'folder',
    what: "the bot's folder can be written, and nobody else can read it",
    judge: byChecks(['folder', 'rights'], true),
  },
  { id: 'restart', what: 'the machine starts bot and monitor again by itself; a reboot was tried' },
];

const setup: readonly Omit<ReadinessItem, 'section'>[] = [
  { id: 'settings', what: 'the settings are valid', judge: byChecks(['settings']) },
  {
    id: 'keys',
    what: 'key and secret of live are there, and nobody else can read them',
    judge: byChecks(['keys', 'env-file']),
  },
  {
    id: 'key-rights',
    what: 'the key may trade and may not withdraw; it does not expire soon',
    judge: byChecks(['key'], true),
  },
  { id: 'key-addresses', what: 'the key is bound to the address of this machine at the exchange' },
  { id: 'account', what: 'modes and leverage of the account fit', judge: byChecks(['account']) },
  { id: 'market', what: 'the symbols are traded now, with fresh candles', judge: byChecks(['market'], true) },
  { id: 'alerts', what: 'an alert was delivered through every channel just now', judge: byChecks(['alerts'], true) },
  { id: 'money', what: 'the money in the account may be lost as a whole; nothing else lies there' },
];

const validation: readonly Omit<ReadinessItem, 'section'>[] = [
  {
    id: 'testnet-mode',
    what: 'the bot was validated on testnet or demo',
    judge: byValidation(({ mode }) =>
      judged(mode === 'testnet' || mode === 'demo', `validated on ${mode}`, `it ran in mode ${mode ?? 'unknown'}`),
    ),
  },
  {
    id: 'testnet-days',
    what: `for at least ${LEAST_DAYS} days (four weeks are better), up to at most ${MOST_AGE_DAYS} days ago`,
    judge: byValidation(({ days, from, until }, { examination: { now } }) => {
      const age = (now - until) / DAY_MS;
      const says = `${days.toFixed(1)} days from ${isoTime(from)} to ${isoTime(until)} UTC, ${age.toFixed(1)} days ago`;
      return judged(days >= LEAST_DAYS && age <= MOST_AGE_DAYS, says, says);
    }),
  },
  {
    id: 'testnet-coverage',
    what: `at least ${LEAST_COVERAGE * 100} % of its closes were decided`,
    judge: byValidation(({ coverage }) => {
      const says = `${(coverage * 100).toFixed(1)} % of the closes were decided`;
      return judged(coverage >= LEAST_COVERAGE, says, says);
    }),
  },
  {
    id: 'testnet-trades',
    what: `with at least ${LEAST_TRADES} trades from entry to exit`,
    judge: byValidation(({ trades }) => judged(trades >= LEAST_TRADES, `${trades} trades`, `only ${trades} trades`)),
  },
  {
    id: 'testnet-settings',
    what: 'with the settings that are to trade',
    judge: byValidation(({ changed }) => judged(changed.length === 0, 'the same settings', changed.join('; '))),
  },
  {
    id: 'testnet-replay',
    what: 'and every decision of it is the same when it is fed again',
    judge: byValidation(({ replayFault }) =>
      replayFault === undefined ? passed('every command is the same bit for bit') : failed(replayFault),
    ),
  },
  {
    id: 'testnet-incidents',
    what: 'without a lost stop, an emergency close, orders left over or an unreadable message',
    judge: byValidation(({ grave }) => judged(grave.length === 0, 'none', grave.join(', '))),
  },
  {
    id: 'testnet-models',
    what: 'every symbol had a model',
    judge: byValidation(({ withoutModel }) =>
      judged(withoutModel.length === 0, 'every symbol has one', `without one: ${withoutModel.join(', ')}`),
    ),
  },
];

const risk: readonly Omit<ReadinessItem, 'section'>[] = [
  {
    id: 'conservative-first',
    what: 'sizes and limits are at most those of the profile conservative',
    judge: conservative,
  },
  {
    id: 'guard',
    what: 'the performance guard is on',
    judge: byConfig(({ guard }) => judged(guard.enabled, 'on', 'guard.enabled is false')),
  },
  {
    id: 'regime',
    what: 'the regime filter is on',
    judge: byConfig(({ regime }) => judged(regime.enabled, 'on', 'regime.enabled is false')),
  },
  {
    id: 'drawdown',
    what: 'the drawdown limit throws the kill switch',
    judge: byConfig(({ live: { kill } }) =>
      judged(kill.drawdown === 'kill', 'it does', `live.kill.drawdown is ${kill.drawdown}`),
    ),
  },
  {
    id: 'watchdog',
    what: 'a watchdog acts when the bot hangs',
    judge: byConfig(({ live: { watchdog } }) => judged(watchdog.enabled, 'on', 'live.watchdog.enabled is false')),
  },
  {
    id: 'kill-exercised',
    what: 'the kill switch was exercised: flat, and nothing opened until resume',
    judge: byDrill('kill'),
  },
];

const monitoring: readonly Omit<ReadinessItem, 'section'>[] = [
  {
    id: 'log-rotation',
    what: 'the log is rotated and its size bounded to less than the disk has',
    judge: ({ examination: { loaded } }) => {
      const { logKeepMb, logKeepDays } = loaded.config.operations;
      return passed(`at most ${logKeepMb} MB and ${logKeepDays} days`);
    },
  },
  {
    id: 'status-file',
    what: 'the status file was written by the validated bot',
    judge: byValidation(({ mode }) => judged(mode !== undefined, 'it can be read', 'it is missing or unreadable')),
  },
  {
    id: 'daily-word',
    what: 'the bot says once a day that it lives',
    judge: byConfig(({ alerts: { dailyHour } }) =>
      judged(dailyHour !== null, `at ${dailyHour}:00 UTC`, 'alerts.daily_hour is null'),
    ),
  },
  {
    id: 'dead-man',
    what: 'a watch outside this machine misses the bot when it falls silent',
    judge: ({ env }) =>
      (env['PERPILOT_DEAD_MAN_URL'] ?? '') === ''
        ? person('PERPILOT_DEAD_MAN_URL is not set')
        : passed('PERPILOT_DEAD_MAN_URL is set'),
  },
  { id: 'dashboard', what: 'somebody looks at dashboard or status every day' },
  { id: 'runbook', what: 'docs/OPERATIONS_RUNBOOK.md was read by whoever is called' },
];

const automation: readonly Omit<ReadinessItem, 'section'>[] = [
  {
    id: 'retraining',
    what: 'retraining is scheduled',
    judge: byConfig(({ renewal: { schedule } }) =>
      judged(
        schedule.everyDays !== null || schedule.cron !== null,
        schedule.cron === null ? `every ${schedule.everyDays} days` : `by ${schedule.cron}`,
        'renewal.schedule has neither every_days nor cron',
      ),
    ),
  },
  {
    id: 'health-checks',
    what: 'health is looked at at least every five minutes',
    judge: byConfig(({ operations: { healthCheckIntervalSeconds: every } }) =>
      judged(every <= 300, `every ${every} s`, `every ${every} s`),
    ),
  },
  {
    id: 'backups',
    what: 'the bot makes backups by itself',
    judge: byConfig(({ operations: { backup } }) =>
      judged(
        backup.everyHours !== null,
        `every ${backup.everyHours} h, ${backup.keep} are kept`,
        'operations.backup.every_hours is null',
      ),
    ),
  },
  { id: 'restore-exercised', what: 'a backup was restored, and the bot went on from it', judge: byDrill('restore') },
];

export const READINESS_ITEMS: readonly ReadinessItem[] = Object.entries({
  infrastructure,
  setup,
  validation,
  risk,
  monitoring,
  automation,
} as const).flatMap(([section, items]) =>
  items.map((item) => ({ ...item, section: section as ReadinessItem['section'] })),
);

function systemOf(checks: ReadinessFacts['examination']['checks']): Judgement {
  const says = checks.find(({ id }) => id === 'system')?.says ?? 'unknown';
  return says.startsWith('linux') ? passed(says) : person(says);
}

function diskOf({ examination: { diskFreeMb } }: ReadinessFacts): Judgement {
  if (diskFreeMb === undefined) return person('the free space cannot be asked here');
  const says = `${(diskFreeMb / GIGABYTE_MB).toFixed(1)} GB are free`;
  return judged(diskFreeMb >= LEAST_DISK_GB * GIGABYTE_MB, says, says);
}

function latencyOf({ examination: { latencyMs } }: ReadinessFacts): Judgement {
  if (latencyMs === undefined) return failed('the exchange was not to be had');
  const says = `${latencyMs.toFixed(0)} ms`;
  return judged(latencyMs <= MOST_LATENCY_MS, says, says);
}

/** More than conservative is a choice that somebody has to put his name to. */
function conservative({ examination: { loaded } }: ReadinessFacts): Judgement {
  const { risk: own } = loaded.config;
  const { risk: most } = loadConfig({ riskLevel: 'conservative' }).config;
  const names = [
    'maxLeverage',
    'basePositionFraction',
    'maxPositionFraction',
    'dailyLossLimit',
    'drawdownLimit',
  ] as const;
  const above = names.filter((name) => own[name] > most[name]);
  if (above.length === 0) return passed('at most those of conservative');
  return person(`above it: ${above.map((name) => `${name} ${own[name]} instead of ${most[name]}`).join(', ')}`);
}
