// What does a report of the venue change? Fills, funding and refusals are booked into ledger, open trade and guard.
import type { Fill, FundingPayment, OrderRefused } from '../domain/fill.ts';
import { bookFill, bookFunding, ledgerEquity } from '../domain/ledger.ts';
import { HOUR_MS } from '../domain/time.ts';
import { invariant } from '../domain/errors.ts';
import { signOf } from '../domain/side.ts';
import { advanceGuard, type GuardReason } from '../risk/performance-guard.ts';
import type { RoundTrip } from './round-trip.ts';
import type { EngineState, OpenTrade, SymbolState } from './state.ts';

/** Books a fill. Returns why the guard's mode changed, if it did. */
export function applyFill(state: EngineState, symbol: SymbolState, fill: Fill): GuardReason | undefined {
  const realised = bookFill(state.ledger, fill);
  const { pending } = symbol;
  const isOwn = pending !== undefined && pending.order.clientOrderId === fill.clientOrderId;
  if (isOwn) symbol.pending = undefined;
  if (symbol.trade === undefined) {
    invariant(isOwn && pending.decision !== undefined, `${fill.symbol}: a fill that no decision asked for`);
    symbol.trade = openTrade(fill, pending.decision, pending.order.decidedAt);
    symbol.funnel.fills += 1;
    return undefined;
  }
  return reduceTrade(state, symbol, symbol.trade, fill, realised);
}

/** Books a funding payment; positive is paid by us. */
export function applyFunding(state: EngineState, symbol: SymbolState, payment: FundingPayment): void {
  bookFunding(state.ledger, payment);
  if (symbol.trade !== undefined) symbol.trade.funding += payment.payment;
}

/** An order was refused by the venue: it is no longer under way. */
export function applyRefusal(symbol: SymbolState, refusal: OrderRefused): void {
  if (symbol.pending?.order.clientOrderId !== refusal.clientOrderId) return;
  if (symbol.pending.decision !== undefined) symbol.funnel.refused.venue += 1;
  symbol.pending = undefined;
}

function openTrade(fill: Fill, decision: OpenTrade['decision'], decidedAt: number): OpenTrade {
  return {
    direction: signOf(fill.side),
    decision,
    decidedAt,
    entryTime: fill.time,
    entryPrice: fill.price,
    entryQuantity: fill.quantity,
    leverage: decision.leverage,
    stopPrice: fill.stopPrice,
    barsHeld: 0,
    quantity: fill.quantity,
    exitValue: 0,
    grossPnl: 0,
    fees: fill.fee,
    slippage: fill.slippage,
    funding: 0,
    ambiguous: false,
  };
}

function reduceTrade(
  state: EngineState,
  symbol: SymbolState,
  trade: OpenTrade,
  fill: Fill,
  realised: number,
): GuardReason | undefined {
  invariant(signOf(fill.side) === -trade.direction, `${fill.symbol}: a position may not be added to`);
  trade.quantity -= fill.quantity;
  trade.exitValue += fill.quantity * fill.price;
  trade.grossPnl += realised;
  trade.fees += fill.fee;
  trade.slippage += fill.slippage;
  trade.ambiguous ||= fill.ambiguous;
  if (trade.quantity > symbol.instrument.lotSize / 2) return undefined;

  const roundTrip = closeTrade(trade, fill);
  state.roundTrips.push(roundTrip);
  symbol.trade = undefined;
  if (symbol.pending?.order.reduceOnly === true) symbol.pending = undefined;
  if (roundTrip.netPnl < 0) symbol.cooldownUntil = fill.time + state.params.risk.cooldownHours * HOUR_MS;
  const event = {
    kind: 'trade',
    time: fill.time,
    netPnl: roundTrip.netPnl,
    equity: ledgerEquity(state.ledger),
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
    exitPrice: trade.exitValue / trade.entryQuantity,
    quantity: trade.entryQuantity,
    leverage: trade.leverage,
    grossPnl: trade.grossPnl,
    fees: trade.fees,
    slippage: trade.slippage,
    funding: trade.funding,
    netPnl: trade.grossPnl - trade.fees - trade.funding,
    initialRisk:
      trade.stopPrice === undefined ? NaN : Math.abs(trade.entryPrice - trade.stopPrice) * trade.entryQuantity,
    reason: fill.reason,
    probability: decision.probability,
    confidence: decision.confidence,
    regime: decision.regime,
    sizing: decision.sizing,
    modelId: decision.modelId,
    ambiguous: trade.ambiguous,
  };
}
