// What does the simulated exchange keep? Its listings, one account, orders, executions and the events not told yet.
import type { Ledger } from '../../domain/ledger.ts';
import type { Atoms } from '../../domain/money.ts';
import type { SettledExit } from '../../simulation/simulated-venue-exits.ts';
import type { SymbolBook } from '../../simulation/simulated-venue-book.ts';
import type { Candle } from '../../domain/candle.ts';
import type { Replay } from '../market/replay.ts';
import type { ExchangeEvent } from './exchange-event.ts';
import type { AccountState, ExchangeSetup, ListingStatus } from './exchange.ts';
import type { ExecutionRecord, OrderRecord } from './order-record.ts';

/** An order with what only the exchange knows of it. The record is replaced whenever it changes. */
export interface LiveOrder {
  record: OrderRecord;
  /** Of a resting limit order: the market must trade a tick beyond this price before it fills. */
  restsFrom: number;
  /** A market order that waits for the next traded open. */
  isWaiting: boolean;
  /** Open time of the last candle in which it got, or was denied, its share of what was traded. */
  servedIn: number;
}

/** How the position will leave in the running candle, as things stand. */
export interface ExitPlan {
  readonly settled: SettledExit;
  /** The candle that decided: the running one, or what was left of it. */
  readonly candle: Candle;
  /** When it happens, epoch milliseconds. */
  readonly time: number;
  /** The stop or target that leaves; undefined: liquidation. */
  readonly order: LiveOrder | undefined;
}

/** What fate has in store for the orders of a symbol. */
export interface Mishaps {
  refuseProtection: boolean;
  rejectAtTrigger: boolean;
  /** Share of a market order that fills, 0 to 1. */
  fillShare: number;
  /** Executions per fill. */
  fillParts: number;
}

/** A stamp that has passed while something was held. */
export interface FundingDue {
  readonly time: number;
  /** Signed base units. */
  readonly quantity: number;
  readonly markPrice: number;
}

/** One symbol: its rules, its market, and the account's position in it. */
export interface Listing {
  readonly symbol: string;
  readonly index: number;
  readonly baseCurrency: string;
  readonly replay: Replay;
  /** Position, slippage history and funding stamps, as research keeps them. Replaced when the rules change. */
  book: SymbolBook;
  status: ListingStatus;
  readonly listedAt: number;
  delistingAt: number | undefined;
  /** Its candles end with its delisting. */
  readonly endsDelisted: boolean;
  fundingIntervalHours: number;
  leverage: number;
  reduceOnly: boolean;
  deleverageRank: number;
  positionStatus: 'normal' | 'liquidating' | 'deleveraging';
  /** Stop and target that belong to the position itself. */
  stop: LiveOrder | undefined;
  target: LiveOrder | undefined;
  /** Extremes before this time do not move a trailing stop. */
  trailsSince: number;
  /** Orders that may still fill, oldest first; stop and target among them. */
  readonly orders: LiveOrder[];
  /** Undefined with `isPlanned`: nothing ends the position in this candle. */
  plan: ExitPlan | undefined;
  isPlanned: boolean;
  /** The order that the path reaches next, and when; Infinity: none in this candle. */
  touch: LiveOrder | undefined;
  touchTime: number;
  isTouchKnown: boolean;
  readonly mishaps: Mishaps;
  /** Counted references to candle lengths that are wanted besides the replayed one. */
  readonly watched: Map<number, number>;
  /** The next close of a watched shorter candle; Infinity: none is watched. */
  nextShortClose: number;
  /** Rates of a live market by the time of their stamp. */
  readonly rates: Map<number, number>;
  /** Stamps of a live market whose rate nobody has told yet, with what was held then. */
  readonly duesWithoutRate: FundingDue[];
  realisedSinceOpen: Atoms;
  realisedEver: Atoms;
  openedAt: number;
  updatedAt: number;
  sequence: number;
}

export interface OrderStore {
  readonly byId: Map<string, LiveOrder>;
  /** Every client id that was ever taken. */
  readonly byClientId: Map<string, LiveOrder>;
  /** Orders that may still fill, oldest first. */
  readonly open: Map<string, LiveOrder>;
  /** Orders that ended, oldest end first. */
  readonly closed: LiveOrder[];
}

export interface ExchangeState {
  readonly setup: ExchangeSetup;
  readonly intervalMs: number;
  readonly listings: readonly Listing[];
  readonly bySymbol: ReadonlyMap<string, Listing>;
  /** Market time stops here. */
  readonly endTime: number;
  now: number;
  ended: boolean;
  /** Time has gone beyond the last open: gaps at it have been dealt with. */
  departed: boolean;
  readonly ledger: Ledger;
  readonly orders: OrderStore;
  readonly executions: ExecutionRecord[];
  readonly account: { -readonly [Key in keyof AccountState]: AccountState[Key] };
  /** Rises with everything that happens to the account. */
  sequence: number;
  realisedEver: Atoms;
  inMaintenance: boolean;
  /** When a cross account is liquidated in the running candles; undefined: not worked out yet. */
  crossTime: number | undefined;
  readonly nextOrderId: () => string;
  readonly nextExecutionId: () => string;
  readonly listeners: Set<(event: ExchangeEvent) => void>;
  /** Happened, but not told yet. */
  readonly untold: ExchangeEvent[];
  isTelling: boolean;
}
