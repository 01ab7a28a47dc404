// What must a strategy offer? The interface that the shipped trend follower and a user's own strategy implement.
import type { Candle } from '../domain/candle.ts';
import type { Direction } from '../domain/side.ts';

/** What was known of a symbol's funding at a close; NaN: unknown. */
export interface FundingView {
  /** Rate of the last stamp at or before the close, fraction per stamp. */
  rate: number;
  /** Rate of the stamp before that. */
  previousRate: number;
  /** Time of the last stamp, epoch milliseconds. */
  time: number;
}

/** One symbol's strategy, fed with closed candles in order. Reads nothing but what it was fed. */
export interface SymbolStrategy {
  /** Digests a closed candle and the funding known at its close. */
  update(candle: Candle, funding: FundingView): void;
  /** False while any part is still warming up or undefined: then nothing may be decided. */
  readonly ready: boolean;
  /** What the primary signal asks for at the last close. */
  readonly signal: Direction | 0;
  /** Name of the regime at the last close. */
  readonly regime: string;
  /** Whether the regime lets a position be opened in `direction`. */
  allows(direction: Direction): boolean;
  /** Factor of the regime on the size of an entry, 0..1. */
  readonly regimeSize: number;
  /** Writes the meta-model's row for a trade in `direction` into `out` from `offset` on; `rowNames.length` values, NaN undefined. */
  writeRow(direction: Direction, out: Float64Array, offset: number): void;
}

/** A strategy: how it is called, what it needs, and how one symbol's part of it is made. */
export interface Strategy {
  readonly name: string;
  /** Bars needed before the first decision, and enough for a later start to give the same values to 1e-9. */
  readonly warmupBars: number;
  /** Names of the meta-model's columns, in order. */
  readonly rowNames: readonly string[];
  /** Hash of everything that gives the columns their meaning; models of another hash are refused. */
  readonly schemaHash: string;
  /** `hasFunding` is false for a symbol of which no funding history exists at all. */
  create(symbol: { readonly barMs: number; readonly hasFunding: boolean }): SymbolStrategy;
}
