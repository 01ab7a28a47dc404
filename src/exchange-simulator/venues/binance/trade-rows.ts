// How does Binance show what moved position and money? Trades, and every income of the wallet, each amount exact.
import type { AccountState, ListedContract, SimulatedExchange } from '../../core/exchange.ts';
import type { LedgerLine } from '../../../domain/ledger.ts';
import type { Atoms } from '../../../domain/money.ts';
import type { ExecutionRecord } from '../../core/order-record.ts';
import { numberText, stepText } from '../number-text.ts';
import { quoteAssetOf } from './contract-row.ts';
import { moneyText } from './money-text.ts';
import type { OrderName } from './order-names.ts';
import { SIDE, orderPositionSide } from './words.ts';

export interface TradeContext {
  readonly contract: ListedContract;
  readonly positionMode: AccountState['positionMode'];
  /** Undefined: its order is not known any more. */
  readonly name: OrderName | undefined;
}

/** In hedge mode what closes something belongs to the other side. */
export function tradePositionSide(
  { side, closedQuantity }: ExecutionRecord,
  positionMode: AccountState['positionMode'],
): 'BOTH' | 'LONG' | 'SHORT' {
  const closes = closedQuantity > 0;
  return orderPositionSide({ side, reduceOnly: closes, closesPosition: false }, positionMode);
}

/** A trade of the account, the venue's own of liquidations among them. */
export function tradeRow(execution: ExecutionRecord, context: TradeContext): Readonly<Record<string, unknown>> {
  const { contract, positionMode, name } = context;
  const asset = quoteAssetOf(contract);
  return {
    symbol: execution.symbol,
    id: execution.sequence,
    orderId: name?.orderNumber ?? 0,
    side: SIDE[execution.side],
    price: numberText(execution.price),
    qty: stepText(execution.quantity, contract.instrument.lotSize),
    realizedPnl: moneyText(execution.realised),
    quoteQty: moneyText(execution.value),
    commission: moneyText(execution.fee),
    commissionAsset: asset,
    time: execution.time,
    positionSide: tradePositionSide(execution, positionMode),
    maker: execution.maker,
    buyer: execution.side === 'buy',
    marginAsset: asset,
  };
}

export type IncomeType = 'TRANSFER' | 'REALIZED_PNL' | 'COMMISSION' | 'FUNDING_FEE' | 'INSURANCE_CLEAR';

/** One movement of the wallet, positive when received. */
export interface Income {
  readonly type: IncomeType;
  readonly amount: Atoms;
  readonly time: number;
  readonly symbol: string;
  /** Rises with every movement. */
  readonly id: number;
  /** Of the trade that it belongs to; undefined: of none. */
  readonly tradeId: number | undefined;
}

/** Every movement so far, oldest first; they add up to what the wallet gained. */
export function incomesOf(exchange: SimulatedExchange): readonly Income[] {
  const executions = exchange.executions({});
  let next = 0;
  return exchange.ledger.lines.flatMap((line, index) => {
    // Executions and lines that are no deposits come in the same order.
    const execution = line.kind === 'deposit' ? undefined : executions[next++];
    const tradeId = execution === undefined || execution.kind === 'funding' ? undefined : execution.sequence;
    const { time, symbol = '' } = line;
    return partsOf(line).map(([type, amount], part) => ({
      type,
      amount,
      time,
      symbol,
      tradeId,
      id: index * 2 + part + 1,
    }));
  });
}

function partsOf(line: LedgerLine): readonly (readonly [IncomeType, Atoms])[] {
  if (line.kind === 'deposit') return [['TRANSFER', line.amount]];
  if (line.kind === 'funding') return [['FUNDING_FEE', -line.funding]];
  const fee: readonly [IncomeType, Atoms] = [line.kind === 'fill' ? 'COMMISSION' : 'INSURANCE_CLEAR', -line.fee];
  const profit: readonly [IncomeType, Atoms] = ['REALIZED_PNL', line.realised];
  return [profit, fee].filter(([, amount]) => amount !== 0n);
}

export function incomeRow(
  { type, amount, time, symbol, id, tradeId }: Income,
  asset: string,
): Readonly<Record<string, unknown>> {
  return {
    symbol,
    incomeType: type,
    income: moneyText(amount),
    asset,
    time,
    info: type === 'TRANSFER' ? 'TRANSFER' : type,
    tranId: id,
    tradeId: tradeId === undefined ? '' : String(tradeId),
  };
}
