// How is a bot watched while it trades? Its status, log, alerts and metrics, beside the session and never in its way.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startLoopbackServer, type LoopbackServer } from '../adapters/http/loopback-server.ts';
import { createLog } from '../adapters/logging/create-log.ts';
import { createRedactor, secretsOf } from '../adapters/logging/redact.ts';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { codeVersion } from '../adapters/system/code-version.ts';
import { machineFacts } from '../adapters/system/machine-facts.ts';
import { createSystemClock } from '../adapters/system/system-clock.ts';
import { createSystemd } from '../adapters/system/systemd.ts';
import type { Config } from '../config/schema.ts';
import {
  alertOfBackup,
  alertOfHealth,
  alertOfIncident,
  alertOfNote,
  alertOfTrade,
} from '../live/alerts/alerts-of-session.ts';
import type { AlertDispatcher } from '../live/alerts/dispatcher.ts';
import type { RecordedEngine } from '../live/record/recorded-engine.ts';
import type { SessionSetup } from '../live/session/session-setup.ts';
import type { Session } from '../live/session/session.ts';
import { collectFacts, type BotIdentity } from '../live/status/collect-facts.ts';
import { healthRulesOf } from '../live/status/operations-config.ts';
import type { StatusView } from '../live/status/read-status.ts';
import { StatusKeeper } from '../live/status/status-keeper.ts';
import { StatusNotebook } from '../live/status/status-notebook.ts';
import type { LatchStore } from '../ports/latch-store.ts';
import type { Logger } from '../ports/logger.ts';
import { startBackupSchedule } from './backup-schedule.ts';
import { createDispatcher, startWatcher } from './alert-desk.ts';
import { beginServiceWatch } from './service-watch.ts';
import { LOG_FOLDER, readStatus, statusFileOf } from './status-file.ts';
import type { Environment } from './terminal.ts';
import { watchRoutes } from './watch-routes.ts';

export interface OperationsSetup {
  /** Where the bot's journal lies. */
  readonly folder: string;
  readonly mode: string;
  readonly config: Config;
  readonly env: Environment;
  /** File of the settings, where one was named. */
  readonly configFile?: string | undefined;
  readonly latches: LatchStore;
  /** Time of the market. */
  readonly marketNow: () => number;
  /** Our clock against the venue's, where it is measured. */
  readonly clockOffsetMs?: () => number | undefined;
}

type HookName = 'onCanary' | 'onHeard' | 'onIncident' | 'onNote' | 'onSlice' | 'onAcked' | 'onRefused' | 'onProtected';

type SessionHooks = { readonly [Name in HookName]: NonNullable<SessionSetup[Name]> };

export interface Operations {
  readonly log: Logger;
  /** What the session is to call. */
  readonly hooks: SessionHooks;
  /** From now on status, alerts and metrics are of this session. */
  watch(session: Session, engine: RecordedEngine): Promise<void>;
  end(): Promise<void>;
}

const SECOND_MS = 1_000;
const MEGABYTE = 1_048_576;
/** Alerts on their way are waited for so long at the end. */
const LAST_ALERTS_MS = 3 * SECOND_MS;

/** @throws PerpilotError CONFIG_INVALID for a channel without its secret */
export function composeOperations(setup: OperationsSetup): Operations {
  const { folder, config, env } = setup;
  const clock = createSystemClock();
  const now = clock.now();
  mkdirSync(join(folder, LOG_FOLDER), { recursive: true });
  const log = logOf(setup);
  const notebook = new StatusNotebook(now);
  const dispatcher = createDispatcher({
    settings: config.alerts,
    env,
    clock,
    log,
    onDelivery: ({ alert, channels, at }) => {
      notebook.lastAlert = { kind: alert.kind, channel: channels[0] ?? null, time: at };
    },
  });
  const watched: Watched = { setup, clock, log, notebook, dispatcher, redact: createRedactor(secretsOf(env)) };
  const identity: BotIdentity = {
    instance: config.live.instance,
    mode: setup.mode,
    program: codeVersion(),
    pid: process.pid,
    startedAt: now,
  };
  let engine: RecordedEngine | undefined;
  let keeper: StatusKeeper | undefined;
  const stops: (() => Promise<void> | void)[] = [];
  return {
    log,
    hooks: hooksOf(watched, () => ({ engine, keeper })),
    async watch(session, of) {
      engine = of;
      for (const { instrument, model } of of.state.symbols)
        if (model !== undefined) notebook.model(instrument.symbol, now);
      keeper = keeperOf(watched, identity, { session, engine: of });
      keeper.begin();
      stops.push(() => keeper?.end(), ...(await doorsOf(watched)), ...serviceOf(watched, session));
      log.log('info', 'the bot is watched', { folder, program: identity.program });
    },
    async end() {
      log.log('info', 'the bot ends');
      for (const stop of stops) await stop();
      const { promise: patience, resolve } = Promise.withResolvers<void>();
      const stopWaiting = clock.after(LAST_ALERTS_MS, resolve);
      await dispatcher.end(patience);
      stopWaiting();
      await log.close();
    },
  };
}

