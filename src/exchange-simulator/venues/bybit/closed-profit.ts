// What did each closing order earn? Executions that reduced a position, summed per order with the fees of both ways.
import { atomsToNumber, toAtoms, type Atoms } from '../../../domain/money.ts';
import type { ExecutionRecord } from '../../core/order-record.ts';
import { atomsText, numberText } from '../number-text.ts';
import { EXEC_TYPE, EXECUTION_ORDER_TYPE, SIDE } from './words.ts';

export interface ClosedProfit {
  readonly symbol: string;
  readonly orderId: string;
  readonly first: ExecutionRecord;
  readonly last: ExecutionRecord;
  readonly fills: number;
  readonly quantity: Atoms;
  readonly entryValue: Atoms;
  readonly exitValue: Atoms;
  /** Profit less the fees of closing and of what was opened, exact up to the share of a partly closed entry. */
  readonly profit: Atoms;
}

/** What a symbol's open position has paid for its entry so far. */
interface Open {
  quantity: Atoms;
  fees: Atoms;
}

/** One record per order that closed something, in the order of their last fills; executions stand in rising time. */
export function closedProfits(executions: readonly ExecutionRecord[]): readonly ClosedProfit[] {
  const open = new Map<string, Open>();
  const closed = new Map<string, ClosedProfit>();
  for (const execution of executions) {
    if (execution.kind === 'funding') continue;
    const held = open.get(execution.symbol) ?? { quantity: 0n, fees: 0n };
    open.set(execution.symbol, held);
    const closing = bookClose(execution, held);
    if (closing === undefined) continue;
    const before = closed.get(execution.orderId);
    closed.delete(execution.orderId);
    closed.set(execution.orderId, before === undefined ? closing : joined(before, closing));
  }
  return [...closed.values()];
}

/** Moves the open position on; what was closed of it, or undefined. */
function bookClose(execution: ExecutionRecord, held: Open): ClosedProfit | undefined {
  const size = toAtoms(execution.quantity);
  const part = toAtoms(execution.closedQuantity);
  const closingFee = size === 0n ? 0n : (execution.fee * part) / size;
  const entryFee = held.quantity === 0n ? 0n : (held.fees * part) / held.quantity;
  held.quantity += size - part - part;
  held.fees += execution.fee - closingFee - entryFee;
  if (held.quantity <= 0n) Object.assign(held, { quantity: 0n, fees: 0n });
  if (part === 0n) return undefined;
  const exitValue = size === 0n ? 0n : (execution.value * part) / size;
  const { symbol, orderId, realised, side } = execution;
  return {
    symbol,
    orderId,
    first: execution,
    last: execution,
    fills: 1,
    quantity: part,
    exitValue,
    entryValue: side === 'sell' ? exitValue - realised : exitValue + realised,
    profit: realised - closingFee - entryFee,
  };
}

function joined(before: ClosedProfit, next: ClosedProfit): ClosedProfit {
  return {
    ...before,
    last: next.last,
    fills: before.fills + 1,
    quantity: before.quantity + next.quantity,
    entryValue: before.entryValue + next.entryValue,
    exitValue: before.exitValue + next.exitValue,
    profit: before.profit + next.profit,
  };
}

/** The row of a closed profit; `leverage` is the symbol's now. */
export function closedProfitRow(closed: ClosedProfit, leverage: number): Readonly<Record<string, unknown>> {
  const quantity = atomsToNumber(closed.quantity);
  const mean = (value: Atoms): string => numberText(Number((atomsToNumber(value) / quantity).toPrecision(14)));
  const { first, last } = closed;
  return {
    symbol: closed.symbol,
    orderType: EXECUTION_ORDER_TYPE[first.orderType],
    leverage: numberText(leverage),
    updatedTime: String(last.time),
    side: SIDE[first.side],
    orderId: closed.orderId,
    closedPnl: atomsText(closed.profit),
    avgEntryPrice: mean(closed.entryValue),
    qty: numberText(first.orderQuantity),
    cumEntryValue: atomsText(closed.entryValue),
    createdTime: String(first.time),
    orderPrice: numberText(first.orderPrice ?? 0),
    closedSize: atomsText(closed.quantity),
    avgExitPrice: mean(closed.exitValue),
    execType: EXEC_TYPE[last.kind],
    fillCount: String(closed.fills),
    cumExitValue: atomsText(closed.exitValue),
  };
}
