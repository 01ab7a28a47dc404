// How is the bot put together that trades by the clock? Locks, journal, venue, gates, models, warm-up and session, in this order.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { lockInstance } from '../adapters/sqlite/instance-lock.ts';
import { codeVersion } from '../adapters/system/code-version.ts';
import { createHeartbeatFile } from '../adapters/system/heartbeat-file.ts';
import { createLatchFiles } from '../adapters/system/latch-files.ts';
import { createSymbolSwitches } from '../adapters/system/symbol-switches.ts';
import { createSystemClock } from '../adapters/system/system-clock.ts';
import { loadConfig } from '../config/load-config.ts';
import { roundToTick } from '../domain/instrument.ts';
import { VenueError } from '../domain/venue-error.ts';
import type { MarketSlice } from '../engine/event.ts';
import { beginRun, type BegunRun } from '../live/record/begin-run.ts';
import type { RecordedEngine } from '../live/record/recorded-engine.ts';
import type { RunSymbol } from '../live/record/run-record.ts';
import { canaryRulesOf } from '../live/safety/canary-config.ts';
import type { CanaryRecord } from '../live/safety/canary-record.ts';
import { FAMILY_PREFIX, instanceOf, ownPrefix } from '../live/session/order-ids.ts';
import { sessionRulesOf } from '../live/session/session-rules.ts';
import { Session } from '../live/session/session.ts';
import type { Incident } from '../live/session/session-setup.ts';
import type { TrackedOrder } from '../live/orders/tracked-order.ts';
import type { Note } from '../engine/step.ts';
import { leftOrders } from '../live/start/account-fit.ts';
import { accountId } from '../live/start/readiness-report.ts';
import { contractFacts, discoverUniverse } from '../market-data/discover-universe.ts';
import type { Journal } from '../ports/journal.ts';
import type { VenueInstrument } from '../ports/venue-market.ts';
import { configRequestOf, type ConfigOptions } from './arguments.ts';
import { canaryWords, clearedOfCanary, hasPlayMoney } from './bot-canary.ts';
import { environmentOf, keyOf, type ExchangeMode, type Key } from './bot-modes.ts';
import type { BotObserver } from './bot-observer.ts';
import { beginModels } from './begin-models.ts';
import { botPlan, type BotPlan } from './bot-plan.ts';
import { openBotVenue, type BotVenue } from './bot-venue.ts';
import { takeUpMarket, type TakenUp } from './bot-warm-up.ts';
import { connectorNotices } from './connector-notices.ts';
import type { CliContext } from './context.ts';
import { composeOperations, type Operations } from './compose-operations.ts';
import { startWatchdogChild } from './watchdog-child.ts';
import { observationOf, renewalOf } from './bot-renewal.ts';
import { createRetrainChild } from './retrain-child.ts';
import type { ModelObservation } from '../live/models/model-observation.ts';
import type { ChampionSource } from '../live/models/champion-source.ts';
import type { RenewalSource } from '../live/models/renewal-source.ts';
import type { SymbolState } from '../engine/state.ts';
import { keptModels, type KeptModels } from './kept-models.ts';
import { openBotJournal } from './open-bot-journal.ts';
import { openPaperVenue } from './paper-venue.ts';
import { recordedSettings, settingsOfRun, setupOfRun } from './recorded-run.ts';
import { refuseUnusableWords, wordsOf } from './research-options.ts';
import { knownOrders, refuseUnfit, refuseUnready } from './start-gate.ts';

export interface ExchangeBotOptions extends ConfigOptions {
  readonly mode: ExchangeMode;
  readonly symbols?: readonly string[];
  readonly data?: string;
  readonly state?: string;
  readonly seed?: number;
  readonly baseUrl?: string;
  readonly takeOver: boolean;
}

/** A bot that has all it needs, and has not begun to act. */
export interface ComposedBot {
  readonly session: Session;
  readonly engine: RecordedEngine;
  readonly folder: string;
  /** A run of before goes on. */
  readonly continues: boolean;
  /** Rejects when a promise inside the program breaks. */
  readonly fatal: Promise<never>;
  close(): Promise<void>;
}

