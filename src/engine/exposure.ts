// How much of the account is bound already? Margin, slots and notional of positions and of entries under way.
import type { HeldNotional } from '../risk/notional-room.ts';
import type { EngineState, SymbolState } from './state.ts';

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
    if (trade !== undefined) marginInUse += (trade.quantity * trade.heldPrice) / trade.leverage;
    if (entering !== undefined) {
      marginInUse += (entering.remaining * entering.order.decisionPrice) / entering.order.leverage;
    }
  }
  return { marginInUse, openPositions };
}

/** What positions at the last close and entries under way amount to, over all symbols and over the group of `symbol`. */
export function heldNotional({ symbols, portfolio }: EngineState, symbol: SymbolState): HeldNotional {
  let gross = 0;
  let net = 0;
  let group = 0;
  for (const { index, trade, pending, close } of symbols) {
    const entering = pending?.decision;
    const held = trade === undefined ? 0 : trade.quantity * close * trade.direction;
    const coming = pending === undefined || entering === undefined ? 0 : pending.remaining * close * entering.direction;
    const signed = held + coming;
    gross += Math.abs(signed);
    net += signed;
    if (index === symbol.index || portfolio?.group(index) === portfolio?.group(symbol.index)) group += Math.abs(signed);
  }
  return { gross, net, group };
}
