// What does the bot remember between two events? One account, its symbols, and the settings every decision reads.
import type { Instrument } from '../domain/instrument.ts';
import { createLedger, type Ledger } from '../domain/ledger.ts';
import type { OrderIntent, OrderReason } from '../domain/order.ts';
import type { Direction } from '../domain/side.ts';
import type { SeriesIndicator } from '../indicators/indicator.ts';
import { createRealisedVolatility } from '../indicators/realised-volatility.ts';
import { createPortfolio, type Portfolio } from '../portfolio/portfolio.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import { createUniverse, type Universe, type UniverseParams } from '../portfolio/universe.ts';
import { createAccountLimits, type AccountLimitState } from '../risk/account-limits.ts';
import { createGuardState, type GuardParams, type GuardState } from '../risk/performance-guard.ts';
import type { RiskParams } from '../risk/pre-trade-review.ts';
import type { MetaModel, ThresholdScale } from '../strategy/meta-model.ts';
import type { Strategy, SymbolStrategy } from '../strategy/strategy.ts';
import type { EntryDecision } from './entry-decision.ts';
import { createFunnel, type Funnel } from './funnel.ts';
import type { RoundTrip } from './round-trip.ts';

/** Section `exits` of the configuration with the labels' barriers already put in where it says null. */
export interface ExitParams {
  readonly stopFraction: number;
  readonly targetFraction: number | undefined;
  readonly trailingFraction: number | undefined;
  /** A position is closed at the first close that lies `maxHoldBars` bars of time after the open of its entry bar. */
  readonly maxHoldBars: number;
  readonly exitOnOppositeSignal: boolean;
}

/** Section `sizing` of the configuration. Daily volatilities are fractions. */
export interface SizingParams {
  readonly confidenceScaling: boolean;
  /** False: the multiplier of the volatility target is 1, whatever the market does. */
  readonly volatilityTarget: boolean;
  readonly volatilityWindowBars: number;
  readonly volatilityFloorDaily: number;
  readonly volatilityMaxMultiplier: number;
}

/** Everything that a decision depends on besides the market. */
export interface EngineParams {
  readonly risk: RiskParams;
  readonly guard: GuardParams;
  readonly sizing: SizingParams;
  readonly universe: UniverseParams;
  /** Undefined: every symbol is traded for itself. */
  readonly portfolio?: PortfolioParams | undefined;
  readonly exits: ExitParams;
  readonly thresholdScale: ThresholdScale;
  /** `off`: the primary signal trades alone, with full confidence (a baseline). */
  readonly metaModel: 'on' | 'off';
  /** Costs that shadow trades are charged, as fractions of the price per side; they have no size, so the base slippage. */
  readonly shadowCosts: { readonly fee: number; readonly slippage: number };
}

/** A position that is held, and what it has cost so far. Money in quote currency. */
export interface OpenTrade {
  readonly direction: Direction;
  readonly decision: EntryDecision;
  readonly decidedAt: number;
  /** Time of the first fill. */
  readonly entryTime: number;
  readonly leverage: number;
  /** Average over all fills that opened it or added to it. */
  entryPrice: number;
  /** Base units of all these fills. */
  entryQuantity: number;
  /** Base units of the entry alone: later targets are measured against them. */
  openedQuantity: number;
  /** Resting stop as last reported; a trailing one may have moved towards profit since. */
  stopPrice: number | undefined;
  /** Highest price of a long, lowest of a short, since entry; with a stop that trails only. */
  bestPrice: number;
  /** The stop has moved from where the entry put it. */
  hasTrailed: boolean;
  /** Sum over what was entered of the loss at the stop that rested then; NaN without a stop. */
  initialRisk: number;
  /** Base units still held. */
  quantity: number;
  /** Average entry price of what is still held. */
  heldPrice: number;
  /** Sum of price times quantity over the fills that reduced it. */
  exitValue: number;
  grossPnl: number;
  fees: number;
  slippage: number;
  funding: number;
  ambiguous: boolean;
}

/** A trade followed without money while the guard is paused. */
export interface ShadowTrade {
  readonly direction: Direction;
  /** Undefined until a traded candle opens after the decision. */
  entry: { readonly time: number; readonly price: number } | undefined;
  /** It is to end at the next traded open. */
  leaving: boolean;
}

/** What an order does to the position of its symbol. */
export type OrderPurpose = 'entry' | 'increase' | 'reduce' | 'exit';

