// What can happen to the bot? Every input of a step, wherever it comes from.
import type { Candle } from '../domain/candle.ts';
import type { VenueEvent } from '../domain/fill.ts';
import type { OrderReason } from '../domain/order.ts';
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
}

/** Another meta-model takes over for a symbol; undefined: none is valid, so nothing is opened. */
export interface ModelPromoted {
  readonly kind: 'model-promoted';
  readonly time: number;
  readonly symbol: string;
  readonly model: MetaModel | undefined;
}

/** Every position is to be closed by market order; `reason` stands on the orders. */
export interface FlattenRequested {
  readonly kind: 'flatten';
  readonly time: number;
  readonly reason: OrderReason;
}

/** A person ends the guard's pause. */
export interface GuardResumed {
  readonly kind: 'guard-resumed';
  readonly time: number;
}

export type EngineEvent = MarketSlice | ModelPromoted | FlattenRequested | GuardResumed | VenueEvent;
