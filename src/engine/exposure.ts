// How much of the account is bound already? Margin, slots and notional of positions and of entries under way.
import { signOf, type Direction } from '../domain/side.ts';
import { notionalRoom, type HeldNotional } from '../risk/notional-room.ts';
import type { EntryProposal } from '../risk/pre-trade-review.ts';
import type { EngineState, SymbolState } from './state.ts';

export interface Exposure {
  /** Quote currency. */
  readonly marginInUse: number;
  /** Symbols with a position or an entry under way. */
  readonly openPositions: number;
}

/** With a portfolio, sums do not depend on the order in which its symbols were given. */
function inOrder({ symbols, portfolio }: EngineState): readonly SymbolState[] {
  return portfolio === undefined ? symbols : portfolio.order.map((index) => symbols[index]);
}

/** What positions and entries under way bind; an exit under way frees nothing before it has filled. */
export function exposureOf(state: EngineState): Exposure {
  let marginInUse = 0;
  let openPositions = 0;
  for (const { trade, pending } of inOrder(state)) {
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
function heldNotional(state: EngineState, symbol: SymbolState): HeldNotional {
  const { portfolio } = state;
  let gross = 0;
  let highestNet = 0;
  let lowestNet = 0;
  let group = 0;
  for (const each of inOrder(state)) {
    // Without a candle yet there is no close either.
    if (each.trade === undefined && each.pending === undefined) continue;
    const now = each.trade === undefined ? 0 : each.trade.quantity * each.close * each.trade.direction;
    const then = unitsWhenFilled(each) * each.close;
    const most = Math.max(Math.abs(now), Math.abs(then));
    gross += most;
    highestNet += Math.max(now, then);
    lowestNet += Math.min(now, then);
    const isOneBet = each === symbol || portfolio?.group(each.index) === portfolio?.group(symbol.index);
    if (isOneBet) group += most;
  }
  return { gross, highestNet, lowestNet, group };
}

/** What the limits of the portfolio leave for more of `symbol`; undefined: the layer is off. */
export function portfolioBounds(
  state: EngineState,
  symbol: SymbolState,
  wanted: { readonly direction: Direction; readonly equity: number },
): EntryProposal['portfolio'] {
  const { portfolio } = state.params;
  if (portfolio === undefined) return undefined;
  const room = notionalRoom(heldNotional(state, symbol), portfolio.limits, wanted);
  return { maxMarginFraction: portfolio.crossSectional.maxSymbolRisk, room };
}

/** Signed base units that are held once the order under way has filled; one that takes, takes at most all. */
export function unitsWhenFilled({ trade, pending }: SymbolState): number {
  const held = trade === undefined ? 0 : trade.direction * trade.quantity;
  if (pending === undefined) return held;
  const { reduceOnly, side } = pending.order;
  return held + signOf(side) * (reduceOnly ? Math.min(pending.remaining, Math.abs(held)) : pending.remaining);
}
