// How much of the account is bound already? Margin and slots of positions and of entries under way.
import type { EngineState } from './state.ts';

export interface Exposure {
  /** Quote currency. */
  readonly marginInUse: number;
  /** Symbols with a position or an entry under way. */
  readonly openPositions: number;
}

/** What positions and entries under way bind; an exit under way frees nothing before it has filled. */
export function exposureOf(state: EngineState): Exposure {
  let marginInUse = 0;
  let openPositions = 0;
  for (const { trade, pending } of state.symbols) {
    const entering = pending?.decision === undefined ? undefined : pending;
    if (trade === undefined && entering === undefined) continue;
    openPositions += 1;
    if (trade !== undefined) marginInUse += (trade.quantity * trade.entryPrice) / trade.leverage;
    if (entering !== undefined) {
      marginInUse += (entering.remaining * entering.order.decisionPrice) / entering.order.leverage;
    }
  }
  return { marginInUse, openPositions };
}
