// How does Bybit show an execution? A trade, a funding payment or a forced close as one row.
import { atomsText, numberText, stepText } from '../number-text.ts';
import type { ExecutionRecord } from '../../core/order-record.ts';
import { settleCoinOf, type RowContext } from './order-row.ts';
import { CREATE_TYPE, EXECUTION_ORDER_TYPE, EXEC_TYPE, SIDE, stopOrderType } from './words.ts';

/** The row of an execution; `execFee` of funding is what was paid. */
export function executionRow(execution: ExecutionRecord, { contract }: RowContext): Readonly<Record<string, unknown>> {
  const { tickSize, lotSize } = contract.instrument;
  const stopType = stopOrderType(execution.source, false);
  const isFunding = execution.kind === 'funding';
  return {
    symbol: execution.symbol,
    orderId: execution.orderId,
    orderLinkId: execution.clientOrderId,
    side: SIDE[execution.side],
    orderPrice: execution.orderPrice === undefined ? '0' : stepText(execution.orderPrice, tickSize),
    orderQty: isFunding ? '0' : stepText(execution.orderQuantity, lotSize),
    leavesQty: stepText(execution.leavesQuantity, lotSize),
    createType: isFunding ? '' : CREATE_TYPE[execution.source],
    orderType: EXECUTION_ORDER_TYPE[execution.orderType],
    stopOrderType: stopType === '' ? 'UNKNOWN' : stopType,
    execFee: atomsText(execution.fee),
    execId: execution.executionId,
    execPrice: numberText(execution.price),
    execQty: stepText(execution.quantity, lotSize),
    execType: EXEC_TYPE[execution.kind],
    execValue: atomsText(execution.value),
    execTime: String(execution.time),
    feeCurrency: isFunding ? '' : settleCoinOf(contract),
    isMaker: execution.maker,
    feeRate: numberText(execution.rate),
    tradeIv: '',
    markIv: '',
    markPrice: numberText(execution.markPrice),
    indexPrice: '',
    underlyingPrice: '',
    blockTradeId: '',
    closedSize: stepText(execution.closedQuantity, lotSize),
    extraFees: '',
    seq: execution.sequence,
  };
}

/** The same on the stream of executions, with the profit that it realised. */
export function executionFrameRow(execution: ExecutionRecord, context: RowContext): Readonly<Record<string, unknown>> {
  return {
    category: 'linear',
    ...executionRow(execution, context),
    isLeverage: '0',
    marketUnit: '',
    execPnl: atomsText(execution.realised),
  };
}

/** The slim row of the fast stream. */
export function fastExecutionRow(execution: ExecutionRecord, context: RowContext): Readonly<Record<string, unknown>> {
  const { lotSize } = context.contract.instrument;
  return {
    category: 'linear',
    symbol: execution.symbol,
    execId: execution.executionId,
    execPrice: numberText(execution.price),
    execQty: stepText(execution.quantity, lotSize),
    orderId: execution.orderId,
    isMaker: execution.maker,
    orderLinkId: execution.clientOrderId,
    side: SIDE[execution.side],
    execTime: String(execution.time),
    seq: execution.sequence,
  };
}
