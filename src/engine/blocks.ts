// May anything be opened now? Named reasons that forbid it, for some symbols or for all, each until it is lifted.
import type { EntriesBlocked } from './event.ts';
import type { EngineState, SymbolState } from './state.ts';

/** Puts up or lifts one reason; a reason for all symbols covers those for some. */
export function digestBlock({ blocks }: EngineState, { reason, symbol, blocked }: EntriesBlocked): void {
  const symbols = blocks.get(reason);
  if (symbol === undefined) {
    if (blocked) blocks.set(reason, undefined);
    else blocks.delete(reason);
    return;
  }
  if (blocks.has(reason) && symbols === undefined) return;
  if (blocked) blocks.set(reason, new Set([...(symbols ?? []), symbol]));
  else if (symbols?.delete(symbol) === true && symbols.size === 0) blocks.delete(reason);
}

/** Whether any reason holds for the symbol. */
export function isBlocked({ blocks }: EngineState, { instrument }: SymbolState): boolean {
  for (const symbols of blocks.values()) {
    if (symbols === undefined || symbols.has(instrument.symbol)) return true;
  }
  return false;
}
