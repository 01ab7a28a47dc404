// Which of Binance's words stands for what? The enumerations of orders, positions and contracts.
import type { AccountState, ListingStatus } from '../../core/exchange.ts';
import type { CancelReason, OrderRecord, TriggerSource } from '../../core/order-record.ts';

export const SIDE = { buy: 'BUY', sell: 'SELL' } as const;

export const TIME_IN_FORCE: Readonly<Record<OrderRecord['timeInForce'], string>> = {
  gtc: 'GTC',
  ioc: 'IOC',
  fok: 'FOK',
  'post-only': 'GTX',
};

export const WORKING_TYPE: Readonly<Record<TriggerSource, string>> = {
  last: 'CONTRACT_PRICE',
  mark: 'MARK_PRICE',
  index: 'MARK_PRICE',
};

/** A contract that may only be reduced is still called trading. */
export const CONTRACT_STATUS: Readonly<Record<ListingStatus, string>> = {
  'pre-launch': 'PENDING_TRADING',
  trading: 'TRADING',
  'reduce-only': 'TRADING',
  closing: 'SETTLING',
  closed: 'CLOSE',
};

/** Reasons for which an order is cancelled because somebody wanted it; all others let it expire. */
const WANTED: ReadonlySet<CancelReason> = new Set(['by-client', 'by-hand', 'countdown']);

export const isWanted = ({ cancelReason }: OrderRecord): boolean =>
  cancelReason === undefined || WANTED.has(cancelReason);

/** State of an order in the ordinary book. */
export function orderStatus(order: OrderRecord): string {
  switch (order.status) {
    case 'partly-filled':
      return 'PARTIALLY_FILLED';
    case 'filled':
      return 'FILLED';
    case 'cancelled':
      return isWanted(order) ? 'CANCELED' : 'EXPIRED';
    case 'rejected':
      return 'REJECTED';
    case 'deactivated':
      return 'EXPIRED';
    default:
      return 'NEW';
  }
}

/** State of an order in the conditional book; `hasTriggered`: it has gone to the ordinary book. */
export function algoStatus(order: OrderRecord, hasTriggered: boolean): string {
  switch (order.status) {
    case 'untriggered':
      return 'NEW';
    case 'triggered':
    case 'new':
    case 'partly-filled':
      return 'TRIGGERED';
    case 'filled':
      return 'FINISHED';
    case 'cancelled':
      if (hasTriggered) return 'FINISHED';
      if (order.cancelReason === 'margin-at-trigger') return 'REJECTED';
      return isWanted(order) ? 'CANCELED' : 'EXPIRED';
    case 'rejected':
      return 'REJECTED';
    default:
      return 'EXPIRED';
  }
}

/** Type of a conditional order: stops follow the price, targets wait for it to come back; `undefined`: it has no trigger. */
export function conditionalType({ side, type, triggerDirection }: OrderRecord): string | undefined {
  if (triggerDirection === undefined) return undefined;
  const isStop = (side === 'buy') === (triggerDirection === 'up');
  const name = isStop ? 'STOP' : 'TAKE_PROFIT';
  return type === 'market' ? `${name}_MARKET` : name;
}

export const orderType = ({ type }: OrderRecord): string => (type === 'market' ? 'MARKET' : 'LIMIT');

type PositionMode = AccountState['positionMode'];

/** Which side's position an order belongs to: in hedge mode the one that it opens or closes. */
export function orderPositionSide(
  { side, reduceOnly, closesPosition }: Pick<OrderRecord, 'side' | 'reduceOnly' | 'closesPosition'>,
  positionMode: PositionMode,
): 'BOTH' | 'LONG' | 'SHORT' {
  if (positionMode === 'one-way') return 'BOTH';
  const closes = reduceOnly || closesPosition;
  return (side === 'buy') === closes ? 'SHORT' : 'LONG';
}

export const MARGIN_TYPE = { cross: 'CROSSED', isolated: 'ISOLATED' } as const;
