// How is a rehearsal put together? Market, simulated exchange, the real connector, trained models, journal and session, in one process.
import { join } from 'node:path';
import { createVenueConnection } from '../adapters/ccxt/venue-connection.ts';
import { openJournal } from '../adapters/sqlite/journal.ts';
import { codeVersion } from '../adapters/system/code-version.ts';
import { createLatchFiles } from '../adapters/system/latch-files.ts';
import { createSymbolSwitches } from '../adapters/system/symbol-switches.ts';
import { createSystemClock } from '../adapters/system/system-clock.ts';
import { loadConfig } from '../config/load-config.ts';
import { PerpilotError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import { roundToTick, type Instrument } from '../domain/instrument.ts';
import { DAY_MS } from '../domain/time.ts';
import { createSimulatedExchange } from '../exchange-simulator/core/create-simulated-exchange.ts';
import type { MarketTape, SimulatedExchange } from '../exchange-simulator/core/exchange.ts';
import { startSimulator, type RunningSimulator } from '../exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../exchange-simulator/venues/bybit/bybit-codec.ts';
import { beginRun } from '../live/record/begin-run.ts';
import type { RecordedEngine } from '../live/record/recorded-engine.ts';
import type { MarketPace } from '../live/rehearsal/rehearse.ts';
import { SteppedClock } from '../live/rehearsal/stepped-clock.ts';
import { sessionRulesOf } from '../live/session/session-rules.ts';
import { FAMILY_PREFIX, instanceOf, ownPrefix } from '../live/session/order-ids.ts';
import { Session } from '../live/session/session.ts';
import type { Incident } from '../live/session/session-setup.ts';
import { warmUp } from '../live/session/warm-up.ts';
import type { Journal } from '../ports/journal.ts';
import type { VenueConnection, VenueName } from '../ports/venue-connection.ts';
import { listedAtOf, type SymbolMarket } from '../research/market.ts';
import type { VariantSettings } from '../research/settings.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { configRequestOf, type ConfigOptions } from './arguments.ts';
import { botPlan, type BotPlan } from './bot-plan.ts';
import { openSource } from './check-request.ts';
import { chosenSymbols } from './chosen-symbols.ts';
import { trainBotModels, type BotModel } from './compose-bot-models.ts';
import { loadMarkets } from './compose-markets.ts';
import { loadTape } from './compose-tape.ts';
import type { ModelObservation } from '../live/models/model-observation.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { firstRehearsed, renewingRehearsal, type RehearsedModels } from './rehearsal-renewal.ts';
import { keepModel, keepText, modelRow } from './kept-models.ts';
import { recordedSettings, setupOfRun } from './recorded-run.ts';
import { refuseUnusableWords, wordsOf } from './research-options.ts';
import { simulatorCredentials } from './simulator-options.ts';

export interface RehearsalOptions extends ConfigOptions {
  readonly symbols?: readonly string[];
  readonly data?: string;
  readonly embedded: boolean;
  readonly from?: number;
  readonly days: number;
  readonly out: string;
  readonly seed?: number;
  /** Models are watched and renewed by the schedule, in a registry of the rehearsal's own. */
  readonly renew?: boolean;
}

/** A bot on its exchange, ready to be run. */
export interface ComposedRehearsal {
  readonly session: Session;
  readonly engine: RecordedEngine;
  readonly clock: SteppedClock;
  readonly pace: MarketPace;
  readonly exchange: SimulatedExchange;
  readonly journal: Journal;
  readonly models: readonly BotModel[];
  /** Registry of the models that are renewed; undefined: they are not. */
  readonly store: ModelStore | undefined;
  readonly incidents: readonly Incident[];
  readonly markets: readonly SymbolMarket[];
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  readonly synthetic: boolean;
  readonly from: number;
  readonly until: number;
  /** Rejects when a promise inside the program breaks. */
  readonly fatal: Promise<never>;
  close(): Promise<void>;
}

/** What is rehearsed, and on which market. */
interface Plan extends BotPlan {
  readonly markets: readonly SymbolMarket[];
  readonly tape: MarketTape;
  readonly synthetic: boolean;
  readonly from: number;
  readonly until: number;
}

/** @throws PerpilotError for everything that is wrong with options, settings and data */
export async function composeRehearsal(options: RehearsalOptions, signal: AbortSignal): Promise<ComposedRehearsal> {
  const plan = await planOf(options, signal);
  const { markets, settings, strategy, from, until, synthetic } = plan;
  const exchange = exchangeOf(plan);
  const venue = plan.loaded.config.live.exchange;
  const running = await startOn(exchange, venue);
  const connection = await connect(running, exchange, venue);
  const known: RehearsedModels = { models: new Map(), texts: new Map() };
  const models = options.renew === true ? firstRehearsed(plan, known) : await trainedOnce(plan, options.out, known);
  const clock = new SteppedClock(exchange.now);
  const journal = await openJournal({ file: join(options.out, 'journal.sqlite'), now: () => clock.now() });
  const renewing =
    options.renew === true
      ? await renewingRehearsal({ plan, folder: options.out, known, journal, signal }, models)
      : undefined;
  const engine = await beginEngine(plan, { journal, connection, clock, known, observation: renewing?.observation });
  const warmed = await warmUp({
    engine,
    market: connection.market,
    marks: plan.loaded.config.data,
    // The candle that is decided at first is the last of the warm-up, as in research.
    from: from - (plan.warmupBars - 1) * plan.barMs,
    until: from,
  });
  for (const [id, text] of known.texts) {
    if (renewing !== undefined) await keepText(options.out, id, text);
    const row = modelRow(journal, { id, text, time: from });
    if (row !== undefined) engine.write([row]);
  }
  for (const { symbol, trained } of models) {
    engine.digest({ kind: 'model-promoted', time: from, symbol, model: trained?.model });
  }
  const incidents: Incident[] = [];
  const { promise: fatal, reject } = Promise.withResolvers<never>();
  fatal.catch(() => undefined);
  const session = new Session({
    ...sessionFacts(plan),
    engine,
    journal,
    connection,
    clock,
    latches: createLatchFiles(options.out),
    symbolSwitches: createSymbolSwitches(options.out),
    ...warmed,
    champions: renewing?.champions,
    renewal: renewing?.renewal,
    onFatal: reject,
    onIncident: (incident) => incidents.push(incident),
  });
  const close = async (): Promise<void> => {
    await session.stop();
    await connection.close();
    await running.close();
    journal.close();
  };
  const pace = paceOf(exchange, running);
  const { store } = renewing ?? {};
  const facts = { models, incidents, markets, settings, strategy, synthetic, from, until, store };
  return { session, engine, clock, pace, exchange, journal, ...facts, fatal, close };
}

async function planOf(options: RehearsalOptions, signal: AbortSignal): Promise<Plan> {
  const loaded = loadConfig(configRequestOf(options));
  const { config } = loaded;
  const plan = botPlan(loaded, options.riskLevel, options.seed);
  const { barMs, seed } = plan;
  const source = await openSource(options, { config, seed });
  const words = wordsOf(options.symbols);
  if (words !== undefined) refuseUnusableWords('--symbols', words);
  const { symbols: chosen } = await chosenSymbols(words ?? ['all'], source, config.data.interval);
  // What happens at one moment happens in the order of their names, as in research.
  const symbols = chosen.toSorted();
  const { markets, failure } = await loadMarkets({ source, symbols, data: config.data, signal });
  if (failure !== undefined) throw failure;
  const { from, until } = spanOf(markets, options, { barMs, days: config.walkForward.trainDays });
  const { fundingIntervalHours } = config.costs;
  const tape = await loadTape({ source, symbols, data: config.data, fundingIntervalHours, from, until, signal });
  return { ...plan, markets, tape, synthetic: source.synthetic, from, until };
}

function exchangeOf({ tape, from, until, seed, loaded }: Plan): SimulatedExchange {
  const { costs, account } = loaded.config;
  return createSimulatedExchange({
    tape,
    from,
    until,
    costs,
    deposit: account.initialEquity,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 1,
    seed,
    touches: 'close',
  });
}

interface EngineParts {
  readonly journal: Journal;
  readonly connection: VenueConnection;
  readonly clock: SteppedClock;
  readonly known: RehearsedModels;
  readonly observation: ModelObservation | undefined;
}

/** Models as a fold of the walk-forward trains them. */
async function trainedOnce(plan: Plan, folder: string, known: RehearsedModels): Promise<readonly BotModel[]> {
  const { markets, settings, strategy, from, seed, loaded } = plan;
  const { walkForward } = loaded.config;
  const models = trainBotModels({ markets, settings, strategy, walkForward, from, seed: String(seed) });
  for (const [index, { trained }] of models.entries()) {
    if (trained === undefined) continue;
    const origin = { configHash: settings.configHash, dataHash: markets[index].dataHash };
    known.models.set(trained.model.id, trained.model);
    known.texts.set(trained.model.id, await keepModel(folder, trained, origin));
  }
  return models;
}

async function beginEngine(plan: Plan, parts: EngineParts): Promise<RecordedEngine> {
  const { journal, connection, clock, known, observation } = parts;
  const { engine } = await beginRun({
    journal,
    wanted: {
      settings: recordedSettings(plan.loaded.resolved),
      barMs: plan.barMs,
      symbols: plan.markets.map((market) => ({
        instrument: market.instrument,
        hasFunding: market.funding !== undefined,
        listedAt: listedAtOf(market),
      })),
      version: codeVersion(),
    },
    walletNow: async () => (await connection.account.balance()).wallet,
    setupOf: setupOfRun,
    modelsOf: () => (id) => {
      const model = known.models.get(id);
      if (model === undefined) throw new PerpilotError('MODEL_CORRUPT', `model ${id} is not there any more`);
      return model;
    },
    recordsOf: () => (record) => observation?.take(record),
    now: () => clock.now(),
  });
  return engine;
}

function sessionFacts({ loaded, markets, tape, from, barMs }: Plan) {
  const instruments = new Map<string, Instrument>(markets.map(({ symbol, instrument }) => [symbol, instrument]));
  return {
    prefix: ownPrefix(instanceOf('rehearsal', 'bot')),
    familyPrefix: FAMILY_PREFIX,
    rules: sessionRulesOf(loaded.config.live),
    marks: loaded.config.data,
    firstClose: from + barMs,
    executionsFrom: from,
    fundingIntervalHours: new Map(tape.symbols.map((each) => [each.instrument.symbol, each.fundingIntervalHours])),
    roundPrice: (symbol: string, price: number): number => {
      const instrument = instruments.get(symbol);
      return instrument === undefined ? price : roundToTick(instrument, price, 'nearest');
    },
  };
}

/** The last days of the data unless told otherwise, after enough of them to train on. */
function spanOf(
  markets: readonly SymbolMarket[],
  options: RehearsalOptions,
  needs: { readonly barMs: number; readonly days: number },
): { readonly from: number; readonly until: number } {
  const ends = markets.map(({ series }) => series.openTime[series.length - 1] + series.intervalMs);
  const last = Math.max(...ends);
  const from = options.from ?? last - options.days * DAY_MS;
  const until = Math.min(last, from + options.days * DAY_MS);
  const first = Math.min(...markets.map(({ series }) => series.openTime[0]));
  const earliest = first + needs.days * DAY_MS;
  if (from % needs.barMs === 0 && from >= earliest && from < last) return { from, until };
  throw new PerpilotError('DATA_TOO_SHORT', [
    {
      message: `a rehearsal from ${isoTime(from)} does not fit: the candles reach from ${isoTime(first)} to ${isoTime(last)}, and the models need ${needs.days} days before it`,
      where: '--from',
      hint: `begin between ${isoTime(earliest)} and ${isoTime(last)}, at a full candle`,
    },
  ]);
}

function startOn(exchange: SimulatedExchange, venue: VenueName): Promise<RunningSimulator> {
  return startSimulator({
    exchange,
    createCodec: venue === 'binance' ? createBinanceCodec : createBybitCodec,
    credentials: simulatorCredentials({}).credentials,
    clock: createSystemClock(),
    speed: 'lockstep',
    port: 0,
    limits: false,
    report: (problem) => {
      throw problem;
    },
  });
}

async function connect(
  { httpUrl, webSocketUrl }: RunningSimulator,
  exchange: SimulatedExchange,
  venue: VenueName,
): Promise<VenueConnection> {
  const { key, secret } = simulatorCredentials({}).credentials;
  return createVenueConnection({
    venue,
    environment: 'testnet',
    credentials: { key, secret },
    baseUrls: { rest: httpUrl, stream: webSocketUrl },
    clock: createSystemClock(),
    random: Math.random,
    marketTime: async () => exchange.now,
    limited: false,
    budgetFolder: 'none',
  });
}

/** The market moves when the bot is quiet; a step ends when everything has been written to the sockets. */
function paceOf(exchange: SimulatedExchange, running: RunningSimulator): MarketPace {
  let executions = exchange.executions({}).length;
  exchange.listen((event) => {
    if (event.kind === 'execution') executions += 1;
  });
  const state = () => ({ time: exchange.now, executions, ended: exchange.ended });
  return {
    now: async () => state(),
    async step(time) {
      await running.advance(Math.min(time, exchange.nextClose()));
      return state();
    },
  };
}
