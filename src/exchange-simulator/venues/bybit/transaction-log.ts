// What moved the wallet at Bybit? Every line of the ledger with the execution that made it and the balance after it.
import { toAtoms, type Atoms } from '../../../domain/money.ts';
import type { LedgerLine } from '../../../domain/ledger.ts';
import type { SimulatedExchange } from '../../core/exchange.ts';
import type { ExecutionRecord } from '../../core/order-record.ts';
import { atomsText, numberText } from '../number-text.ts';
import { SIDE } from './words.ts';

/** One line of the wallet; `balance` is what was in it afterwards. */
export interface WalletLine {
  readonly id: string;
  readonly time: number;
  readonly line: LedgerLine;
  readonly execution: ExecutionRecord | undefined;
  readonly balance: Atoms;
  /** Signed base units held afterwards, in atoms. */
  readonly held: Atoms;
}

/** Every line so far, oldest first. Executions and lines that are no deposits come in the same order. */
export function walletLines(exchange: SimulatedExchange): readonly WalletLine[] {
  const executions = exchange.executions({});
  const held = new Map<string, Atoms>();
  let balance = exchange.ledger.start;
  let next = 0;
  return exchange.ledger.lines.map((line, index) => {
    balance += line.amount;
    const execution = line.kind === 'deposit' ? undefined : executions[next++];
    const symbol = line.symbol ?? '';
    const before = held.get(symbol) ?? 0n;
    if (execution !== undefined && execution.kind !== 'funding') {
      const size = toAtoms(execution.quantity);
      held.set(symbol, execution.side === 'buy' ? before + size : before - size);
    }
    const id = `1_${symbol === '' ? 'USDT' : symbol}_${index + 1}`;
    return { id, time: line.time, line, execution, balance, held: held.get(symbol) ?? 0n };
  });
}

/** The venue's kind of a line. */
export function transactionType({ line, execution }: WalletLine): string {
  if (line.kind === 'deposit') return line.amount < 0n ? 'TRANSFER_OUT' : 'TRANSFER_IN';
  switch (execution?.kind) {
    case 'funding':
      return 'SETTLEMENT';
    case 'liquidation':
      return 'LIQUIDATION';
    case 'deleverage':
      return 'ADL';
    case 'settlement':
      return 'DELIVERY';
    default:
      return 'TRADE';
  }
}

/** The row of a line; `funding` is positive when it was received. */
export function transactionRow(entry: WalletLine, currency: string): Readonly<Record<string, unknown>> {
  const { id, time, line, execution, balance, held } = entry;
  const isFunding = line.kind === 'funding';
  return {
    transSubType: '',
    id,
    symbol: line.symbol ?? '',
    side: execution === undefined ? 'None' : SIDE[execution.side],
    funding: isFunding ? atomsText(-line.funding) : '',
    orderLinkId: execution?.clientOrderId ?? '',
    orderId: execution?.orderId ?? '',
    fee: isFunding ? '0' : atomsText(line.fee),
    change: atomsText(line.amount),
    cashFlow: atomsText(line.kind === 'deposit' ? line.amount : line.realised),
    transactionTime: String(time),
    type: transactionType(entry),
    feeRate: execution === undefined ? '' : numberText(execution.rate),
    bonusChange: '',
    size: line.symbol === undefined ? '' : atomsText(held),
    qty: execution === undefined ? '' : numberText(execution.quantity),
    cashBalance: atomsText(balance),
    currency,
    category: line.symbol === undefined ? '' : 'linear',
    tradePrice: execution === undefined ? '' : numberText(execution.price),
    tradeId: execution?.executionId ?? '',
    extraFees: '',
  };
}
