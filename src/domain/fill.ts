// What does a venue report back? Fills, funding, liquidations and refusals of one symbol.
import type { OrderReason } from './order.ts';
import type { Side } from './side.ts';

export type FillReason =
  | OrderReason
  | 'stop'
  | 'target'
  | 'liquidation'
  /** The venue took it to cover somebody else's loss (auto-deleveraging). */
  | 'deleverage'
  /** A person or another program on the same account. */
  | 'foreign';

/** An execution. `quantity` is unsigned base units, `price` includes slippage and lies on the tick grid where the venue says so. */
export interface Fill {
  readonly kind: 'fill';
  readonly time: number;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  /** Quote currency; positive is a cost, negative a rebate. */
  readonly fee: number;
  /** Quote currency lost against the price without slippage; positive is a cost. Already inside `price`, never booked again. */
  readonly slippage: number;
  readonly liquidity: 'taker' | 'maker';
  readonly reason: FillReason;
  /** Prices of the protective orders that rest after an entry; undefined otherwise. */
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  /** Isolated liquidation price after an entry; undefined: cannot be reached. */
  readonly liquidationPrice: number | undefined;
  /** One candle held stop and target and no finer candle decided. */
  readonly ambiguous: boolean;
}

/** A funding payment; `payment` positive is paid by us: signed quantity × mark × rate. */
export interface FundingPayment {
  readonly kind: 'funding';
  readonly time: number;
  readonly symbol: string;
  readonly rate: number;
  readonly markPrice: number;
  readonly payment: number;
  /** How the rate and the mark price were known. */
  readonly source: 'history' | 'charged-for-missing';
}

/** The venue refused or dropped an order. */
export interface OrderRefused {
  readonly kind: 'order-refused';
  readonly time: number;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly reason: string;
}

export type VenueEvent = Fill | FundingPayment | OrderRefused;
