// How are the engine's tests written? A bot whose strategy is a script, on a small market fed bar by bar, with a real simulated venue.
import type { Candle } from '../../../src/domain/candle.ts';
import type { VenueEvent } from '../../../src/domain/fill.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import type { Command, OrderIntent } from '../../../src/domain/order.ts';
import type { Direction } from '../../../src/domain/side.ts';
import type { EngineEvent } from '../../../src/engine/event.ts';
import { createEngineState } from '../../../src/engine/state.ts';
import type { EngineParams, EngineState, ExitParams, SizingParams } from '../../../src/engine/state.ts';
import { step, type Note } from '../../../src/engine/step.ts';
import type { GuardParams } from '../../../src/risk/performance-guard.ts';
import type { UniverseParams } from '../../../src/portfolio/universe.ts';
import type { RiskParams } from '../../../src/risk/pre-trade-review.ts';
import type { CostParams } from '../../../src/simulation/cost-model.ts';
import { createSimulatedVenue, type SimulatedVenue } from '../../../src/simulation/simulated-venue.ts';
import type { MetaModel } from '../../../src/strategy/meta-model.ts';
import type { FundingView, Strategy } from '../../../src/strategy/strategy.ts';
import { COSTS, HOUR, START } from '../simulated-market.ts';

export { HOUR, START };

/** What a scripted strategy says at one close. */
export interface Line {
  readonly signal?: Direction | 0;
  readonly ready?: boolean;
  /** Default: every direction is allowed. */
  readonly allows?: boolean;
  readonly regime?: string;
  readonly regimeSize?: number;
}

/** What the strategy of symbol `symbol` says at its bar `bar` (0 is its first); it may look at candle and funding. */
export type Script = (bar: number, symbol: number, candle: Candle, funding: FundingView) => Line;

export const SCHEMA = 'scripted';

/** A strategy that says what the script says. One column: the bar's number. */
export function scripted(script: Script): Strategy {
  let created = 0;
  return {
    name: 'scripted',
    warmupBars: 1,
    rowNames: ['bar'],
    schemaHash: SCHEMA,
    create() {
      const symbol = created;
      created += 1;
      let bar = -1;
      let line: Line = { ready: false };
      return {
        update(candle, funding) {
          bar += 1;
          line = script(bar, symbol, candle, funding);
        },
        get ready() {
          return line.ready ?? true;
        },
        get signal() {
          return line.signal ?? 0;
        },
        get regime() {
          return line.regime ?? 'TEST';
        },
        get regimeSize() {
          return line.regimeSize ?? 1;
        },
        allows: () => line.allows ?? true,
        writeRow(_direction, out, offset) {
          out[offset] = bar;
        },
      };
    },
  };
}

/** A model that gives every row the same probability. */
export function modelOf(more: Partial<MetaModel> = {}): MetaModel {
  return {
    id: 'model-1',
    schemaHash: SCHEMA,
    ensemble: undefined as unknown as MetaModel['ensemble'],
    edge: { breakEven: 0.4, spread: 0.1 },
    skilled: false,
    baseRate: 0.8,
    validatedWinRate: undefined,
    ...more,
  };
}

export const A: Instrument = {
  symbol: 'AUSDT',
  tickSize: 0.01,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: Infinity,
  minNotional: 5,
  tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
};
export const B: Instrument = { ...A, symbol: 'BUSDT' };

