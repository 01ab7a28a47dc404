// Where do candles come from? A named store of candle series per symbol and interval.
import type { CandleSeries } from '../domain/candle.ts';

/** A span of bar open times in epoch milliseconds: `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface CandleSource {
  /** One line for people: what this source is and where it reads. */
  describe(): string;
  /** True when no market made these candles. Everything computed from them has to say so. */
  readonly synthetic: boolean;
  /** Symbols with stored candles of `interval` (a name such as `1h`), sorted; empty when there are none. */
  symbols(interval: string): Promise<readonly string[]>;
  /**
   * The candles as stored, marked (see `markSeries`) but never repaired; undefined when nothing is stored under these names.
   * @throws PerpilotError DATA_CORRUPT, all problems at once, when the stored candles may not be used
   */
  candles(symbol: string, interval: string, range?: TimeRange): Promise<CandleSeries | undefined>;
  /**
   * SHA-256 (64 hex digits) over the values of the whole stored candles and funding of `symbol`: equal data, equal hash, whatever the file's bytes.
   * @throws PerpilotError DATA_MISSING when nothing is stored under these names, DATA_CORRUPT when it may not be used
   */
  contentHash(symbol: string, interval: string): Promise<string>;
}
