// How does Bybit show an order? One row, the same by REST and on the stream.
import { atomsToNumber } from '../../../domain/money.ts';
import type { AccountState, ListedContract } from '../../core/exchange.ts';
import type { OrderRecord } from '../../core/order-record.ts';
import { atomsText, numberText, stepText } from '../number-text.ts';
import {
  CREATE_TYPE,
  ORDER_STATUS,
  SIDE,
  TIME_IN_FORCE,
  TRIGGER_BY,
  cancelType,
  rejectReason,
  stopOrderType,
} from './words.ts';

/** What a row needs besides the order. */
export interface RowContext {
  readonly contract: ListedContract;
  readonly positionMode: AccountState['positionMode'];
}

const ENDED: ReadonlySet<OrderRecord['status']> = new Set(['filled', 'cancelled', 'rejected', 'deactivated']);

/** 0 in one-way mode; in hedge mode 1 for orders that open or close the long side, 2 for the short side. */
export function positionIndexOf(
  { side, reduceOnly, closesPosition }: Pick<OrderRecord, 'side' | 'reduceOnly' | 'closesPosition'>,
  positionMode: AccountState['positionMode'],
): 0 | 1 | 2 {
  if (positionMode === 'one-way') return 0;
  const closes = reduceOnly || closesPosition;
  return (side === 'buy') === closes ? 2 : 1;
}

/** Money of a settled fee per coin, as the venue groups it. */
export function settleCoinOf({ baseCurrency, instrument }: ListedContract): string {
  return instrument.symbol.startsWith(baseCurrency) ? instrument.symbol.slice(baseCurrency.length) : 'USDT';
}

/** What every row has and nothing here makes use of. */
const NOT_SIMULATED = {
  blockTradeId: '',
  isLeverage: '',
  orderIv: '',
  smpType: 'None',
  smpGroup: 0,
  smpOrderId: '',
  tpLimitPrice: '',
  slLimitPrice: '',
  placeType: '',
  slippageToleranceType: 'UNKNOWN',
  slippageTolerance: '',
  extraFees: '',
  rpiTakerAccess: false,
  rpiMatchedQty: '0',
};

/** The row of an order; prices and quantities with the decimals of their steps, money without a digit lost. */
export function orderRow(
  order: OrderRecord,
  { contract, positionMode }: RowContext,
): Readonly<Record<string, unknown>> {
  const { tickSize, lotSize } = contract.instrument;
  const price = (value: number | undefined): string => (value === undefined ? '' : stepText(value, tickSize));
  // What an ended order did not fill is not left any more.
  const left = ENDED.has(order.status) ? 0 : Math.max(0, order.quantity - order.filledQuantity);
  const average = order.filledQuantity > 0 ? atomsToNumber(order.filledValue) / order.filledQuantity : undefined;
  const isAttached = order.parentClientOrderId !== '' || order.source.startsWith('attached');
  return {
    ...NOT_SIMULATED,
    orderId: order.orderId,
    orderLinkId: order.clientOrderId,
    parentOrderLinkId: order.parentClientOrderId,
    symbol: order.symbol,
    price: order.price === undefined ? '' : price(order.price),
    qty: stepText(order.quantity, lotSize),
    side: SIDE[order.side],
    positionIdx: positionIndexOf(order, positionMode),
    orderStatus: ORDER_STATUS[order.status],
    createType: CREATE_TYPE[order.source],
    cancelType: cancelType(order),
    rejectReason: rejectReason(order),
    avgPrice: average === undefined ? '' : numberText(average),
    leavesQty: stepText(left, lotSize),
    leavesValue: left === 0 ? '0' : numberText(left * (order.price ?? order.triggerPrice ?? order.lastPriceOnCreated)),
    cumExecQty: stepText(order.filledQuantity, lotSize),
    cumExecValue: atomsText(order.filledValue),
    cumExecFee: atomsText(order.fees),
    timeInForce: TIME_IN_FORCE[order.timeInForce],
    orderType: order.type === 'market' ? 'Market' : 'Limit',
    stopOrderType: stopOrderType(order.source, order.conditional),
    triggerPrice: price(order.triggerPrice),
    takeProfit: price(order.attachedTarget),
    stopLoss: price(order.attachedStop),
    tpTriggerBy: order.attachedTarget === undefined ? '' : TRIGGER_BY[order.targetTrigger],
    slTriggerBy: order.attachedStop === undefined ? '' : TRIGGER_BY[order.stopTrigger],
    triggerDirection: order.triggerDirection === undefined ? 0 : order.triggerDirection === 'up' ? 1 : 2,
    triggerBy: order.triggerPrice === undefined ? '' : TRIGGER_BY[order.triggerSource],
    lastPriceOnCreated: Number.isFinite(order.lastPriceOnCreated) ? price(order.lastPriceOnCreated) : '',
    reduceOnly: order.reduceOnly,
    closeOnTrigger: order.closesPosition,
    tpslMode: isAttached || order.attachedStop !== undefined || order.attachedTarget !== undefined ? 'Full' : '',
    createdTime: String(order.createdAt),
    updatedTime: String(order.updatedAt),
    cumFeeDetail: order.filledQuantity > 0 ? { [settleCoinOf(contract)]: atomsText(order.fees) } : {},
  };
}

/** The same on the stream of orders. */
export function orderFrameRow(order: OrderRecord, context: RowContext): Readonly<Record<string, unknown>> {
  return { category: 'linear', ...orderRow(order, context), feeCurrency: settleCoinOf(context.contract) };
}
