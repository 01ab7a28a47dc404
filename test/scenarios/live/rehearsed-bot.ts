// How are the bot's scenarios written? A session over the simulated exchange, its market moved on whenever it is quiet.
import type { CandleSeries } from '../../../src/domain/candle.ts';
import { roundToTick } from '../../../src/domain/instrument.ts';
import type { EngineParams, EngineSetup } from '../../../src/engine/state.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { rehearse, type MarketPace } from '../../../src/live/rehearsal/rehearse.ts';
import { SteppedClock } from '../../../src/live/rehearsal/stepped-clock.ts';
import type { RenewalSource } from '../../../src/live/models/renewal-source.ts';
import { RecordedEngine } from '../../../src/live/record/recorded-engine.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { FAMILY_PREFIX, ownPrefix } from '../../../src/live/session/order-ids.ts';
import { Session } from '../../../src/live/session/session.ts';
import type { Incident, SessionRules, SessionSetup } from '../../../src/live/session/session-setup.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import type { SymbolSwitches } from '../../../src/ports/symbol-switches.ts';
import type { Latch, LatchName, LatchStore } from '../../../src/ports/latch-store.ts';
import type { VenueConnection } from '../../../src/ports/venue-connection.ts';
import type { MetaModel } from '../../../src/strategy/meta-model.ts';
import type { SharedMarket } from '../exchange-simulator/both-venues.ts';
import { scripted, type Script } from '../engine/scripted-bot.ts';

export const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };

export interface BotOnMarket {
  readonly market: SharedMarket;
  readonly exchange: SimulatedExchange;
  readonly connection: VenueConnection;
  readonly journal: Journal;
  readonly params: EngineParams;
  /** A script of its own for every life. */
  readonly script: () => Script;
  readonly initialEquity: number;
  readonly rules?: Partial<SessionRules>;
  readonly latches?: LatchStore;
  readonly symbolSwitches?: SymbolSwitches;
  /** Over a wire: how the market moves, and how long an answer on its way is waited for. */
  readonly wire?: { readonly pace: MarketPace; readonly patience: () => Promise<void> };
  readonly onProtected?: (symbol: string, unprotectedMs: number) => void;
  /** What else is to hear of it. */
  readonly hooks?: Pick<SessionSetup, 'onHeard' | 'onSlice' | 'onAcked' | 'onNote' | 'onRefused'>;
  /** Where the champions stand. Default: nowhere. */
  readonly champions?: SessionSetup['champions'];
  /** By what each life watches and renews its models. Default: by nobody. */
  readonly renewal?: () => RenewalSource;
  /** Models by the id under which the journal names them. Default: there are none. */
  readonly modelOf?: (id: string) => MetaModel;
  /** Told of every step of the market. */
  readonly onStep?: () => void;
}

export const setupOf = ({ market, params, script, initialEquity }: BotOnMarket): EngineSetup => ({
  barMs: market.series[0].intervalMs,
  initialEquity,
  params,
  strategy: scripted(script()),
  symbols: market.instruments.map((instrument, index) => ({
    instrument,
    hasFunding: market.funding[index] !== undefined,
  })),
});

export interface RehearsedBot {
  readonly session: Session;
  readonly engine: RecordedEngine;
  readonly clock: SteppedClock;
  readonly incidents: Incident[];
  /** Runs until `time`, or to the end of the market; `atRest`: and then until the bot is quiet. */
  run(until?: number, atRest?: boolean): Promise<void>;
}

const unwanted = (error: unknown): never => {
  throw error;
};

