// What is told of one account over many symbols besides its figures? Who brought what, who was selected, what rebalances cost.
import type { Note } from '../engine/step.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';

/** Stands where a row names its symbol. No symbol of a market is called so. */
export const PORTFOLIO = 'PORTFOLIO';

/** What one symbol brought to the account. Money in quote currency. */
export interface SymbolContribution {
  readonly symbol: string;
  readonly trades: number;
  /** After fees, slippage and funding; over all symbols together, what the account won or lost. */
  readonly netPnl: number;
  /** The same over the equity that the account began with. */
  readonly contribution: number;
  readonly fees: number;
  readonly slippage: number;
  readonly funding: number;
  /** Share of the whole span in which it was held. */
  readonly timeInMarket: number;
  /** Trades that ended because the contract did: at the last price, with a cost. */
  readonly delistedTrades: number;
  /** Share of the rebalances at which it was selected; undefined: nothing was selected at all. */
  readonly selectedShare: number | undefined;
  /** Over the rebalances at which it was selected; undefined: it never was, or nothing is known. */
  readonly meanWeight: number | undefined;
  readonly meanRiskContribution: number | undefined;
}

/** Of orders that were sent because a rebalance said so. Money in quote currency. */
export interface RebalanceCost {
  readonly fills: number;
  readonly fees: number;
  readonly slippage: number;
}

export interface PortfolioFigures {
  /** Symbols that the account could trade at some time. */
  readonly symbols: number;
  readonly rebalances: number;
  /** Rebalances with nobody selected: the account held no more than what was left. */
  readonly heldCash: number;
  /** Symbols that came into the selection, over all rebalances after the first. */
  readonly replacements: number;
  /** Rebalances at which another allocation stood in for the chosen one. */
  readonly fallbacks: number;
  readonly rebalanceCost: RebalanceCost;
  /** Mean over the pairs of traded symbols of the correlation of their daily returns; undefined: fewer than two. */
  readonly meanCorrelation: number | undefined;
  /** In the order of the symbols' names. */
  readonly contributions: readonly SymbolContribution[];
}

/** Everything that was decided at rebalances, oldest first. */
export function rebalancesOf(notes: readonly Note[]): Rebalance[] {
  return notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));
}
