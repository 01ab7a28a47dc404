// What does the simulated exchange keep of orders and executions, and what may be asked of it? Records without any venue's words.
import type { Atoms } from '../../domain/money.ts';
import type { Side } from '../../domain/side.ts';

export type OrderStatus =
  | 'new'
  | 'partly-filled'
  | 'untriggered'
  | 'triggered'
  | 'filled'
  | 'cancelled'
  | 'rejected'
  | 'deactivated';

/** What made an order. */
export type OrderSource =
  | 'client'
  | 'attached-stop'
  | 'attached-target'
  | 'trailing-stop'
  | 'liquidation'
  | 'deleverage'
  | 'settlement'
  /** A person at the venue's own web site. */
  | 'by-hand';

/** Why an order ended without filling, or was refused. */
export type CancelReason =
  | 'by-client'
  | 'by-hand'
  | 'post-only-would-take'
  | 'no-liquidity'
  | 'position-closed'
  | 'sibling-filled'
  | 'reduce-only-excess'
  | 'before-liquidation'
  | 'margin-at-trigger'
  | 'delisting'
  | 'countdown'
  | 'maintenance';

/** Why the exchange says no at once. Codecs turn these into the venue's codes and texts. */
export type RejectReason =
  | 'unknown-symbol'
  | 'not-trading'
  | 'reduce-only-symbol'
  | 'bad-parameter'
  | 'off-tick'
  | 'off-lot'
  | 'below-minimum-quantity'
  | 'above-maximum-quantity'
  | 'below-minimum-notional'
  | 'price-out-of-range'
  | 'trigger-on-wrong-side'
  | 'insufficient-margin'
  | 'leverage-above-tier'
  | 'above-largest-tier'
  | 'stop-beyond-liquidation'
  | 'protection-on-wrong-side'
  | 'nothing-to-reduce'
  | 'duplicate-client-id'
  | 'unknown-order'
  | 'order-final'
  | 'too-many-orders'
  | 'too-many-conditional-orders'
  | 'position-index-mismatch'
  | 'not-modified'
  | 'mode-locked'
  | 'no-position'
  | 'unsupported';

export type TriggerSource = 'last' | 'mark' | 'index';

/** An order as it stands. Prices and quantities lie on the steps of the instrument; undefined: does not apply. */
export interface OrderRecord {
  readonly orderId: string;
  /** Empty: none was given. */
  readonly clientOrderId: string;
  /** Client order id of the entry whose fill made this order. */
  readonly parentClientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  readonly timeInForce: 'gtc' | 'ioc' | 'fok' | 'post-only';
  readonly status: OrderStatus;
  readonly source: OrderSource;
  /** Base units; with `closesPosition` 0 or what is held. */
  readonly quantity: number;
  readonly filledQuantity: number;
  /** Sum of price × quantity over all fills, exact. */
  readonly filledValue: Atoms;
  /** Sum of all fees, exact. */
  readonly fees: Atoms;
  readonly price: number | undefined;
  readonly triggerPrice: number | undefined;
  readonly triggerSource: TriggerSource;
  /** It triggers when the price rises to the trigger (up) or falls to it (down). */
  readonly triggerDirection: 'up' | 'down' | undefined;
  readonly reduceOnly: boolean;
  /** It closes whatever is held when it triggers. */
  readonly closesPosition: boolean;
  /** Stop and target that were attached to an entry, as asked. */
  readonly attachedStop: number | undefined;
  readonly attachedTarget: number | undefined;
  /** What triggers them. */
  readonly stopTrigger: TriggerSource;
  readonly targetTrigger: TriggerSource;
  readonly leverage: number;
  readonly cancelReason: CancelReason | undefined;
  readonly rejectReason: RejectReason | undefined;
  readonly lastPriceOnCreated: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Lives in the book of conditional orders. */
  readonly conditional: boolean;
}

export type ExecutionKind = 'trade' | 'funding' | 'liquidation' | 'deleverage' | 'settlement';

/** Something that moved money or position. */
export interface ExecutionRecord {
  readonly executionId: string;
  /** Rises by one with everything that happens to the account. */
  readonly sequence: number;
  readonly kind: ExecutionKind;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly source: OrderSource;
  readonly symbol: string;
  /** For funding the side that would close the position. */
  readonly side: Side;
  readonly orderType: 'market' | 'limit' | 'unknown';
  readonly orderQuantity: number;
  readonly orderPrice: number | undefined;
  /** Unsigned base units. For funding: what was held. */
  readonly quantity: number;
  readonly price: number;
  /** price × quantity, exact. */
  readonly value: Atoms;
  /** Trades: the fee. Funding: the payment. Positive is paid by the account; exact. */
  readonly fee: Atoms;
  /** Fee rate of a trade or the funding rate, as a fraction. */
  readonly rate: number;
  readonly maker: boolean;
  /** Base units of the position that it closed. */
  readonly closedQuantity: number;
  /** Profit that it realised before fees, exact. */
  readonly realised: Atoms;
  readonly leavesQuantity: number;
  readonly markPrice: number;
  readonly time: number;
}

export interface PlaceRequest {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  readonly quantity: number;
  readonly price?: number | undefined;
  readonly timeInForce?: OrderRecord['timeInForce'] | undefined;
  readonly reduceOnly: boolean;
  readonly closesPosition?: boolean | undefined;
  readonly triggerPrice?: number | undefined;
  readonly triggerSource?: TriggerSource | undefined;
  readonly triggerDirection?: 'up' | 'down' | undefined;
  readonly stopPrice?: number | undefined;
  readonly stopTrigger?: TriggerSource | undefined;
  readonly targetPrice?: number | undefined;
  readonly targetTrigger?: TriggerSource | undefined;
  /** 0 one-way, 1 long and 2 short in hedge mode; undefined: not given. */
  readonly positionIndex?: number | undefined;
  /** Default `client`. */
  readonly source?: 'client' | 'by-hand' | undefined;
}

/** Undefined: leave as it is; 0: take away. */
export interface ProtectRequest {
  readonly symbol: string;
  readonly stopPrice?: number | undefined;
  readonly stopTrigger?: TriggerSource | undefined;
  readonly targetPrice?: number | undefined;
  readonly targetTrigger?: TriggerSource | undefined;
  /** Distance at which the stop trails, quote currency. */
  readonly trailingDistance?: number | undefined;
  readonly positionIndex?: number | undefined;
}

export type OrderKey = { readonly orderId: string } | { readonly clientOrderId: string };

export type Outcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string };
