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
  /** When it was listed, epoch milliseconds, where a record tells; missing or undefined: it is not known. */
  readonly listedAt?: number | undefined;
  /** Where the contract rules come from. */
  readonly provenance: string;
  /** SHA-256 over everything above: candles, finer candles, funding and contract rules. */
  readonly dataHash: string;
}

/** Since when the symbol was listed, epoch milliseconds: as recorded, and never later than its first stored candle. */
export function listedAtOf({ listedAt = Infinity, series }: SymbolMarket): number | undefined {
  return series.length === 0 ? undefined : Math.min(listedAt, series.openTime[0]);
}