interface Parts {
  readonly options: ExchangeBotOptions;
  readonly plan: BotPlan;
  readonly folder: string;
  readonly prefix: string;
  readonly observer: BotObserver;
  readonly journal: Journal;
  readonly venue: BotVenue;
  readonly operations: Operations;
  readonly signal: AbortSignal;
  /** What has to be closed in the end. */
  readonly resources: AsyncDisposableStack;
}

/** @throws PerpilotError for everything that is wrong with options, settings, state and account; VenueError when the venue is not there */
export async function composeBot(
  options: ExchangeBotOptions,
  context: CliContext,
  observer: BotObserver,
): Promise<ComposedBot> {
  const { mode, baseUrl } = options;
  const loaded = loadConfig(configRequestOf(options));
  const plan = botPlan(loaded, options.riskLevel, options.seed);
  const { exchange, instance, stateFolder } = loaded.config.live;
  const folder = options.state ?? join(stateFolder, `${mode}-${exchange}-${instance}`);
  const key = mode === 'paper' ? undefined : keyOf(mode, context.env);
  if (mode === 'live' && key !== undefined) {
    refuseUnready({ folder, venue: exchange, key, loaded, env: context.env });
  }
  await using resources = new AsyncDisposableStack();
  await mkdir(folder, { recursive: true });
  resources.defer(lockInstance(join(folder, 'lock.sqlite'), `the state in ${folder}`).release);
  if (key !== undefined) {
    const file = accountLock(exchange, baseUrl ?? mode, key);
    resources.defer(lockInstance(file, `this account of ${exchange} ${mode}`).release);
  }
  const notices = connectorNotices(observer.remark);
  const venue = await openBotVenue({
    venue: exchange,
    environment: environmentOf(mode),
    key,
    baseUrl,
    notice: notices.listener,
  });
  resources.defer(() => venue.close());
  const journal = await openBotJournal(folder, () => venue.clock.now());
  resources.defer(() => journal.close());
  const prefix = ownPrefix(instanceOf(`${exchange} ${mode}`, instance));
  const operations = composeOperations({
    folder,
    mode,
    config: loaded.config,
    env: context.env,
    configFile: options.config,
    latches: createLatchFiles(folder),
    marketNow: () => venue.clock.now(),
    clockOffsetMs: () => venue.connection.health().clockOffsetMs,
  });
  resources.defer(() => operations.end());
  const { signal } = context.interrupt;
  const parts = { options, plan, folder, prefix, observer, journal, venue, operations, signal, resources };
  const bot = await composeOn(parts);
  notices.tellTo(bot.session.unknowns.heard, (jump) => bot.session.clockJumped({ ...jump }));
  await operations.watch(bot.session, bot.engine);
  // A paper account lives in the bot's own process.
  if (mode !== 'paper' && loaded.config.live.watchdog.enabled) {
    const watched = { exchange, environment: mode, baseUrl, folder, remark: observer.remark };
    resources.defer(startWatchdogChild({ ...options, ...watched }).stop);
  }
  return { ...bot, folder, close: closing(bot.session, resources.move()) };
}

function closing(session: Session, owned: AsyncDisposableStack): () => Promise<void> {
  return async () => {
    await stopWithin(session, STOP_WITHIN_MS);
    await owned.disposeAsync();
  };
}