interface Watched {
  readonly setup: OperationsSetup;
  readonly clock: ReturnType<typeof createSystemClock>;
  readonly log: Logger;
  readonly notebook: StatusNotebook;
  readonly dispatcher: AlertDispatcher;
  readonly redact: (text: string) => string;
}

function logOf({ folder, mode, config, env }: OperationsSetup): Logger {
  const { logLevel, logMaxMb, logKeepDays, logKeepMb } = config.operations;
  return createLog({
    folder: join(folder, LOG_FOLDER),
    level: logLevel,
    maxBytes: logMaxMb * MEGABYTE,
    keepDays: logKeepDays,
    keepBytes: logKeepMb * MEGABYTE,
    secrets: secretsOf(env),
    base: { bot: config.live.instance, mode },
    now: () => Date.now(),
  });
}

interface Running {
  readonly engine: RecordedEngine | undefined;
  readonly keeper: StatusKeeper | undefined;
}

function hooksOf({ clock, log, notebook, dispatcher, redact }: Watched, running: () => Running): SessionHooks {
  let trades: number | undefined;
  return {
    onHeard: () => notebook.heard(clock.now()),
    onIncident(incident) {
      const { kind, symbol, detail } = incident;
      notebook.incident(kind, clock.now());
      log.log('warn', `incident: ${kind}`, { symbol, detail });
      dispatcher.raise(alertOfIncident(incident, redact(shortJson(detail))));
      running().keeper?.look();
    },
    onCanary(record) {
      log.log(record.outcome === 'passed' ? 'info' : 'warn', 'a canary is over', { canary: record });
      running().keeper?.look();
    },
    onNote(note) {
      log.log(note.kind === 'rebalance' ? 'debug' : 'info', `note: ${note.kind}`, { note });
      if (note.kind === 'model' && note.modelId !== undefined) notebook.model(note.symbol, note.time);
      const alert = alertOfNote(note);
      if (alert !== undefined) dispatcher.raise(alert);
    },
    onSlice(slice, equity) {
      const { engine, keeper } = running();
      if (engine === undefined) return;
      notebook.slice(slice, engine.state);
      const { roundTrips } = engine.state;
      for (const trade of roundTrips.slice(trades ?? roundTrips.length)) {
        log.log('info', 'a trade ended', { symbol: trade.symbol, netPnl: trade.netPnl, reason: trade.reason });
        dispatcher.raise(alertOfTrade(trade));
      }
      trades = roundTrips.length;
      log.log('info', 'a close was decided', { close: slice.time, equity });
      for (const { instrument, verdict } of engine.state.symbols)
        log.log('debug', 'verdict', { symbol: instrument.symbol, verdict });
      keeper?.look();
    },
    onAcked({ intent }, latencyMs) {
      notebook.acked(latencyMs);
      log.log('info', 'an order was acknowledged', { symbol: intent.symbol, order: intent.clientOrderId, latencyMs });
    },
    onRefused({ intent }, reason) {
      notebook.incident('refused', clock.now());
      log.log('warn', 'an order was refused', { symbol: intent.symbol, order: intent.clientOrderId, reason });
    },
    onProtected(symbol, unprotectedMs) {
      notebook.unprotected(unprotectedMs);
      log.log('info', 'the stop rests at the venue', { symbol, unprotectedMs });
    },
  };
}

const LONGEST_DETAIL = 600;

function shortJson(detail: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(detail, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).slice(
    0,
    LONGEST_DETAIL,
  );
}

