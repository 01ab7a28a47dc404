// What does an execution change that no decision led to and that no trade here holds? The ledger, to the last digit, and nothing else.
import { bookFill, bookFunding, heldQuantity } from '../domain/ledger.ts';
import type { BookedBeside } from './event.ts';
import type { EngineState } from './state.ts';

/** Neither a trade nor a decision nor the guard's record of trades knows of it. */
export function digestBeside({ ledger }: EngineState, { entry }: BookedBeside): void {
  if (entry.kind === 'fill') bookFill(ledger, entry);
  else bookFunding(ledger, entry);
}

/** Signed base units of `symbol` that the ledger holds beside all trades; 0 where a trade is open. */
export function heldBeside({ ledger, bySymbol }: EngineState, symbol: string): number {
  return bySymbol.get(symbol)?.trade === undefined ? heldQuantity(ledger, symbol) : 0;
}

/** Symbols in which something is held beside all trades. */
export function symbolsBeside(state: EngineState): readonly string[] {
  return state.ledger.accounts.flatMap(({ symbol }) => (heldBeside(state, symbol) === 0 ? [] : [symbol]));
}
