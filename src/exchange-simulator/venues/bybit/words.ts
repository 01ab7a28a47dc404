// Which of Bybit's words stands for what? The enumerations of orders, executions and positions.
import type {
  CancelReason,
  ExecutionRecord,
  OrderRecord,
  OrderSource,
  OrderStatus,
  TriggerSource,
} from '../../core/order-record.ts';
import type { ListingStatus, PositionState } from '../../core/exchange.ts';

export const SIDE = { buy: 'Buy', sell: 'Sell' } as const;

export const ORDER_STATUS: Readonly<Record<OrderStatus, string>> = {
  new: 'New',
  'partly-filled': 'PartiallyFilled',
  untriggered: 'Untriggered',
  triggered: 'Triggered',
  filled: 'Filled',
  cancelled: 'Cancelled',
  rejected: 'Rejected',
  deactivated: 'Deactivated',
};

export const TIME_IN_FORCE: Readonly<Record<OrderRecord['timeInForce'], string>> = {
  gtc: 'GTC',
  ioc: 'IOC',
  fok: 'FOK',
  'post-only': 'PostOnly',
};

export const TRIGGER_BY: Readonly<Record<TriggerSource, string>> = {
  last: 'LastPrice',
  mark: 'MarkPrice',
  index: 'IndexPrice',
};

export const CREATE_TYPE: Readonly<Record<OrderSource, string>> = {
  client: 'CreateByUser',
  'attached-stop': 'CreateByStopLoss',
  'attached-target': 'CreateByTakeProfit',
  'trailing-stop': 'CreateByTrailingStop',
  liquidation: 'CreateByLiq',
  deleverage: 'CreateByAdl_PassThrough',
  settlement: 'CreateBySettle',
  'by-hand': 'CreateByUser',
};

/** Kind of a conditional order; empty: it is none. */
export function stopOrderType(source: OrderSource, isConditional: boolean): string {
  switch (source) {
    case 'attached-stop':
      return 'StopLoss';
    case 'attached-target':
      return 'TakeProfit';
    case 'trailing-stop':
      return 'TrailingStop';
    default:
      return isConditional ? 'Stop' : '';
  }
}

const CANCEL_TYPE: Readonly<Record<CancelReason, string>> = {
  'by-client': 'CancelByUser',
  'by-hand': 'CancelByUser',
  'post-only-would-take': 'UNKNOWN',
  'no-liquidity': 'UNKNOWN',
  'position-closed': 'CancelByTpSlTsClear',
  'sibling-filled': 'CancelByOCO',
  'reduce-only-excess': 'CancelByReduceOnly',
  'before-liquidation': 'CancelAllBeforeLiq',
  'margin-at-trigger': 'UNKNOWN',
  delisting: 'CancelBySettle',
  countdown: 'CancelByDCP',
  maintenance: 'CancelByAdmin',
};

/** Who cancelled the order; `UNKNOWN`: nobody, or the matching itself. */
export function cancelType({ cancelReason, source }: OrderRecord): string {
  if (cancelReason === undefined) return 'UNKNOWN';
  if (cancelReason !== 'sibling-filled') return CANCEL_TYPE[cancelReason];
  return source === 'attached-target' ? 'CancelByOCOTpCanceledBySlTriggered' : 'CancelByOCOSlCanceledByTpTriggered';
}

/** Why the matching ended or refused the order. */
export function rejectReason({ cancelReason, rejectReason, timeInForce }: OrderRecord): string {
  if (cancelReason === 'post-only-would-take') return 'EC_PostOnlyWillTakeLiquidity';
  if (cancelReason === 'no-liquidity')
    return timeInForce === 'fok' ? 'EC_NoEnoughQtyToFill' : 'EC_NoImmediateQtyToFill';
  if (cancelReason === 'margin-at-trigger' || rejectReason !== undefined) return 'EC_Others';
  return cancelReason === 'by-client' || cancelReason === 'by-hand' ? 'EC_PerCancelRequest' : 'EC_NoError';
}

export const EXEC_TYPE: Readonly<Record<ExecutionRecord['kind'], string>> = {
  trade: 'Trade',
  funding: 'Funding',
  liquidation: 'BustTrade',
  deleverage: 'AdlTrade',
  settlement: 'Delivery',
};

export const EXECUTION_ORDER_TYPE = { market: 'Market', limit: 'Limit', unknown: 'UNKNOWN' } as const;

export const POSITION_STATUS: Readonly<Record<PositionState['status'], string>> = {
  normal: 'Normal',
  liquidating: 'Liq',
  deleveraging: 'Adl',
};

/** A contract that may only be reduced is still called trading. */
export const INSTRUMENT_STATUS: Readonly<Record<ListingStatus, string>> = {
  'pre-launch': 'PreLaunch',
  trading: 'Trading',
  'reduce-only': 'Trading',
  closing: 'Delivering',
  closed: 'Closed',
};
