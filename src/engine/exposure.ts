// How much of the account is bound already? Margin, slots and notional of positions and of entries under way.
import { signOf } from '../domain/side.ts';
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

/**
 * What positions at the last close amount to, over all symbols and over the group of `symbol`, at the most that any part of the
 * orders under way may make of them: what adds may fill, and what takes may be refused.
 */
export function heldNotional({ symbols, portfolio }: EngineState, symbol: SymbolState): HeldNotional {
  let gross = 0;
  let highestNet = 0;
  let lowestNet = 0;
  let group = 0;
  for (const each of symbols) {
    const now = each.trade === undefined ? 0 : each.trade.quantity * each.close * each.trade.direction;
    const then = now + comingNotional(each);
    const most = Math.max(Math.abs(now), Math.abs(then));
    gross += most;
    highestNet += Math.max(now, then);
    lowestNet += Math.min(now, then);
    const isOneBet = each === symbol || portfolio?.group(each.index) === portfolio?.group(symbol.index);
    if (isOneBet) group += most;
  }
  return { gross, highestNet, lowestNet, group };
}

/** Signed notional that the order under way changes the position by, at the last close; what takes takes at most all. */
function comingNotional({ trade, pending, close }: SymbolState): number {
  if (pending === undefined) return 0;
  const { reduceOnly, side } = pending.order;
  const units = reduceOnly ? Math.min(pending.remaining, trade?.quantity ?? 0) : pending.remaining;
  return signOf(side) * units * close;
}
