// What does a fill or a funding payment leave behind? A ledger line, an execution, the order's and the position's new sums, and events.
import type { Fill, FundingPayment } from '../../domain/fill.ts';
import { bookFill, bookFunding, heldQuantity } from '../../domain/ledger.ts';
import type { LedgerLine } from '../../domain/ledger.ts';
import { productAtoms, toAtoms } from '../../domain/money.ts';
import { signOf } from '../../domain/side.ts';
import { onLotGrid } from '../../simulation/matching.ts';
import { lastPriceAt } from '../market/replay.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import type { ExecutionKind, ExecutionRecord } from './order-record.ts';
import { changeOrder, leavesOf } from './order-store.ts';
import { note } from './tell.ts';

/** A fill of `order`. */
export interface Trade {
  readonly fill: Fill;
  readonly order: LiveOrder;
  readonly kind: Exclude<ExecutionKind, 'funding'>;
  /** Fee rate as a fraction. */
  readonly rate: number;
}

/** Books one fill and tells of it: order, execution, position, wallet. */
export function bookTrade(state: ExchangeState, listing: Listing, { fill, order, kind, rate }: Trade): void {
  const { symbol, book } = listing;
  const before = heldQuantity(state.ledger, symbol);
  bookFill(state.ledger, fill);
  const line = lastLine(state);
  const value = productAtoms(fill.quantity, fill.price);
  const isOpposite = before !== 0 && before > 0 !== (fill.side === 'buy');
  const closed = isOpposite ? Math.min(Math.abs(before), fill.quantity) : 0;
  countResult(state, listing, line, { before, closed, quantity: fill.quantity });

  const { record } = order;
  const filledQuantity = onLotGrid(book.instrument, record.filledQuantity + fill.quantity);
  const filledValue = record.filledValue + value;
  const isDone = record.quantity - filledQuantity < book.instrument.lotSize / 2;
  changeOrder(state, listing, {
    live: order,
    change: {
      filledQuantity,
      filledValue,
      fees: record.fees + line.fee,
      status: isDone ? 'filled' : 'partly-filled',
    },
  });
  const { side, quantity, price } = fill;
  addExecution(state, listing, {
    ...namesOf(order),
    kind,
    side,
    quantity,
    price,
    value,
    fee: line.fee,
    rate,
    maker: fill.liquidity === 'maker',
    closedQuantity: closed,
    realised: line.realised,
    leavesQuantity: onLotGrid(book.instrument, leavesOf(order.record)),
  });
  touchPosition(state, listing);
  note(state, { kind: 'wallet', time: state.now, cause: 'trade' });
}

/** Books a funding payment on `held` (signed base units) and tells of it: execution, position, wallet. */
export function bookPayment(
  state: ExchangeState,
  listing: Listing,
  { payment, held, time }: { readonly payment: FundingPayment; readonly held: number; readonly time?: number },
): void {
  bookFunding(state.ledger, payment);
  const line = lastLine(state);
  countResult(state, listing, line, { before: held, closed: 0, quantity: 0 });
  const quantity = Math.abs(held);
  addExecution(state, listing, {
    orderId: state.nextOrderId(),
    clientOrderId: '',
    source: 'client',
    orderType: 'unknown',
    orderQuantity: 0,
    orderPrice: undefined,
    kind: 'funding',
    side: held > 0 ? 'sell' : 'buy',
    quantity,
    price: payment.markPrice,
    value: productAtoms(quantity, payment.markPrice),
    fee: line.funding,
    rate: payment.rate,
    maker: false,
    closedQuantity: 0,
    realised: 0n,
    leavesQuantity: 0,
    ...(time === undefined ? {} : { time }),
  });
  touchPosition(state, listing);
  note(state, { kind: 'wallet', time: state.now, cause: 'funding' });
}

function lastLine(state: ExchangeState): LedgerLine {
  const { lines } = state.ledger;
  return lines[lines.length - 1];
}

function namesOf({ record }: LiveOrder) {
  const { orderId, clientOrderId, source, type, quantity, price } = record;
  return { orderId, clientOrderId, source, orderType: type, orderQuantity: quantity, orderPrice: price };
}

type Facts = Omit<ExecutionRecord, 'executionId' | 'sequence' | 'symbol' | 'markPrice' | 'time'> &
  Partial<Pick<ExecutionRecord, 'time'>>;

function addExecution(state: ExchangeState, listing: Listing, facts: Facts): void {
  const { now } = state;
  const { symbol, book, replay } = listing;
  const execution: ExecutionRecord = Object.freeze({
    executionId: state.nextExecutionId(),
    sequence: nextSequence(state, listing),
    symbol,
    markPrice: lastPriceAt(replay, now, book.instrument),
    time: now,
    ...facts,
  });
  state.executions.push(execution);
  note(state, { kind: 'execution', time: execution.time, execution });
}

function nextSequence(state: ExchangeState, listing: Listing): number {
  state.sequence += 1;
  listing.sequence = state.sequence;
  return state.sequence;
}

/** The position was changed or touched: what was foreseen for it must be thought over. */
export function touchPosition(state: ExchangeState, listing: Listing): void {
  listing.updatedAt = state.now;
  listing.isPlanned = false;
  state.crossTime = undefined;
  note(state, { kind: 'position', time: state.now, symbol: listing.symbol });
}

/** Adds a line to the results of the position, which begin anew with every position. */
function countResult(
  state: ExchangeState,
  listing: Listing,
  line: LedgerLine,
  trade: { readonly before: number; readonly closed: number; readonly quantity: number },
): void {
  const { before, closed, quantity } = trade;
  state.realisedEver += line.amount;
  listing.realisedEver += line.amount;
  const isTurned = closed > 0 && quantity > closed;
  if (before !== 0 && !isTurned) {
    listing.realisedSinceOpen += line.amount;
    return;
  }
  const feeOfClosed = isTurned ? (line.fee * toAtoms(closed)) / toAtoms(quantity) : 0n;
  listing.realisedSinceOpen = feeOfClosed - line.fee;
  listing.openedAt = state.now;
}

/** Whether a fill of `side` makes the position smaller, as it stands. */
export function reduces(listing: Listing, side: Fill['side']): boolean {
  const { position } = listing.book;
  return position.quantity > 0 && position.direction !== signOf(side);
}