/** Round numbers: no costs of slippage, 0.1 % fee, sizes of 10 % of 10,000 at leverage 2 whatever the volatility. */
const RISK: RiskParams = {
  maxLeverage: 2,
  basePositionFraction: 0.1,
  maxPositionFraction: 0.5,
  confidenceThreshold: 0.6,
  dailyVolatilityTarget: 1,
  dailyLossLimit: 0.9,
  drawdownLimit: 0.9,
  maxOpenPositions: 2,
  cooldownHours: 0,
  maxParticipation: 1e9,
};
const GUARD: GuardParams = {
  enabled: false,
  winRateRule: 'fixed',
  validatedReduceP: 0.05,
  validatedPauseP: 0.01,
  validatedRecoveryP: 0.25,
  validatedMinTrades: 20,
  validatedWindowTrades: 50,
  windowTrades: 10,
  minTrades: 5,
  reducedWinRate: 0.4,
  pausedWinRate: 0.3,
  recoveryWinRate: 0.45,
  reducedDrawdown: 0.5,
  pausedDrawdown: 0.6,
  recoveryDrawdown: 0.5,
  reducedStreak: 5,
  pausedStreak: 10,
  reducedSize: 0.5,
  reducedThresholdAdd: 0.1,
  cooldownHours: 24,
  shadowMinTrades: 5,
};
const SIZING: SizingParams = {
  confidenceScaling: false,
  volatilityTarget: true,
  volatilityWindowBars: 2,
  volatilityFloorDaily: 1,
  volatilityMaxMultiplier: 1,
};
const EXITS: ExitParams = {
  stopFraction: 0.01,
  targetFraction: 0.02,
  trailingFraction: undefined,
  maxHoldBars: 5,
  exitOnOppositeSignal: false,
};

export interface Settings {
  readonly risk?: Partial<RiskParams>;
  readonly guard?: Partial<GuardParams>;
  readonly sizing?: Partial<SizingParams>;
  readonly universe?: Partial<UniverseParams>;
  readonly exits?: Partial<ExitParams>;
  readonly metaModel?: 'on' | 'off';
  readonly thresholdScale?: 'edge' | 'probability';
}

/** The engine's settings for tests, with what a test wants otherwise. */
export function paramsOf(more: Settings = {}): EngineParams {
  return {
    risk: { ...RISK, ...more.risk },
    guard: { ...GUARD, ...more.guard },
    sizing: { ...SIZING, ...more.sizing },
    universe: { minListingAgeDays: 0, minTradedValue24h: 0, ...more.universe },
    exits: { ...EXITS, ...more.exits },
    thresholdScale: more.thresholdScale ?? 'probability',
    metaModel: more.metaModel ?? 'off',
    shadowCosts: { fee: 0.001, slippage: 0 },
  };
}

/** 0.1 % fee on every fill, no slippage. */
export const FEES_ONLY: CostParams = { ...COSTS, takerFeeBps: 10, makerFeeBps: 10, slippageBps: 0 };

export type Prices = readonly [open: number, high: number, low: number, close: number];

/** A bar that stays at `price`. */
export const calm = (price: number): Prices => [price, price, price, price];

export interface BotSetup extends Settings {
  readonly script: Script;
  /** Instead of the test settings. */
  readonly params?: EngineParams;
  readonly instruments?: readonly Instrument[];
  readonly equity?: number;
  readonly costs?: CostParams;
  /** Funding rate of 0 every eight hours unless told otherwise; positive: longs pay. */
  readonly fundingRate?: number;
  /** Base units traded in every bar; default 1. */
  readonly volume?: number;
  /** Fed first, so that volatility is known; default 3. */
  readonly calmBars?: number;
  /** Handed to every symbol before the first bar. */
  readonly model?: MetaModel | undefined;
}

/** A bot with its venue; `time` is the close of the last bar. */
export interface Bot {
  readonly state: EngineState;
  readonly venue: SimulatedVenue;
  readonly commands: readonly Command[];
  readonly notes: readonly Note[];
  readonly events: readonly EngineEvent[];
  readonly time: number;
  /** Feeds the next hour, one bar for each symbol (undefined: none) and returns the commands of this hour. */
  bar(...prices: readonly (Prices | undefined)[]): readonly Command[];
  /** The same with flags on every candle. */
  flagged(flags: number, ...prices: readonly (Prices | undefined)[]): readonly Command[];
  /** Delivers one event as it is and carries out what it commands. */
  send(event: EngineEvent): readonly Command[];
}

