// What does a rebalance change in the book? Symbols that left are closed or left to their exits, positions move to their targets.
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import { floorToLot } from '../domain/instrument.ts';
import type { Command } from '../domain/order.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';
import { quantitiesWithin, takableUnits, type LimitedPosition } from '../risk/limit-cuts.ts';
import { closeSymbol, takeBackEntry } from './close-symbol.ts';
import { decideIncrease } from './decide-increase.ts';
import { unitsWhenFilled } from './exposure.ts';
import { judgeSignal } from './judge-signal.ts';
import { planIncrease, planReduction } from './plan-orders.ts';
import type { EngineState, OpenTrade, SymbolState } from './state.ts';

/** The close at which a rebalance may be due, and the account's equity then, quote currency. */
export interface RebalanceTime {
  readonly time: number;
  readonly equity: number;
  /** What closes then, in the order of the engine's symbols. */
  readonly candles: readonly (Candle | undefined)[];
}

/**
 * Tells the portfolio layer what the models think at this close, and carries its rebalance out if one is due. Exits that are
 * due at this close must be under way. Undefined: none is due, or the layer is off.
 */
export function rebalanceBook(state: EngineState, at: RebalanceTime, commands: Command[]): Rebalance | undefined {
  const { portfolio, params, symbols } = state;
  if (portfolio === undefined || params.portfolio === undefined) return undefined;
  for (const symbol of symbols) noteConfidence(state, symbol, { portfolio, candle: at.candles[symbol.index] });
  const hasModel = params.metaModel === 'off' ? undefined : (index: number) => symbols[index].model !== undefined;
  const rebalance = portfolio.rebalance(at.time, hasModel);
  if (rebalance === undefined) return undefined;
  moveToTargets(state, { ...at, portfolio, params: params.portfolio, commands });
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

/** A rebalance that is carried out at a close. */
interface Move {
  readonly time: number;
  readonly equity: number;
  readonly candles: readonly (Candle | undefined)[];
  readonly portfolio: Portfolio;
  readonly params: PortfolioParams;
  readonly commands: Command[];
}

/** First what takes risk away, then what adds some, best first: room is what is left when the reductions fill or do not. */
function moveToTargets(state: EngineState, move: Move): void {
  const { portfolio, params } = move;
  const ranked = portfolio.order.map((index) => state.symbols[index]);
  for (const symbol of ranked) if (portfolio.share(symbol.index) === 0) leave(symbol, move);
  reduce(ranked, move);
  if (!params.rebalancing.increase) return;
  for (const symbol of ranked) if (portfolio.share(symbol.index) > 0) increase(state, symbol, move);
}

function leave(symbol: SymbolState, { time, params, commands }: Move): void {
  if (params.selection.onLeaving === 'close') closeSymbol(symbol, { time, reason: 'rebalance' }, commands);
  else takeBackEntry(symbol, commands);
}

/** Takes what is above its target down to it, and all that outgrew a limit, selected or not, within it. */
function reduce(ranked: readonly SymbolState[], move: Move): void {
  const { time, equity, params, commands } = move;
  const held = ranked.filter((symbol) => unitsWhenFilled(symbol) !== 0);
  const kept = quantitiesWithin(
    held.map((symbol) => limitedPosition(symbol, move)),
    { ...params.limits, maxMargin: params.crossSectional.maxSymbolRisk },
    equity,
  );
  held.forEach((symbol, at) => {
    const { trade, pending } = symbol;
    if (trade === undefined || pending !== undefined || kept[at] >= trade.quantity) return;
    if (kept[at] === 0) closeSymbol(symbol, { time, reason: 'rebalance' }, commands);
    else commands.push(planReduction(symbol, trade, { time, kept: kept[at] }));
  });
}

/** What will be held of a symbol, its target seen to; an order under way comes first. */
function limitedPosition(symbol: SymbolState, { portfolio, params }: Move): LimitedPosition {
  const { trade, pending, instrument, index } = symbol;
  const units = unitsWhenFilled(symbol);
  const isFixed = pending !== undefined;
  const share = portfolio.share(index);
  const wanted = trade === undefined || isFixed || share === 0 ? Infinity : targetQuantity(trade, share);
  const isTooLarge = Math.abs(units) > wanted * (1 + params.rebalancing.noTradeBand);
  const price = symbol.close;
  return {
    instrument,
    direction: units > 0 ? 1 : -1,
    quantity: isTooLarge ? takableUnits(instrument, wanted, price) : Math.abs(units),
    isFixed,
    price,
    leverage: trade?.leverage ?? pending?.order.leverage ?? 1,
    group: portfolio.group(index),
  };
}

/** An increase that the limits cut down to less than the band is not worth its costs either. */
function increase(state: EngineState, symbol: SymbolState, move: Move): void {
  const { time, equity, candles, portfolio, params, commands } = move;
  const { trade, pending, instrument } = symbol;
  if (trade === undefined || pending !== undefined) return;
  const wanted = targetQuantity(trade, portfolio.share(symbol.index));
  const band = wanted * params.rebalancing.noTradeBand;
  if (trade.quantity >= wanted - band) return;
  // Half a lot more, so that the last bit of the difference does not cost a whole one.
  const quantity = floorToLot(instrument, floorToLot(instrument, wanted) - trade.quantity + instrument.lotSize / 2);
  const units = decideIncrease(state, symbol, { trade, quantity, time, equity, candle: candles[symbol.index] });
  if (units > 0 && units >= band) commands.push(planIncrease(symbol, trade, { time, units }));
}

/** What was entered, by as much as the symbol's share has changed since. */
function targetQuantity({ openedQuantity, decision }: OpenTrade, share: number): number {
  return openedQuantity * (share / (decision.sizing.share ?? 1));
}
