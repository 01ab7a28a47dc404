// How does one variant trade one symbol over all its test windows? One continuous account; models change at the borders.
import type { BacktestResult } from '../simulation/run-backtest.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { SymbolMarket } from './market.ts';
import type { VariantSettings } from './settings.ts';
import { simulatePortfolio, type ModelledFold } from './simulate-portfolio.ts';

export interface SimulationInput {
  readonly market: SymbolMarket;
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  /** At least one, in rising time. */
  readonly folds: readonly ModelledFold[];
  readonly ambiguity: 'worst' | 'best';
  /** Traded opens that every market order fills late (a stress). Default 0. */
  readonly delayBars?: number | undefined;
}

/** The account of all symbols with one symbol, whose own windows are the calendar. */
export function simulateVariant({ market, folds, ...input }: SimulationInput): BacktestResult {
  return simulatePortfolio({ ...input, symbols: [{ market, folds }], calendar: folds.map(({ window }) => window) });
}
