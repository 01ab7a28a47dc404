// How is the soaked bot started? As a user starts it, with its status, log, metrics, alerts, watchdog and switches on, and a probe of its memory beside it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { simulatorCredentials } from '../../src/cli/simulator-options.ts';
import { LOG_KEEP_MIB, LOG_MAX_MIB } from './soak-files.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const PRELOADED = ['heap-probe.ts', 'hasten-streams.ts'].map((name) => new URL(name, import.meta.url).href);

/** Waits are seconds of the market, which are milliseconds here: those that wait for this machine have to be longer. */
const PATIENT = [
  'live.feed_grace_seconds=120',
  'live.feed_deadline_seconds=3000',
  'live.funding_deadline_seconds=3000',
  'live.entry_max_age_seconds=7200',
  'live.compare_interval_seconds=1800',
  'live.protection_deadline_seconds=60',
  // Its steps wait for seconds of the market, which are milliseconds here.
  'live.canary.enabled=false',
];
/** By which something is traded all the time, whatever comes of it; rules that would end the trading only tell. */
const LIVELY = [
  'risk.confidence_threshold=0',
  'risk.base_position_fraction=0.05',
  'risk.max_open_positions=4',
  'risk.cooldown_hours=0',
  'risk.daily_loss_limit=0.9',
  'risk.drawdown_limit=0.9',
  'guard.enabled=false',
  'regime.enabled=false',
  'exits.max_hold_hours=4',
  'walk_forward.train_days=30',
  'model.min_train_samples=20',
  'model.boosting.trees=10',
  'model.bags=1',
  ...['drawdown', 'liquidation', 'deleverage', 'errors_action', 'rejections_action', 'protection_action'].map(
    (rule) => `live.kill.${rule}=alarm`,
  ),
];
const WATCHED = [
  'alerts.channels=[webhook]',
  'alerts.per_hour=1000',
  'alerts.repeat_minutes=1',
  'alerts.dead_man_seconds=10',
  'operations.log_level=debug',
  `operations.log_max_mb=${LOG_MAX_MIB}`,
  `operations.log_keep_mb=${LOG_KEEP_MIB}`,
  'operations.status_interval_seconds=1',
  'operations.http_port=0',
  'live.watchdog.http_port=0',
];

export interface SoakedBot {
  readonly child: ChildProcess;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Resolves when it trades. */
  readonly started: Promise<void>;
  readonly exit: Promise<number | null>;
  readonly errors: () => string;
}

export interface BotCall {
  readonly url: string;
  readonly state: string;
  readonly venue: string;
  readonly symbols: readonly string[];
  readonly interval: string;
  readonly hook: string;
  readonly probe: string;
}

export function startBot(call: BotCall): SoakedBot {
  const settings = [...PATIENT, ...LIVELY, ...WATCHED, `live.exchange=${call.venue}`, `data.interval=${call.interval}`];
  const words = ['bot', '--json', '--mode', 'testnet', '--base-url', call.url, '--state', call.state];
  const { key, secret } = simulatorCredentials({}).credentials;
  const child = spawn(
    process.execPath,
    [
      ...PRELOADED.flatMap((each) => ['--import', each]),
      MAIN,
      ...words,
      '--symbols',
      call.symbols.join(','),
      ...settings.flatMap((each) => ['--set', each]),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PERPILOT_TESTNET_KEY: key,
        PERPILOT_TESTNET_SECRET: secret,
        PERPILOT_WEBHOOK_URL: `${call.hook}/alerts`,
        PERPILOT_DEAD_MAN_URL: `${call.hook}/alive`,
        SOAK_PROBE_FILE: call.probe,
      },
    },
  );
  const lines: Readonly<Record<string, unknown>>[] = [];
  let errors = '';
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-20_000);
  });
  const reader = createInterface(child.stdout).on('line', (text) => {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (line['event'] === 'started') resolve();
    // Of closes only the number counts.
    lines.push(line['event'] === 'close' ? { event: 'close' } : line);
  });
  const exit = Promise.all([once(child, 'close'), once(reader, 'close')]).then(([[code]]) => {
    reject(new Error(`the bot has ended: ${errors}`));
    return code as number | null;
  });
  started.catch(() => undefined);
  return { child, lines, started, exit, errors: () => errors };
}

/** Where alerts and pings go. */
export async function startHook(): Promise<{
  readonly url: string;
  readonly server: Server;
  readonly seen: Record<string, number>;
}> {
  const seen: Record<string, number> = {};
  const server = createServer((request, reply) => {
    const path = request.url ?? '';
    seen[path] = (seen[path] ?? 0) + 1;
    request.resume().on('end', () => reply.end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    server,
    seen,
  };
}
