// What does a rebalance change in the book? Symbols that left are closed or left to their exits, positions above their target are reduced.
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import { floorToLot } from '../domain/instrument.ts';
import type { Command } from '../domain/order.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';
import { closeSymbol, takeBackEntry } from './close-symbol.ts';
import { exitReason } from './exit-reason.ts';
import { judgeSignal } from './judge-signal.ts';
import { planReduction } from './plan-orders.ts';
import type { EngineState, OpenTrade, SymbolState } from './state.ts';

/**
 * Tells the portfolio layer what the models think at this close, and carries its rebalance out if one is due. Nothing is ever
 * added to a position. Undefined: none is due, or the layer is off.
 */
export function rebalanceBook(
  state: EngineState,
  slice: { readonly time: number; readonly candles: readonly (Candle | undefined)[] },
  commands: Command[],
): Rebalance | undefined {
  const { portfolio, params, symbols } = state;
  if (portfolio === undefined || params.portfolio === undefined) return undefined;
  for (const symbol of symbols) noteConfidence(state, symbol, { portfolio, candle: slice.candles[symbol.index] });
  const hasModel = params.metaModel === 'off' ? undefined : (index: number) => symbols[index].model !== undefined;
  const rebalance = portfolio.rebalance(slice.time, hasModel);
  if (rebalance === undefined) return undefined;
  const at = { time: slice.time, share: 0, params: params.portfolio, commands };
  for (const index of portfolio.order) moveToTarget(state, symbols[index], { ...at, share: portfolio.share(index) });
  return rebalance;
}

/** Every symbol is judged, flat or not: what the model thinks of it must not depend on what is held. */
function noteConfidence(
  state: EngineState,
  symbol: SymbolState,
  { portfolio, candle }: { readonly portfolio: Portfolio; readonly candle: Candle | undefined },
): void {
  const { strategy, index } = symbol;
  if (candle === undefined || (candle.flags & FLAG_FILLED) !== 0 || !strategy.ready) return;
  const { signal } = strategy;
  if (signal === 0 || state.params.metaModel === 'off') return;
  const judgement = judgeSignal(state, symbol, signal);
  if (judgement.kind === 'judged') portfolio.noteConfidence(index, judgement.confidence);
}

interface Target {
  readonly time: number;
  readonly share: number;
  readonly params: PortfolioParams;
  readonly commands: Command[];
}

/** An exit that is due anyway comes first; so does an order under way. */
function moveToTarget(state: EngineState, symbol: SymbolState, target: Target): void {
  const { time, share, params, commands } = target;
  if (share === 0) {
    if (params.selection.onLeaving === 'close') closeSymbol(symbol, { time, reason: 'rebalance' }, commands);
    else takeBackEntry(symbol, commands);
    return;
  }
  const { trade, pending } = symbol;
  if (trade === undefined || pending !== undefined || exitReason(state, symbol, { trade, time }) !== undefined) return;
  const wanted = targetQuantity(trade, share);
  if (trade.quantity <= wanted * (1 + params.rebalancing.noTradeBand)) return;
  const kept = floorToLot(symbol.instrument, wanted);
  const { minQuantity, minNotional } = symbol.instrument;
  if (kept < minQuantity || kept * symbol.close < minNotional) {
    closeSymbol(symbol, { time, reason: 'rebalance' }, commands);
    return;
  }
  commands.push(planReduction(symbol, trade, { time, kept }));
}

/** What was entered, by as much as the symbol's share has fallen since. */
function targetQuantity({ entryQuantity, decision }: OpenTrade, share: number): number {
  return entryQuantity * Math.min(1, share / (decision.sizing.share ?? 1));
}
