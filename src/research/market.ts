// What does the research know of one symbol's market? Candles, funding, rules and finer candles, shared between threads.
import type { CandleSeries } from '../domain/candle.ts';
import type { FundingSeries } from '../domain/funding.ts';
import type { Instrument } from '../domain/instrument.ts';

export interface SymbolMarket {
  readonly symbol: string;
  readonly series: CandleSeries;
  /** Undefined: no history is stored at all. */
  readonly funding: FundingSeries | undefined;
  /** Finer candles of any resolution that may decide what happened inside a bar. */
  readonly finer: readonly CandleSeries[];
  readonly instrument: Instrument;
  /** Where the contract rules come from. */
  readonly provenance: string;
  /** SHA-256 over everything above: candles, finer candles, funding and contract rules. */
  readonly dataHash: string;
}
