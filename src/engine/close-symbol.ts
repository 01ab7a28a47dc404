// How is all that a symbol holds or has under way brought to an end? Entries are taken back, and what is held is closed.
import type { Command, OrderReason } from '../domain/order.ts';
import { planExit } from './plan-orders.ts';
import type { SymbolState } from './state.ts';

/**
 * Takes back an entry under way and closes what is held. `closing` stands until the symbol is flat, so that an exit which the
 * venue refuses is sent again, and an entry that filled although it was to be taken back is closed at the next close.
 */
export function closeSymbol(symbol: SymbolState, at: { time: number; reason: OrderReason }, commands: Command[]): void {
  const { pending, trade } = symbol;
  if (pending === undefined && trade === undefined) return;
  symbol.closing = at.reason;
  takeBackEntry(symbol, commands);
  if (trade !== undefined && pending === undefined) commands.push(planExit(symbol, trade, at));
}

/** Asks the venue to take back an entry under way, once; it may still fill. */
export function takeBackEntry({ pending, instrument }: SymbolState, commands: Command[]): void {
  if (pending === undefined || pending.order.reduceOnly || pending.cancelled) return;
  commands.push({ kind: 'cancel', symbol: instrument.symbol, clientOrderId: pending.order.clientOrderId });
  pending.cancelled = true;
}
