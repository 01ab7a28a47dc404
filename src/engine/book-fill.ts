// What does a report of the venue change? Fills, funding and refusals are booked into ledger, open trade and guard.
import type { Fill, FundingPayment, OrderRefused } from '../domain/fill.ts';
import { stepsToNumber, stepsTowardsZero } from '../domain/instrument.ts';
import { bookFill, bookFunding, ledgerEquity } from '../domain/ledger.ts';
import { HOUR_MS } from '../domain/time.ts';
import { invariant } from '../domain/errors.ts';
import { signOf, type Direction } from '../domain/side.ts';
import { advanceGuard, type GuardReason } from '../risk/performance-guard.ts';
import type { RoundTrip } from './round-trip.ts';
import type { EngineState, OpenTrade, SymbolState } from './state.ts';

/** Books a fill. Returns why the guard's mode changed, if it did. */
export function digestFill(state: EngineState, symbol: SymbolState, fill: Fill): GuardReason | undefined {
  const { pending, trade } = symbol;
  const own = pending?.order.clientOrderId === fill.clientOrderId ? pending : undefined;
  const decision = own?.decision;
  checkFill(symbol, fill, decision !== undefined);
  const realised = bookFill(state.ledger, fill);
  countAgainstOrder(symbol, fill);
  if (own !== undefined && decision !== undefined) {
    if (trade !== undefined) addToTrade(symbol, trade, { fill, isEntry: own.purpose === 'entry' });
    else symbol.trade = openTrade(fill, decision, own.order.decidedAt);
    if (trade === undefined && own.purpose === 'entry') symbol.funnel.fills += 1;
    return undefined;
  }
  if (trade === undefined) return undefined;
  return reduceTrade(state, symbol, { trade, fill, realised });
}

/** What an order under way has filled is no longer under way. */
export function countAgainstOrder(symbol: SymbolState, { clientOrderId, quantity }: Fill): void {
  const { pending, finestLot } = symbol;
  if (pending?.order.clientOrderId !== clientOrderId) return;
  pending.remaining -= quantity;
  if (pending.remaining < finestLot / 2) symbol.pending = undefined;
}

/** A fill that cannot be is found before anything is booked: a broken invariant leaves the books as they were. */
function checkFill({ trade, finestLot }: SymbolState, fill: Fill, isToAdd: boolean): void {
  invariant(trade !== undefined || isToAdd, `${fill.symbol}: a fill that no decision asked for`);
  if (trade === undefined) return;
  const adds = signOf(fill.side) === trade.direction;
  invariant(adds === isToAdd, `${fill.symbol}: a fill on the wrong side of what is held`);
  const isWithin = adds || fill.quantity < trade.quantity + finestLot / 2;
  invariant(isWithin, `${fill.symbol}: more was closed than is held`);
}

/** Books a funding payment; positive is paid by us. */
export function digestFunding(state: EngineState, symbol: SymbolState, payment: FundingPayment): void {
  bookFunding(state.ledger, payment);
  if (symbol.trade !== undefined) symbol.trade.funding += payment.payment;
}

/** The venue refused an order, dropped the rest of it or took it back: it is no longer under way. */
export function digestRefusal(symbol: SymbolState, refusal: OrderRefused): void {
  const { pending } = symbol;
  if (pending?.order.clientOrderId !== refusal.clientOrderId) return;
  if (pending.purpose === 'entry' && !pending.cancelled) symbol.funnel.refused.venue += 1;
  symbol.pending = undefined;
  if (symbol.trade === undefined) symbol.closing = undefined;
}

/** A trade that a fill opens; `decidedAt` is the close at which it was decided. */
export function openTrade(fill: Fill, decision: OpenTrade['decision'], decidedAt: number): OpenTrade {
  return {
    direction: signOf(fill.side),
    decision,
    decidedAt,
    entryTime: fill.time,
    entryPrice: fill.price,
    entryQuantity: fill.quantity,
    openedQuantity: fill.quantity,
    leverage: decision.leverage,
    stopPrice: fill.stopPrice,
    bestPrice: fill.price,
    hasTrailed: false,
    initialRisk: riskOf(fill.price, fill.stopPrice, fill.quantity),
    quantity: fill.quantity,
    heldPrice: fill.price,
    exitValue: 0,
    grossPnl: 0,
    fees: fill.fee,
    slippage: fill.slippage,
    funding: 0,
    ambiguous: false,
  };
}

