// What does an execution change that nobody here asked for? It is booked as it was: it takes from what is held, adds to it, or opens.
import type { Fill } from '../domain/fill.ts';
import { bookFill } from '../domain/ledger.ts';
import { signOf } from '../domain/side.ts';
import type { GuardReason } from '../risk/performance-guard.ts';
import { addToTrade, countAgainstOrder, openTrade, reduceTrade } from './book-fill.ts';
import type { EntryDecision } from './entry-decision.ts';
import type { ForeignFill } from './event.ts';
import type { EngineState, SymbolState } from './state.ts';

/**
 * Books the fill. One beyond what is held closes it and opens the rest on the other side, its fee counted with the close.
 * What it opens is managed like any position from now on. Returns why the guard's mode changed, if it did.
 */
export function digestForeignFill(
  state: EngineState,
  symbol: SymbolState,
  { fill, leverage }: ForeignFill,
): GuardReason | undefined {
  const { trade } = symbol;
  countAgainstOrder(symbol, fill);
  const realised = bookFill(state.ledger, fill);
  if (trade === undefined) {
    symbol.trade = openTrade(fill, foreignDecision(fill, leverage), fill.time);
    return undefined;
  }
  if (signOf(fill.side) === trade.direction) {
    addToTrade(symbol, trade, { fill, isEntry: false });
    return undefined;
  }
  const closing = Math.min(fill.quantity, trade.quantity);
  const rest = fill.quantity - closing;
  const reason = reduceTrade(state, symbol, { trade, fill: { ...fill, quantity: closing }, realised });
  if (rest > symbol.finestLot / 2) {
    const opening = { ...fill, quantity: rest, fee: 0, slippage: 0 };
    symbol.trade = openTrade(opening, foreignDecision(opening, leverage), fill.time);
  }
  return reason;
}

/** Nothing here led to it: what a decision would have known is not known. */
function foreignDecision({ side, quantity }: Fill, leverage: number): EntryDecision {
  return {
    direction: signOf(side),
    quantity,
    leverage,
    probability: NaN,
    confidence: NaN,
    regime: 'unknown',
    modelId: 'foreign',
    validatedWinRate: undefined,
    sizing: { base: 0, confidence: 0, volatility: 0, regime: 0, guard: 0, final: 0 },
    shadow: false,
  };
}
