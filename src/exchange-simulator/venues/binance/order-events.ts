// How does Binance tell of an order as it changes? An event of the ordinary book for every change and trade, another of the conditional book.
import type { ExecutionRecord, OrderRecord } from '../../core/order-record.ts';
import { numberText, stepText } from '../number-text.ts';
import { quoteAssetOf } from './contract-row.ts';
import { moneyText } from './money-text.ts';
import { algoQuantity, algoTimeInForce, averageText, type OrderContext } from './order-row.ts';
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

export type ExecutionType = 'NEW' | 'TRADE' | 'CALCULATED' | 'CANCELED' | 'EXPIRED' | 'AMENDMENT' | 'REJECTED';

/** An event of the ordinary book; `execution`: the trade that it tells of. */
export function orderEvent(
  order: OrderRecord,
  context: OrderContext,
  { type, execution }: { readonly type: ExecutionType; readonly execution: ExecutionRecord | undefined },
): object {
  const { contract, positionMode, name } = context;
  const { tickSize, lotSize } = contract.instrument;
  const time = execution?.time ?? order.updatedAt;
  const isCloseAll = order.closesPosition && order.conditional;
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: time,
    T: time,
    o: {
      s: order.symbol,
      c: name.clientId,
      S: SIDE[order.side],
      o: orderType(order),
      f: order.type === 'market' ? 'GTC' : TIME_IN_FORCE[order.timeInForce],
      q: stepText(order.quantity, lotSize),
      p: stepText(order.price ?? 0, tickSize),
      ap: averageText(order, tickSize),
      sp: stepText(order.triggerPrice ?? 0, tickSize),
      x: type,
      X: orderStatus(order),
      i: name.orderNumber,
      l: stepText(execution?.quantity ?? 0, lotSize),
      z: stepText(order.filledQuantity, lotSize),
      L: execution === undefined ? '0' : numberText(execution.price),
      ...(execution === undefined ? {} : { N: quoteAssetOf(contract), n: moneyText(execution.fee) }),
      T: time,
      t: execution?.sequence ?? 0,
      b: '0',
      a: '0',
      m: execution?.maker ?? false,
      R: positionMode === 'one-way' && order.reduceOnly,
      wt: WORKING_TYPE[order.triggerSource],
      ot: conditionalType(order) ?? orderType(order),
      ps: orderPositionSide(order, positionMode),
      cp: isCloseAll,
      pP: false,
      si: 0,
      ss: 0,
      rp: moneyText(execution?.realised ?? 0n),
      V: 'NONE',
      pm: 'NONE',
      gtd: 0,
      er: '0',
      ...(order.triggerPrice === undefined ? {} : { AP: '0', cr: '0' }),
    },
  };
}

/** The short form of a trade, which comes first. */
export function tradeLiteEvent(execution: ExecutionRecord, { contract, name }: OrderContext, price: number): object {
  const { tickSize, lotSize } = contract.instrument;
  const { time, symbol } = execution;
  return {
    e: 'TRADE_LITE',
    E: time,
    T: time,
    s: symbol,
    q: stepText(execution.orderQuantity, lotSize),
    p: stepText(price, tickSize),
    m: execution.maker,
    c: name.clientId,
    S: SIDE[execution.side],
    L: numberText(execution.price),
    l: stepText(execution.quantity, lotSize),
    t: execution.sequence,
    i: name.orderNumber,
  };
}

/** An event of the conditional book. `status`: where a step between two states is told of. */
export function algoEvent(order: OrderRecord, context: OrderContext, status?: 'TRIGGERING' | 'TRIGGERED'): object {
  const { contract, positionMode, name } = context;
  const { tickSize, lotSize } = contract.instrument;
  const hasTriggered = name.orderNumber !== undefined;
  const { updatedAt } = order;
  const actual =
    hasTriggered && status !== 'TRIGGERING'
      ? {
          ai: String(name.orderNumber),
          ap: averageText(order, tickSize),
          aq: stepText(order.filledQuantity, lotSize),
          act: orderType(order),
        }
      : { ai: '', ap: stepText(0, tickSize), aq: stepText(0, lotSize), act: '0' };
  return {
    e: 'ALGO_UPDATE',
    T: updatedAt,
    E: updatedAt,
    o: {
      caid: name.clientId,
      aid: name.algoNumber,
      at: 'CONDITIONAL',
      o: conditionalType(order),
      s: order.symbol,
      S: SIDE[order.side],
      ps: orderPositionSide(order, positionMode),
      f: algoTimeInForce(order),
      q: stepText(algoQuantity(order), lotSize),
      X: status ?? algoStatus(order, hasTriggered),
      ...actual,
      tp: stepText(order.triggerPrice ?? 0, tickSize),
      p: stepText(order.price ?? 0, tickSize),
      V: 'EXPIRE_MAKER',
      wt: WORKING_TYPE[order.triggerSource],
      pm: 'NONE',
      cp: order.closesPosition,
      pP: false,
      R: positionMode === 'one-way' && order.reduceOnly,
      tt: hasTriggered ? updatedAt : 0,
      gtd: 0,
      rm: reasonOf(order),
    },
  };
}

/** Why it failed, in words; empty: it has not. */
function reasonOf({ status, cancelReason }: OrderRecord): string {
  if (status === 'rejected' || cancelReason === 'margin-at-trigger') return 'Margin is insufficient.';
  return cancelReason === 'reduce-only-excess' ? 'Reduce Only reject' : '';
}