/** An order under way, until it has filled or the venue says that it will not. */
export interface PendingOrder {
  readonly order: OrderIntent;
  readonly purpose: OrderPurpose;
  /** What led to the position; undefined on orders that take from it. */
  readonly decision: EntryDecision | undefined;
  /** Base units that have not filled yet. */
  remaining: number;
  /** The venue was asked to take it back; it may still fill. */
  cancelled: boolean;
}

/** What came of a symbol at a close. Refusals are those of the funnel. */
export type Verdict =
  | 'nothing-yet'
  | 'warming-up'
  | 'order-under-way'
  | 'holding'
  | 'exit'
  | 'entry'
  | 'shadow-trade'
  | 'no-signal'
  | 'regime'
  | 'below-threshold'
  | keyof Funnel['refused'];

/** One symbol's part of the state. */
export interface SymbolState {
  readonly index: number;
  /** As the venue trades it now. */
  instrument: Instrument;
  /** Smallest quantity step that the contract has had. */
  finestLot: number;
  readonly strategy: SymbolStrategy;
  /** Sample deviation of log returns per traded bar; made anew where a hole splits the series. */
  volatility: SeriesIndicator;
  /** Buffer of the meta-model's row. */
  readonly row: Float64Array;
  readonly funnel: Funnel;
  model: MetaModel | undefined;
  /** Last close; NaN before the first candle. */
  close: number;
  trade: OpenTrade | undefined;
  pending: PendingOrder | undefined;
  shadow: ShadowTrade | undefined;
  /** Why all that is held or under way is to be closed; undefined: it is not. Stands until the symbol is flat. */
  closing: OrderReason | undefined;
  /** No entry before this time. */
  cooldownUntil: number;
  /** What came of the last close: what was done, or why nothing was. */
  verdict: Verdict;
}

/** The whole state of one bot with one account. */
export interface EngineState {
  readonly barMs: number;
  readonly params: EngineParams;
  readonly strategySchema: string;
  readonly symbols: readonly SymbolState[];
  readonly bySymbol: ReadonlyMap<string, SymbolState>;
  readonly ledger: Ledger;
  readonly guard: GuardState;
  readonly limits: AccountLimitState;
  /** Which symbols may be entered, in the order of `symbols`. */
  readonly universe: Universe;
  /** Which symbols are traded, and with which share; undefined: the portfolio layer is off. */
  readonly portfolio: Portfolio | undefined;
  /** Closed trades, oldest first. */
  readonly roundTrips: RoundTrip[];
  /** Why nothing may be opened now: reasons with the symbols that they hold for; undefined: for all. */
  readonly blocks: Map<string, Set<string> | undefined>;
}

export interface EngineSetup {
  readonly barMs: number;
  readonly initialEquity: number;
  readonly params: EngineParams;
  readonly strategy: Strategy;
  readonly symbols: readonly SymbolSetup[];
}

/** What is known of a symbol before its first candle. */
export interface SymbolSetup {
  readonly instrument: Instrument;
  readonly hasFunding: boolean;
  /** When it was listed, epoch milliseconds; undefined: the open of the first candle that the bot is given. */
  readonly listedAt?: number | undefined;
}

/** A bot that has seen nothing yet. Symbols keep the order they are given in. */
export function createEngineState(setup: EngineSetup): EngineState {
  const symbols = setup.symbols.map(({ instrument, hasFunding }, index): SymbolState => ({
    index,
    instrument,
    finestLot: instrument.lotSize,
    strategy: setup.strategy.create({ barMs: setup.barMs, hasFunding }),
    volatility: createRealisedVolatility(setup.params.sizing.volatilityWindowBars),
    row: new Float64Array(setup.strategy.rowNames.length),
    funnel: createFunnel(),
    model: undefined,
    close: NaN,
    trade: undefined,
    pending: undefined,
    shadow: undefined,
    closing: undefined,
    cooldownUntil: 0,
    verdict: 'nothing-yet',
  }));
  const listings = setup.symbols.map(({ instrument, listedAt }) => ({ symbol: instrument.symbol, listedAt }));
  const { portfolio } = setup.params;
  return {
    barMs: setup.barMs,
    params: setup.params,
    strategySchema: setup.strategy.schemaHash,
    symbols,
    bySymbol: new Map(symbols.map((symbol) => [symbol.instrument.symbol, symbol])),
    ledger: createLedger(setup.initialEquity),
    guard: createGuardState(),
    limits: createAccountLimits(),
    universe: createUniverse(listings, setup.barMs, setup.params.universe),
    portfolio: portfolio === undefined ? undefined : createPortfolio(listings, setup.barMs, portfolio),
    roundTrips: [],
    blocks: new Map(),
  };
}