async function composeOn(all: Parts): Promise<Omit<ComposedBot, 'close' | 'folder'>> {
  const { plan, journal, observer, prefix, options } = all;
  const { live } = plan.loaded.config;
  const listed = await all.venue.connection.market.instruments();
  const symbols = await wantedSymbols(all, listed);
  const venue = options.mode === 'paper' ? await onPaper(all, symbols) : all.venue;
  const parts = { ...all, venue };
  const { marginMode } = live;
  const { maxLeverage } = plan.settings.risk;
  const { takeOver } = options;
  const { remark } = observer;
  await refuseUnfit({ venue, symbols, journal, prefix, marginMode, maxLeverage, takeOver, remark });
  if (takeOver) await cancelLeft(parts);
  const { engine, changed, recovered, run, kept, observation } = await begin(parts, symbols, listed);
  if (changed.length > 0) observer.remark(`a new run begins, since ${changed.join('; ')}`);
  const taken = await takeUpMarket({ engine, venue, plan, signal: parts.signal });
  const champions = await beginModels({ ...parts, ...firstModels(parts, taken), engine, kept });
  const newest = [...journal.read({ stream: 'execution', last: 1 })][0]?.eventTime ?? -Infinity;
  const { promise: fatal, reject } = Promise.withResolvers<never>();
  fatal.catch(() => undefined);
  const rules = { ...sessionRulesOf(live), canary: canaryRulesOf(live.canary, hasPlayMoney(options.mode)) };
  const executionsFrom = Math.max(run.startedAt, newest - rules.executionOverlapMs);
  const session = new Session({
    ...taken,
    engine,
    journal,
    prefix,
    rules,
    champions,
    renewal: renewal(parts, { champions, observation, symbols: engine.state.symbols }),
    executionsFrom,
    connection: venue.connection,
    clock: venue.clock,
    latches: createLatchFiles(parts.folder),
    symbolSwitches: createSymbolSwitches(parts.folder),
    heartbeat: {
      store: createHeartbeatFile(parts.folder),
      clock: createSystemClock(),
      everyMs: live.watchdog.heartbeatSeconds * 1_000,
      pid: process.pid,
    },
    familyPrefix: FAMILY_PREFIX,
    marks: plan.loaded.config.data,
    fundingIntervalHours: new Map(listed.map((each) => [each.instrument.symbol, each.fundingIntervalHours])),
    roundPrice: (symbol, price) => {
      const known = engine.state.bySymbol.get(symbol);
      return known === undefined ? price : roundToTick(known.instrument, price, 'nearest');
    },
    onFatal: reject,
    ...heard(observer, engine, parts.operations),
  });
  return { session, engine, fatal, continues: recovered > 0 };
}

/** The venue with an account that is kept here. */
async function onPaper(
  { venue, folder, plan, observer, resources }: Parts,
  symbols: readonly string[],
): Promise<BotVenue> {
  const { remark } = observer;
  const onPaperNow = await openPaperVenue({ venue, folder, symbols, plan, remark });
  resources.defer(() => onPaperNow.close());
  return onPaperNow;
}

/** Those that are named; else those of section `discovery`. */
async function wantedSymbols(
  { options, plan, venue }: Parts,
  listed: readonly VenueInstrument[],
): Promise<readonly string[]> {
  const words = wordsOf(options.symbols);
  if (words !== undefined) refuseUnusableWords('--symbols', words);
  const { discovery } = plan.loaded.config;
  if (words !== undefined) return words;
  if (discovery.universeMode === 'fixed') return discovery.symbols;
  const contracts = contractFacts(listed, await venue.connection.market.tickers());
  return discoverUniverse(contracts, discovery, venue.clock.now()).chosen.map(({ symbol }) => symbol);
}

/** The run with its models, those of earlier lives included. */
async function begin(
  { options, plan, journal, venue, folder, prefix }: Parts,
  symbols: readonly string[],
  listed: readonly VenueInstrument[],
): Promise<BegunRun & { readonly kept: KeptModels; readonly observation: ModelObservation }> {
  const bySymbol = new Map(listed.map((each) => [each.instrument.symbol, each]));
  let kept = keptModels(folder, plan.strategy, journal);
  let observation = observationOf({ symbols, settings: plan.settings, barMs: plan.barMs, kept });
  const begun = await beginRun({
    journal,
    wanted: {
      settings: recordedSettings(plan.loaded.resolved),
      barMs: plan.barMs,
      symbols: symbols.flatMap((symbol): readonly RunSymbol[] => {
        const found = bySymbol.get(symbol);
        if (found === undefined) return [];
        return [{ instrument: found.instrument, hasFunding: true, listedAt: found.listedAt }];
      }),
      version: codeVersion(),
    },
    walletNow: async () => {
      await clearedOfCanary(venue, { journal, prefix });
      return (await venue.connection.account.balance()).wallet;
    },
    setupOf: setupOfRun,
    modelsOf: (run) => {
      kept = keptModels(folder, setupOfRun(run).strategy, journal);
      return kept.of;
    },
    recordsOf: (run) => {
      const names = run.symbols.map(({ instrument }) => instrument.symbol);
      observation = observationOf({ symbols: names, settings: settingsOfRun(run), barMs: run.barMs, kept });
      return (record) => observation.take(record);
    },
    symbolsMayStay: options.symbols === undefined && plan.loaded.config.discovery.universeMode === 'auto',
    now: () => venue.clock.now(),
  });
  return { ...begun, kept, observation };
}