/** A bot that takes up what its journal holds; it begins when `run` is called. */
export function rehearsedBot(bot: BotOnMarket): RehearsedBot {
  const { market, exchange, connection, journal } = bot;
  const clock = new SteppedClock(exchange.now);
  const renewal = bot.renewal?.();
  const engine = new RecordedEngine({
    onRecord: (record) => renewal?.observation.take(record),
    setup: setupOf(bot),
    journal,
    modelOf: bot.modelOf ?? unwanted,
    now: () => clock.now(),
  });
  engine.recover();
  const incidents: Incident[] = [];
  const known = lastCloses(engine, journal);
  let fatal: { readonly error: unknown } | undefined;
  const { promise: death, reject: die } = Promise.withResolvers<never>();
  death.catch(() => undefined);
  const session = new Session({
    engine,
    journal,
    connection,
    clock,
    latches: bot.latches ?? memoryLatches(),
    symbolSwitches: bot.symbolSwitches,
    prefix: ownPrefix('t1'),
    familyPrefix: FAMILY_PREFIX,
    rules: { ...DEFAULT_RULES, ...bot.rules },
    marks: MARKS,
    firstClose: (known ?? earliestOpen(market.series)) + market.series[0].intervalMs,
    lastCandles: new Map(),
    fundingStamps: new Map(),
    fundingIntervalHours: new Map(market.instruments.map(({ symbol }) => [symbol, 8])),
    roundPrice: (symbol, price) =>
      roundToTick(market.instruments.find((each) => each.symbol === symbol) ?? market.instruments[0], price, 'nearest'),
    executionsFrom: earliestOpen(market.series),
    onFatal: (error) => {
      fatal ??= { error };
      die(error);
    },
    onIncident: (incident) => incidents.push(incident),
    champions: bot.champions,
    renewal,
    ...bot.hooks,
    ...(bot.onProtected === undefined ? {} : { onProtected: bot.onProtected }),
  });
  let executions = exchange.executions({}).length;
  exchange.listen((event) => {
    if (event.kind === 'execution') executions += 1;
  });
  const pace = bot.wire?.pace ?? paceOf(bot, { executions: () => executions, isDead: () => fatal !== undefined });
  let started = false;
  /** Lets time pass until nothing is under way. */
  const rest = async (before: number): Promise<void> => {
    while (!session.quiet && !session.queue.isHalted) {
      const { time, executions: known } = await pace.step(clock.nextDue);
      clock.moveTo(time);
      await session.settledOrWaiting(known - before, Promise.resolve());
    }
  };
  return {
    session,
    engine,
    clock,
    incidents,
    async run(until = Infinity, atRest = false) {
      if (!started) await Promise.race([session.start(), death]);
      started = true;
      // What happened while nobody lived is asked for at the start, so it is known too.
      const before = executions - session.executions.knownCount;
      await rehearse({
        session,
        clock,
        pace,
        patience: bot.wire?.patience ?? (() => Promise.resolve()),
        executionsBefore: before,
        isOver: (time) => time >= until || fatal !== undefined,
      });
      if (atRest) await rest(before);
      if (fatal !== undefined) throw fatal.error;
    },
  };
}

function paceOf(
  { exchange, onStep }: BotOnMarket,
  { executions, isDead }: { readonly executions: () => number; readonly isDead: () => boolean },
): MarketPace {
  const state = () => ({ time: exchange.now, executions: executions(), ended: exchange.ended });
  return {
    now: async () => state(),
    async step(time) {
      // A dead bot moves nothing.
      if (isDead()) return state();
      exchange.advanceTo(Math.min(time, exchange.nextClose()));
      onStep?.();
      return state();
    },
  };
}

const earliestOpen = (series: readonly CandleSeries[]): number =>
  Math.min(...series.map(({ openTime }) => openTime[0]));

function lastCloses(engine: RecordedEngine, journal: Journal): number | undefined {
  if (engine.stepCount === 0) return undefined;
  let last: number | undefined;
  for (const { payload, eventTime } of journal.read({ stream: 'event' })) {
    if (payload.startsWith('{"input":{"kind":"slice"')) last = Math.max(last ?? 0, eventTime);
  }
  return last;
}

/** Switches that last as long as the test, and what was reported about them. */
export function memoryLatches(): LatchStore & { readonly reports: Readonly<Record<string, unknown>>[] } {
  const set = new Map<LatchName, Latch>();
  const reports: Readonly<Record<string, unknown>>[] = [];
  return {
    reports,
    read: (name) => set.get(name),
    set: (name, latch) => void (set.has(name) || set.set(name, latch)),
    clear: (name) => void set.delete(name),
    report: (_, state) => void reports.push({ ...state }),
  };
}