/** A further fill of the entry, or one of an increase: averages and sums go on, and the stop that rests now is known. */
export function addToTrade(
  symbol: SymbolState,
  trade: OpenTrade,
  { fill, isEntry }: { readonly fill: Fill; readonly isEntry: boolean },
): void {
  const entered = trade.entryQuantity + fill.quantity;
  const held = trade.quantity + fill.quantity;
  trade.entryPrice = (trade.entryPrice * trade.entryQuantity + fill.price * fill.quantity) / entered;
  trade.heldPrice = (trade.heldPrice * trade.quantity + fill.price * fill.quantity) / held;
  trade.entryQuantity = onLots(symbol, entered);
  trade.quantity = onLots(symbol, held);
  trade.stopPrice = fill.stopPrice;
  if (isEntry) {
    trade.openedQuantity = trade.entryQuantity;
    trade.initialRisk = riskOf(trade.entryPrice, fill.stopPrice, trade.entryQuantity);
  } else trade.initialRisk += addedRisk(trade.direction, fill);
  trade.fees += fill.fee;
  trade.slippage += fill.slippage;
}

/** Loss of `units` entered at `price` where the stop is hit, before costs; NaN without a stop. */
function riskOf(price: number, stopPrice: number | undefined, units: number): number {
  return stopPrice === undefined ? NaN : Math.abs(price - stopPrice) * units;
}

/** The same for a fill beside a stop that rests: what enters beyond it is gone at once, for nothing. */
function addedRisk(direction: Direction, { price, stopPrice, quantity }: Fill): number {
  return stopPrice === undefined ? NaN : Math.max(0, direction * (price - stopPrice)) * quantity;
}

/** The nearest whole lots: sums of lots miss the grid by their last bits, and the venue refuses what does. */
function onLots({ finestLot }: SymbolState, units: number): number {
  return stepsToNumber(stepsTowardsZero(units + finestLot / 2, finestLot), finestLot);
}

/** A fill that takes from what is held; with the last of it the trade is over. Returns why the guard's mode changed, if it did. */
export function reduceTrade(
  state: EngineState,
  symbol: SymbolState,
  { trade, fill, realised }: { readonly trade: OpenTrade; readonly fill: Fill; readonly realised: number },
): GuardReason | undefined {
  trade.quantity = onLots(symbol, trade.quantity - fill.quantity);
  trade.exitValue += fill.quantity * fill.price;
  trade.grossPnl += realised;
  trade.fees += fill.fee;
  trade.slippage += fill.slippage;
  trade.ambiguous ||= fill.ambiguous;
  if (trade.quantity > symbol.finestLot / 2) return undefined;

  const roundTrip = closeTrade(trade, fill);
  state.roundTrips.push(roundTrip);
  symbol.trade = undefined;
  if (symbol.pending?.order.reduceOnly === true) symbol.pending = undefined;
  if (symbol.pending === undefined) symbol.closing = undefined;
  // Should it fill all the same, it would open a position that nothing protects.
  else if (symbol.pending.purpose === 'increase') symbol.closing ??= 'rebalance';
  if (roundTrip.netPnl < 0) symbol.cooldownUntil = fill.time + state.params.risk.cooldownHours * HOUR_MS;
  const event = {
    kind: 'trade',
    time: fill.time,
    netPnl: roundTrip.netPnl,
    equity: ledgerEquity(state.ledger),
    expectedWinRate: trade.decision.validatedWinRate,
  } as const;
  return advanceGuard(state.guard, event, state.params.guard);
}

function closeTrade(trade: OpenTrade, fill: Fill): RoundTrip {
  const { decision } = trade;
  return {
    symbol: fill.symbol,
    direction: trade.direction,
    decidedAt: trade.decidedAt,
    entryTime: trade.entryTime,
    exitTime: fill.time,
    entryPrice: trade.entryPrice,
    exitPrice: fill.quantity === trade.entryQuantity ? fill.price : trade.exitValue / trade.entryQuantity,
    quantity: trade.entryQuantity,
    leverage: trade.leverage,
    grossPnl: trade.grossPnl,
    fees: trade.fees,
    slippage: trade.slippage,
    funding: trade.funding,
    netPnl: trade.grossPnl - trade.fees - trade.funding,
    initialRisk: trade.initialRisk,
    reason: fill.reason,
    probability: decision.probability,
    confidence: decision.confidence,
    regime: decision.regime,
    sizing: decision.sizing,
    modelId: decision.modelId,
    ambiguous: trade.ambiguous,
  };
}