const UNKNOWN_FUNDING: FundingView = { rate: NaN, previousRate: NaN, time: NaN };

/** A bot on hourly bars from START. */
export function botOf(setup: BotSetup): Bot {
  const instruments = setup.instruments ?? [A];
  const { equity = 10_000, costs = FEES_ONLY, fundingRate = 0, calmBars = 3, volume = 1 } = setup;
  const stamps = Float64Array.from({ length: 500 }, (_, index) => START + (index - 10) * 8 * HOUR);
  const rate = stamps.map(() => fundingRate);
  const funding = instruments.map(({ symbol }) => ({ symbol, length: stamps.length, time: stamps, rate }));
  const venue = createSimulatedVenue({
    instruments,
    costs,
    funding: new Map(funding.map((each) => [each.symbol, each])),
    ambiguity: 'worst',
  });
  const state = createEngineState({
    barMs: HOUR,
    initialEquity: equity,
    params: setup.params ?? paramsOf(setup),
    strategy: scripted(setup.script),
    symbols: instruments.map((instrument) => ({ instrument, hasFunding: true })),
  });
  const commands: Command[] = [];
  const notes: Note[] = [];
  const events: EngineEvent[] = [];
  let time = START;

  const send = (event: EngineEvent): readonly Command[] => {
    events.push(structuredClone(event));
    const result = step(state, event);
    commands.push(...result.commands);
    notes.push(...result.notes);
    const more = result.commands.flatMap((command): readonly Command[] => {
      if (command.kind === 'place') {
        venue.place(command.order);
        return [];
      }
      if (command.kind === 'move-stop') {
        venue.moveStop(command.symbol, command.stopPrice);
        return [];
      }
      const { symbol, clientOrderId } = command;
      const isTakenBack = venue.cancel(symbol, clientOrderId);
      if (!isTakenBack) return [];
      return send({ kind: 'order-refused', time: event.time, symbol, clientOrderId, reason: 'cancelled' });
    });
    return [...result.commands, ...more];
  };
  const flagged = (flags: number, ...prices: readonly (Prices | undefined)[]): readonly Command[] => {
    const openTime = time;
    time += HOUR;
    const candles = instruments.map((_, index): Candle | undefined => {
      const bar = prices[index];
      if (bar === undefined) return undefined;
      const [open, high, low, close] = bar;
      return { openTime, closeTime: time, open, high, low, close, volume, flags };
    });
    const happened: VenueEvent[] = [];
    candles.forEach((candle, index) => {
      if (candle !== undefined) venue.onCandle(index, candle, happened);
    });
    const answers = happened.flatMap((event) => send(event));
    const views = instruments.map(() => UNKNOWN_FUNDING);
    return [...answers, ...send({ kind: 'slice', time, candles, funding: views })];
  };
  const bot: Bot = {
    state,
    venue,
    commands,
    notes,
    events,
    get time() {
      return time;
    },
    bar: (...prices) => flagged(0, ...prices),
    flagged,
    send,
  };
  if (setup.model !== undefined) {
    for (const { symbol } of instruments) send({ kind: 'model-promoted', time, symbol, model: setup.model });
  }
  for (let index = 0; index < calmBars; index += 1) bot.bar(...instruments.map(() => calm(100)));
  return bot;
}

/** The orders among commands. */
export const ordersOf = (commands: readonly Command[]): OrderIntent[] =>
  commands.flatMap((command) => (command.kind === 'place' ? [command.order] : []));

/** A script that signals `direction` at the given bars (of any symbol) and is silent otherwise. */
export const signalsAt =
  (bars: readonly number[], direction: Direction = 1): Script =>
  (bar) => ({ signal: bars.includes(bar) ? direction : 0 });

/** The state as text: everything but functions; bigints as digits. Equal texts mean equal states. */
export function textOf(state: EngineState): string {
  return JSON.stringify(state, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (value instanceof Map) return [...(value as Map<unknown, unknown>).keys()];
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return value;
  });
}
