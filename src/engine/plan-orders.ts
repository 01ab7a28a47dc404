// Which orders turn the book into what was decided? Entries with their protection, increases, reduce-only exits and reductions, their numbers checked on the way out.
import type { Command, OrderIntent, OrderReason } from '../domain/order.ts';
import { floorToLot } from '../domain/instrument.ts';
import { entrySide, exitSide } from '../domain/side.ts';
import { epochMs, fraction, price, quantity } from '../domain/units.ts';
import type { EntryDecision } from './entry-decision.ts';
import type { EngineState, OpenTrade, OrderPurpose, SymbolState } from './state.ts';

/** Places the order of an entry decision; it is under way from now on. */
export function planEntry(state: EngineState, symbol: SymbolState, entry: EntryDecision, time: number): Command {
  const { exits } = state.params;
  const order: OrderIntent = {
    clientOrderId: orderId(symbol, time, 'entry'),
    symbol: symbol.instrument.symbol,
    side: entrySide(entry.direction),
    quantity: quantity(entry.quantity),
    reduceOnly: false,
    leverage: entry.leverage,
    reason: 'entry',
    decidedAt: epochMs(time),
    decisionPrice: price(symbol.close),
    protection: {
      stopFraction: fraction(exits.stopFraction),
      targetFraction: exits.targetFraction,
      trailingFraction: exits.trailingFraction,
    },
  };
  symbol.pending = { order, purpose: 'entry', decision: entry, remaining: order.quantity, cancelled: false };
  symbol.funnel.orders += 1;
  return { kind: 'place', order };
}

/** Adds `units` base units, whole lots, to `trade`; the exits that rest stay as they are and hold for all of it. */
export function planIncrease(symbol: SymbolState, trade: OpenTrade, at: { time: number; units: number }): Command {
  const order: OrderIntent = {
    clientOrderId: orderId(symbol, at.time, 'increase'),
    symbol: symbol.instrument.symbol,
    side: entrySide(trade.direction),
    quantity: quantity(at.units),
    reduceOnly: false,
    leverage: trade.leverage,
    reason: 'rebalance',
    decidedAt: epochMs(at.time),
    decisionPrice: price(symbol.close),
    protection: undefined,
  };
  symbol.pending = {
    order,
    purpose: 'increase',
    decision: trade.decision,
    remaining: order.quantity,
    cancelled: false,
  };
  return { kind: 'place', order };
}

/** Closes what is left of `trade` at the next candle. */
export function planExit(symbol: SymbolState, trade: OpenTrade, at: { time: number; reason: OrderReason }): Command {
  return placeReduceOnly(symbol, trade, { ...at, purpose: 'exit', units: trade.quantity });
}

/** Reduces `trade` to `kept` base units, whole lots, at the next candle. */
export function planReduction(symbol: SymbolState, trade: OpenTrade, at: { time: number; kept: number }): Command {
  const { lotSize } = symbol.instrument;
  // Half a lot more, so that the last bit of the difference does not cost a whole one.
  const units = floorToLot(symbol.instrument, trade.quantity - at.kept + lotSize / 2);
  return placeReduceOnly(symbol, trade, { time: at.time, reason: 'rebalance', purpose: 'reduce', units });
}

interface ReduceOnly {
  readonly time: number;
  readonly reason: OrderReason;
  readonly purpose: 'exit' | 'reduce';
  /** Base units. */
  readonly units: number;
}

function placeReduceOnly(symbol: SymbolState, trade: OpenTrade, at: ReduceOnly): Command {
  const order: OrderIntent = {
    clientOrderId: orderId(symbol, at.time, at.purpose),
    symbol: symbol.instrument.symbol,
    side: exitSide(trade.direction),
    quantity: quantity(at.units),
    reduceOnly: true,
    leverage: trade.leverage,
    reason: at.reason,
    decidedAt: epochMs(at.time),
    decisionPrice: price(symbol.close),
    protection: undefined,
  };
  symbol.pending = { order, purpose: at.purpose, decision: undefined, remaining: order.quantity, cancelled: false };
  return { kind: 'place', order };
}

/** The same decision always has the same id: symbol, close it was made at, and what it does. */
function orderId(symbol: SymbolState, time: number, purpose: OrderPurpose): string {
  return `${symbol.instrument.symbol}-${time.toString(36)}-${purpose}`;
}
