// How does the simulated account look through the ports? Its records in the port's words, its refusals with the port's codes.
import { atomsToNumber, toAtoms } from '../../domain/money.ts';
import { VenueError, type VenueErrorCode } from '../../domain/venue-error.ts';
import type {
  ExecutionKind,
  HeldPosition,
  OrderOrigin,
  OrderState,
  VenueExecution,
  VenueOrder,
} from '../../ports/venue-account.ts';
import type { PositionState } from '../core/exchange.ts';
import type { ExecutionRecord, OrderRecord, Outcome, RejectReason } from '../core/order-record.ts';
import { atomsText } from '../venues/number-text.ts';

const CODES: Readonly<Record<RejectReason, VenueErrorCode>> = {
  'unknown-symbol': 'SYMBOL_UNKNOWN',
  'not-trading': 'SYMBOL_NOT_TRADING',
  'reduce-only-symbol': 'SYMBOL_NOT_TRADING',
  'bad-parameter': 'PARAMETER_REFUSED',
  'off-tick': 'OFF_GRID',
  'off-lot': 'OFF_GRID',
  'below-minimum-quantity': 'BELOW_MINIMUM',
  'above-maximum-quantity': 'ABOVE_MAXIMUM',
  'below-minimum-notional': 'BELOW_MINIMUM',
  'price-out-of-range': 'PRICE_REFUSED',
  'trigger-on-wrong-side': 'TRIGGER_REFUSED',
  'insufficient-margin': 'MARGIN_INSUFFICIENT',
  'leverage-above-tier': 'LEVERAGE_REFUSED',
  'above-largest-tier': 'ABOVE_MAXIMUM',
  'stop-beyond-liquidation': 'TRIGGER_REFUSED',
  'protection-on-wrong-side': 'TRIGGER_REFUSED',
  'nothing-to-reduce': 'REDUCE_ONLY_REFUSED',
  'duplicate-client-id': 'ORDER_ID_TAKEN',
  'unknown-order': 'ORDER_NOT_FOUND',
  'order-final': 'ORDER_FINAL',
  'too-many-orders': 'ORDERS_TOO_MANY',
  'too-many-conditional-orders': 'ORDERS_TOO_MANY',
  'position-index-mismatch': 'MODE_MISMATCH',
  'not-modified': 'REFUSED',
  'mode-locked': 'MODE_LOCKED',
  'no-position': 'REDUCE_ONLY_REFUSED',
  unsupported: 'UNSUPPORTED',
};

const STATES: Readonly<Record<OrderRecord['status'], OrderState>> = {
  new: 'new',
  'partly-filled': 'partly-filled',
  untriggered: 'untriggered',
  triggered: 'new',
  filled: 'filled',
  cancelled: 'cancelled',
  rejected: 'rejected',
  deactivated: 'cancelled',
};

const ORIGINS: Readonly<Record<OrderRecord['source'], OrderOrigin>> = {
  client: 'client',
  'by-hand': 'client',
  'attached-stop': 'stop',
  'attached-target': 'target',
  'trailing-stop': 'trailing-stop',
  liquidation: 'liquidation',
  deleverage: 'deleverage',
  settlement: 'delisting',
};

const KINDS: Readonly<Record<ExecutionRecord['kind'], ExecutionKind>> = {
  trade: 'trade',
  funding: 'funding',
  liquidation: 'liquidation',
  deleverage: 'deleverage',
  settlement: 'delisting',
};

const LATE = 'while nobody looked, by the candles of the venue';

export function venueOrderOf(order: OrderRecord, isLate: boolean): VenueOrder {
  const reason = order.cancelReason ?? order.rejectReason;
  const { filledQuantity, filledValue } = order;
  return {
    symbol: order.symbol,
    venueOrderId: order.orderId,
    clientOrderId: order.clientOrderId,
    parentClientOrderId: order.parentClientOrderId === '' ? undefined : order.parentClientOrderId,
    origin: ORIGINS[order.source],
    side: order.side,
    type: order.type,
    state: STATES[order.status],
    quantity: order.quantity,
    filledQuantity,
    averagePrice: filledQuantity > 0 ? atomsToNumber(filledValue) / filledQuantity : undefined,
    price: order.price,
    triggerPrice: order.triggerPrice,
    reduceOnly: order.reduceOnly,
    closesPosition: order.closesPosition,
    reason: isLate ? [reason, LATE].filter((each) => each !== undefined).join(', ') : reason,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    conditional: order.conditional,
  };
}

export function venueExecutionOf(execution: ExecutionRecord): VenueExecution {
  const isFunding = execution.kind === 'funding';
  return {
    kind: KINDS[execution.kind],
    executionId: execution.executionId,
    symbol: execution.symbol,
    venueOrderId: execution.orderId,
    clientOrderId: execution.clientOrderId,
    side: isFunding ? undefined : execution.side,
    quantity: execution.quantity,
    price: execution.price,
    fee: atomsToNumber(execution.fee),
    feeText: atomsText(execution.fee),
    rate: isFunding ? execution.rate : undefined,
    liquidity: isFunding ? undefined : execution.maker ? 'maker' : 'taker',
    origin: ORIGINS[execution.source],
    time: execution.time,
  };
}

/** `price`: what the symbol stands at now; the account itself was looked at last some time ago. */
export function heldPositionOf(state: PositionState, price: number | undefined): HeldPosition | undefined {
  if (state.quantity === 0) return undefined;
  return {
    symbol: state.symbol,
    quantity: state.quantity,
    entryPrice: state.entryPrice,
    markPrice: price ?? state.markPrice,
    liquidationPrice: state.liquidationPrice,
    leverage: state.leverage,
    stopPrice: state.stopPrice,
    targetPrice: state.targetPrice,
    reduceOnly: state.reduceOnly,
    deleverageRank: state.deleverageRank,
    updatedAt: state.updatedAt,
    hedgeSide: undefined,
  };
}

/** How much more the position is worth at `price` than where the account was looked at last; exact money. */
export const worthMore = ({ quantity, markPrice }: PositionState, price: number | undefined): bigint =>
  price === undefined ? 0n : toAtoms(quantity * price) - toAtoms(quantity * markPrice);

/** What was done. `unchanged`: it was so already. @throws VenueError for what the account refuses */
export function doneOr<Value>(outcome: Outcome<Value>): Value | 'unchanged' {
  if (outcome.kind === 'done') return outcome.value;
  const { reason, detail } = outcome;
  if (reason === 'not-modified') return 'unchanged';
  // As at the real venue, a name that is taken means that the first attempt arrived.
  throw failure(CODES[reason], `refused, ${detail}`, { orderMayExist: reason === 'duplicate-client-id' });
}

/** A failure of the paper venue. */
export function failure(
  code: VenueErrorCode,
  what: string,
  more: { readonly retryable?: boolean; readonly orderMayExist?: boolean } = {},
): VenueError {
  const { retryable = false, orderMayExist = false } = more;
  return new VenueError({ code, message: `paper: ${what}`, retryable, orderMayExist });
}
