// What does the bot ask of a venue? Orders with attached protection, and the commands that carry them.
import type { Side } from './side.ts';

/** Exits attached to an entry, as distances from its fill; the venue turns them into prices on the tick grid. */
export interface Protection {
  /** Distance of the protective stop as a fraction of the fill price. */
  readonly stopFraction: number;
  /** Distance of the profit target as a fraction of the fill price; undefined: none. */
  readonly targetFraction: number | undefined;
  /** Distance at which the stop trails the best price since entry; undefined: it does not trail. */
  readonly trailingFraction: number | undefined;
}

export type OrderReason =
  | 'entry'
  | 'time-exit'
  | 'signal-exit'
  /** The close lies beyond where the stop has trailed to. */
  | 'trailing-stop'
  | 'fold-end'
  | 'end-of-data'
  | 'risk-limit'
  | 'operator'
  | 'rebalance'
  | 'delisting';

/** A market order. Decided at a close, it fills at the next candle at the earliest. */
export interface OrderIntent {
  /** A function of the decision alone: the same decision has the same id. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Base units, on the lot grid, positive. */
  readonly quantity: number;
  readonly reduceOnly: boolean;
  /** Isolated leverage the position is opened with. */
  readonly leverage: number;
  readonly reason: OrderReason;
  /** Close time of the candle it was decided at, epoch milliseconds. */
  readonly decidedAt: number;
  /** Close price it was decided at: slippage is measured against the open it fills at, delay against this. */
  readonly decisionPrice: number;
  readonly protection: Protection | undefined;
}

export type Command =
  | { readonly kind: 'place'; readonly order: OrderIntent }
  | { readonly kind: 'cancel'; readonly symbol: string; readonly clientOrderId: string }
  /** The stop of what is held belongs at another price of the tick grid, nearer to profit. */
  | { readonly kind: 'move-stop'; readonly symbol: string; readonly stopPrice: number };
