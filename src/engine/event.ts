// What can happen to the bot? Every input of a step, wherever it comes from.
import type { Candle } from '../domain/candle.ts';
import type { Fill, FundingPayment, VenueEvent } from '../domain/fill.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { OrderReason } from '../domain/order.ts';
import type { AccountLimitState } from '../risk/account-limits.ts';
import type { GuardState } from '../risk/performance-guard.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { FundingView } from '../strategy/strategy.ts';

/** All candles that close at one instant. Entries stand in the order of the engine's symbols; undefined: no candle. */
export interface MarketSlice {
  readonly kind: 'slice';
  /** Close time, epoch milliseconds. */
  readonly time: number;
  readonly candles: readonly (Candle | undefined)[];
  /** Funding known at the close, in the same order. */
  readonly funding: readonly FundingView[];
  /** `backfill`: the close is long past and only to be known, nothing is decided at it. Default `current`. */
  readonly use?: 'current' | 'backfill' | undefined;
}

/** Another meta-model takes over for a symbol; undefined: none is valid, so nothing is opened. */
export interface ModelPromoted {
  readonly kind: 'model-promoted';
  readonly time: number;
  readonly symbol: string;
  readonly model: MetaModel | undefined;
}

/** Every position, or that of one symbol, is to be closed by market order; `reason` stands on the orders. */
export interface FlattenRequested {
  readonly kind: 'flatten';
  readonly time: number;
  readonly reason: OrderReason;
  /** Undefined: all of them. */
  readonly symbol?: string | undefined;
}

/** A person ends the guard's pause. */
export interface GuardResumed {
  readonly kind: 'guard-resumed';
  readonly time: number;
}

/** Nothing new is opened or added to, for a named reason, until the same reason is lifted. */
export interface EntriesBlocked {
  readonly kind: 'entries-blocked';
  readonly time: number;
  /** Undefined: every symbol. */
  readonly symbol: string | undefined;
  readonly reason: string;
  /** False: the reason is lifted. */
  readonly blocked: boolean;
}

/** Money came from outside, or went there (negative), quote currency. It is neither profit nor loss. */
export interface MoneyMoved {
  readonly kind: 'money-moved';
  readonly time: number;
  readonly amount: number;
}

/** The venue executed something on the account that no decision of ours asked for: a person, another program, an unknown past. */
export interface ForeignFill {
  readonly kind: 'foreign-fill';
  readonly time: number;
  readonly fill: Fill;
  /** Leverage of the position at the venue. */
  readonly leverage: number;
}

/** The account executed something that is no part of a trade: an order that was only to show that the venue takes it. */
export interface BookedBeside {
  readonly kind: 'booked-beside';
  readonly time: number;
  /** Its symbol need not be one of the engine's. */
  readonly entry: Fill | FundingPayment;
}

/** What an earlier run with other settings remembered and a new one may not forget. */
export interface MemoryRestored {
  readonly kind: 'memory-restored';
  readonly time: number;
  readonly guard: GuardState;
  readonly limits: AccountLimitState;
  /** No entry of the symbol before this time. */
  readonly cooldowns: readonly { readonly symbol: string; readonly until: number }[];
}

/** The venue trades a contract by other steps, minimums or margin tiers from now on. */
export interface ContractChanged {
  readonly kind: 'contract-changed';
  readonly time: number;
  readonly instrument: Instrument;
}

/** A position is larger than its limits allow at the price that it filled at, or would be liquidated too soon. */
export interface ExposureCut {
  readonly kind: 'exposure-cut';
  readonly time: number;
  readonly symbol: string;
  /** Base units that may stay, whole lots; 0: none. */
  readonly keep: number;
}

export type EngineEvent =
  | MarketSlice
  | ModelPromoted
  | FlattenRequested
  | GuardResumed
  | EntriesBlocked
  | MemoryRestored
  | MoneyMoved
  | ForeignFill
  | BookedBeside
  | ContractChanged
  | ExposureCut
  | VenueEvent;