function keeperOf(
  { setup, clock, log, notebook, dispatcher }: Watched,
  identity: BotIdentity,
  { session, engine }: { readonly session: Session; readonly engine: RecordedEngine },
): StatusKeeper {
  const { folder, config, latches } = setup;
  const { statusIntervalSeconds, healthCheckIntervalSeconds } = config.operations;
  let checkedAt = -Infinity;
  return new StatusKeeper({
    clock,
    intervalMs: statusIntervalSeconds * SECOND_MS,
    rules: healthRulesOf(config.operations),
    collect: (now) =>
      collectFacts(
        identity,
        {
          state: engine.state,
          latches,
          notebook,
          unprotectedSince: (symbol) => session.protection.unprotectedSince(symbol),
          durable: engine.durable,
          nextClose: session.market.nextClose,
          marketAheadMs: marketAhead(setup, now),
          clockOffsetMs: setup.clockOffsetMs?.(),
          canary: session.canaries.status,
        },
        now,
      ),
    probe: async () => {
      notebook.machine = await machineFacts(folder);
      await session.queue.run(() => undefined);
    },
    onLoop: (at) => {
      notebook.loopAt = at;
    },
    write: (text) => writeFileAtomically(statusFileOf(folder), text),
    onStatus: (status, before) => {
      const alert = alertOfHealth(status, before);
      if (alert !== undefined) dispatcher.raise(alert);
      if (status.health === before && status.writtenAt - checkedAt < healthCheckIntervalSeconds * SECOND_MS) return;
      checkedAt = status.writtenAt;
      const { health, issues, warnings, equity, drawdown, guard } = status;
      const level = health === 'HEALTHY' ? 'info' : 'warn';
      log.log(level, `health: ${health}`, { issues, warnings, equity, drawdown, guard });
    },
    onUnwritable: (error) =>
      log.log('error', 'the status file cannot be written: free disk space or mend its rights', { error }),
  });
}

/** What differs by less is the way from one clock to the other. */
const SAME_MS = 5_000;

function marketAhead({ marketNow }: OperationsSetup, now: number): number {
  const ahead = marketNow() - now;
  return Math.abs(ahead) < SAME_MS ? 0 : ahead;
}

/** HTTP, chat, daily word and pings, as far as they are wanted here; what ends them. */
async function doorsOf(watched: Watched): Promise<readonly (() => Promise<void> | void)[]> {
  const { setup, clock, log, dispatcher } = watched;
  const { folder, config, env, latches } = setup;
  const { httpPort } = config.operations;
  const rules = healthRulesOf(config.operations);
  const view = (): StatusView => readStatus(folder, rules, clock.now());
  const stops: (() => Promise<void> | void)[] = [backupsOf(watched)];
  const server = httpPort === null ? undefined : await opened(httpPort, view, log);
  if (server !== undefined) stops.push(() => server.close());
  const { alerts: settings } = config;
  if (settings.watcher === 'bot') stops.push(startWatcher({ settings, env, clock, log, dispatcher, latches, view }));
  return stops;
}

/** Where systemd started the bot, it hears that it lives. */
function serviceOf({ setup, clock, log }: Watched, session: Session): readonly (() => void)[] {
  const hint =
    'systemd will end a bot that it does not hear: install systemd-notify, or take WatchdogSec out of the unit';
  const supervisor = createSystemd({ env: setup.env, onMute: (problem) => log.log('error', hint, { problem }) });
  const probe = (): Promise<void> => session.queue.run(() => undefined);
  return supervisor === undefined ? [] : [beginServiceWatch({ supervisor, clock, probe })];
}

/** A backup that fails is told; positions are looked after all the same. */
function backupsOf({ setup, clock, log, dispatcher, redact }: Watched): () => void {
  return startBackupSchedule({
    settings: setup.config.operations.backup,
    folder: setup.folder,
    configFile: setup.configFile,
    clock,
    onDone: (says) => log.log('info', 'a backup was made', { says }),
    onFailed: (says) => {
      log.log('error', 'no backup could be made', { says });
      dispatcher.raise(alertOfBackup(redact(says), clock.now()));
    },
  });
}

/** A port that is taken keeps no bot from trading. */
async function opened(port: number, view: () => StatusView, log: Logger): Promise<LoopbackServer | undefined> {
  try {
    const server = await startLoopbackServer(port, watchRoutes(view));
    log.log('info', 'health and metrics can be asked for', { port: server.port });
    return server;
  } catch (error) {
    log.log('error', `port ${port} is taken: set operations.http_port to another one`, { error });
    return undefined;
  }
}