interface Renewed {
  readonly champions: ChampionSource;
  readonly observation: ModelObservation;
  readonly symbols: readonly SymbolState[];
}

/** History that is learnt from lies in a folder: without one the bot watches its models and trains none. */
function renewal({ options, plan, venue }: Parts, { champions, observation, symbols }: Renewed): RenewalSource {
  const { config } = plan.loaded;
  const { store } = champions;
  const data = options.data ?? config.data.root;
  const { config: file, riskLevel, set } = options;
  const given = {
    ...(file === undefined ? {} : { config: file }),
    ...(riskLevel === undefined ? {} : { riskLevel }),
    ...(set === undefined ? {} : { set }),
  };
  const { isReplayed } = venue;
  const names = symbols.map(({ instrument }) => instrument.symbol);
  const child = { ...given, isReplayed, update: !isReplayed, models: store.place, symbols: names };
  return renewalOf({
    store,
    observation,
    renewal: config.renewal,
    strategy: plan.strategy,
    bot: `${options.mode}-${config.live.exchange}-${config.live.instance}`,
    job: data === null ? undefined : createRetrainChild({ ...child, data }),
  });
}

/** The last candle before the first decision is the last one that a model may know. */
function firstModels({ options, plan, venue, operations, signal }: Parts, { firstClose }: TakenUp) {
  const data = options.data ?? plan.loaded.config.data.root ?? undefined;
  return {
    now: () => venue.clock.now(),
    onIncident: operations.hooks.onIncident,
    training: { until: firstClose - plan.barMs, data, history: venue.history, signal },
  };
}

/** Open orders of a bot that has gone; what it holds is adopted by the rule for foreign positions. */
async function cancelLeft({ venue, journal, prefix, observer }: Parts): Promise<void> {
  const { account } = venue.connection;
  for (const order of leftOrders(await account.openOrders(), knownOrders({ journal, prefix }))) {
    const { symbol, clientOrderId } = order;
    try {
      await account.cancel({ symbol, clientOrderId });
      observer.remark(`order ${clientOrderId} of ${symbol}, which another perpilot has left, was cancelled`);
    } catch (error) {
      // Gone in the meantime, or seen again by the first comparison.
      if (!(error instanceof VenueError)) throw error;
    }
  }
}

function heard(observer: BotObserver, engine: RecordedEngine, { hooks }: Operations) {
  let told = engine.state.roundTrips.length;
  return {
    onHeard: hooks.onHeard,
    onAcked: hooks.onAcked,
    onProtected: hooks.onProtected,
    onIncident: (incident: Incident) => {
      hooks.onIncident(incident);
      observer.incident(incident);
    },
    onCanary: (record: CanaryRecord) => {
      hooks.onCanary(record);
      observer.remark(canaryWords(record));
    },
    onNote: (note: Note) => {
      hooks.onNote(note);
      observer.note(note);
    },
    onRefused: (order: TrackedOrder, reason: string) => {
      hooks.onRefused(order, reason);
      observer.refused(order.intent.symbol, reason);
    },
    onSlice: (slice: MarketSlice, equity: number) => {
      hooks.onSlice(slice, equity);
      const ended = engine.state.roundTrips.slice(told);
      told = engine.state.roundTrips.length;
      observer.close({ slice, equity, state: engine.state, ended });
    },
  };
}

/** What is on its way is waited for, but not for ever: the journal knows of it, and the next life looks it up. */
const STOP_WITHIN_MS = 3_000;

async function stopWithin(session: Session, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([session.stop(), late]);
  clearTimeout(timer);
  session.queue.halt();
}

/** One account is traded by one process of this machine, wherever their states lie. */
function accountLock(venue: string, place: string, { key }: Key): string {
  const user = createHash('sha256').update(userInfo().username).digest('hex').slice(0, 8);
  return join(tmpdir(), `perpilot-${user}`, `account-${accountId(venue, place, key)}.sqlite`);
}
