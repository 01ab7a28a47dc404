// Which symbols are traded until the next rebalance, and with which share of the risk? Ranking, selection and weights over time.
import type { Candle } from '../domain/candle.ts';
import type { PortfolioParams } from './portfolio-params.ts';
import type { Rebalance } from './rebalance.ts';
import type { UniverseSymbol } from './universe.ts';

/** The portfolio layer of one account. Symbols are named by their index in the order in which they were given. */
export interface Portfolio {
  /** Takes a closed candle of the symbol at `index`; candles of a symbol come in rising time. */
  update(index: number, candle: Candle): void;
  /** Takes the model's confidence, 0 to 1, at a close at which the symbol's primary signal proposed something. */
  noteConfidence(index: number, confidence: number): void;
  /**
   * Decides anew at the close `time` (epoch milliseconds), if it is the first one at or after a multiple of the interval in UTC;
   * undefined: it is not. All candles up to `time` must have been taken in, none later.
   */
  rebalance(time: number): Rebalance | undefined;
  /** Weight × number of selected symbols: 1 is an ordinary position, 0 is not selected. */
  share(index: number): number;
  /** Symbols with equal numbers were one bet at the last rebalance. */
  group(index: number): number;
  /** Indices of all symbols in the order in which entries are decided: the selected ones best first, then the others by symbol. */
  readonly order: readonly number[];
}

/** A portfolio over `symbols` with candles of `barMs` that has seen nothing yet. */
export declare function createPortfolio(
  symbols: readonly UniverseSymbol[],
  barMs: number,
  params: PortfolioParams,
): Portfolio;
