// How does Binance show an order of the ordinary book, and one of the conditional book?
import { atomsToNumber } from '../../../domain/money.ts';
import type { AccountState, ListedContract } from '../../core/exchange.ts';
import type { OrderRecord } from '../../core/order-record.ts';
import { numberText, stepText } from '../number-text.ts';
import { moneyText } from './money-text.ts';
import type { OrderName } from './order-names.ts';
import {
  SIDE,
  TIME_IN_FORCE,
  WORKING_TYPE,
  algoStatus,
  conditionalType,
  orderPositionSide,
  orderStatus,
  orderType,
} from './words.ts';

/** What a row needs besides the order. */
export interface OrderContext {
  readonly contract: ListedContract;
  readonly positionMode: AccountState['positionMode'];
  readonly name: OrderName;
}

/** Price of all fills together; 0 without one. */
export function averagePrice({ filledQuantity, filledValue }: OrderRecord): number {
  return filledQuantity > 0 ? atomsToNumber(filledValue) / filledQuantity : 0;
}

const zeroText = (step: number): string => stepText(0, step);

/** Average price on the wire: zero has the decimals of the tick, a true average all that it needs. */
export function averageText(order: OrderRecord, tickSize: number): string {
  const average = averagePrice(order);
  return average === 0 ? zeroText(tickSize) : numberText(average);
}

/** The row of the ordinary book. */
export function orderRow(order: OrderRecord, context: OrderContext): Readonly<Record<string, unknown>> {
  const { contract, positionMode, name } = context;
  const { tickSize, lotSize } = contract.instrument;
  return {
    orderId: name.orderNumber,
    symbol: order.symbol,
    status: orderStatus(order),
    clientOrderId: name.clientId,
    price: stepText(order.price ?? 0, tickSize),
    avgPrice: averageText(order, tickSize),
    origQty: stepText(order.quantity, lotSize),
    executedQty: stepText(order.filledQuantity, lotSize),
    cumQty: stepText(order.filledQuantity, lotSize),
    cumQuote: moneyText(order.filledValue),
    timeInForce: order.type === 'market' ? 'GTC' : TIME_IN_FORCE[order.timeInForce],
    type: orderType(order),
    reduceOnly: positionMode === 'one-way' && order.reduceOnly,
    closePosition: order.closesPosition,
    side: SIDE[order.side],
    positionSide: orderPositionSide(order, positionMode),
    stopPrice: stepText(order.triggerPrice ?? 0, tickSize),
    workingType: WORKING_TYPE[order.triggerSource],
    priceProtect: false,
    origType: conditionalType(order) ?? orderType(order),
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    time: order.createdAt,
    updateTime: order.updatedAt,
  };
}

/** Quantity that a conditional order shows: whoever closes the position names none. */
export const algoQuantity = ({ quantity, closesPosition }: OrderRecord): number => (closesPosition ? 0 : quantity);

/** The row of the conditional book. */
export function algoRow(order: OrderRecord, context: OrderContext): Readonly<Record<string, unknown>> {
  const { contract, positionMode, name } = context;
  const { tickSize, lotSize } = contract.instrument;
  const { orderNumber } = name;
  const hasTriggered = orderNumber !== undefined;
  return {
    algoId: name.algoNumber,
    clientAlgoId: name.clientId,
    algoType: 'CONDITIONAL',
    orderType: conditionalType(order),
    symbol: order.symbol,
    side: SIDE[order.side],
    positionSide: orderPositionSide(order, positionMode),
    timeInForce: algoTimeInForce(order),
    quantity: stepText(algoQuantity(order), lotSize),
    algoStatus: algoStatus(order, hasTriggered),
    actualOrderId: hasTriggered ? String(orderNumber) : '',
    actualPrice: averageText(order, tickSize),
    triggerPrice: stepText(order.triggerPrice ?? 0, tickSize),
    price: stepText(order.price ?? 0, tickSize),
    icebergQuantity: null,
    tpTriggerPrice: zeroText(tickSize),
    tpPrice: zeroText(tickSize),
    slTriggerPrice: zeroText(tickSize),
    slPrice: zeroText(tickSize),
    tpOrderType: '',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: WORKING_TYPE[order.triggerSource],
    priceMatch: 'NONE',
    closePosition: order.closesPosition,
    priceProtect: false,
    reduceOnly: positionMode === 'one-way' && order.reduceOnly,
    createTime: order.createdAt,
    updateTime: order.updatedAt,
    triggerTime: hasTriggered ? order.updatedAt : 0,
    goodTillDate: 0,
  };
}

/** What closes a position goes with it. */
export function algoTimeInForce({ closesPosition, type, timeInForce }: OrderRecord): string {
  if (closesPosition) return 'GTE_GTC';
  return type === 'market' ? 'GTC' : TIME_IN_FORCE[timeInForce];
}
