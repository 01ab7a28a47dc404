// Which bars of a stored series need care? Fillers, first bars after long holes and jumps, as flags.
import { FLAG_FILLED, FLAG_SEGMENT_START, FLAG_SUSPECT } from './candle.ts';
import type { CandleSeries } from './candle.ts';

/** The stored columns without marks, as they come from a file: any value may be wrong. */
export type CandleColumns = Omit<CandleSeries, 'flags'>;

/** What `markSeries` needs of the section `data`. */
export interface MarkParams {
  /** A hole of more missing bars than this splits the series. */
  readonly maxGapBars: number;
  /** One-bar moves larger than this fraction are suspect. */
  readonly jumpFraction: number;
}

/** What the data check needs of the section `data`. */
export interface CandleQualityParams extends MarkParams {
  /** So many bars without volume in a row are reported. */
  readonly zeroVolumeRunBars: number;
}

/** No trade made this bar: open, high, low and close are one price and nothing was traded. */
export function isFiller(columns: CandleColumns, index: number): boolean {
  const price = columns.close[index];
  return (
    columns.volume[index] === 0 &&
    columns.open[index] === price &&
    columns.high[index] === price &&
    columns.low[index] === price
  );
}

/** Whole bars missing between `index - 1` and `index`; 0 when they follow each other, negative in disorder. */
export function missingBefore(columns: CandleColumns, index: number): number {
  return Math.round((columns.openTime[index] - columns.openTime[index - 1]) / columns.intervalMs) - 1;
}

/** Size of the move into bar `index`: the larger of open and close against the previous close, as a fraction. */
export function moveInto(columns: CandleColumns, index: number): number {
  const before = columns.close[index - 1];
  return Math.max(Math.abs(columns.open[index] / before - 1), Math.abs(columns.close[index] / before - 1));
}

/** Length of the longer wick of bar `index`, as a fraction of the body's end it starts from. */
export function wickOf(columns: CandleColumns, index: number): number {
  const top = Math.max(columns.open[index], columns.close[index]);
  const bottom = Math.min(columns.open[index], columns.close[index]);
  return Math.max(columns.high[index] / top - 1, 1 - columns.low[index] / bottom);
}

/**
 * The same series with its flags made anew; columns are shared, nothing is repaired or filled.
 * FLAG_FILLED: flat bar without volume. FLAG_SEGMENT_START: the first bar and every bar after a hole of more than
 * `maxGapBars`. FLAG_SUSPECT: a move or a wick of more than `jumpFraction`; moves across a split do not count.
 * Flags of a bar depend on it and the bar before only.
 */
export function markSeries(series: CandleColumns, params: MarkParams): CandleSeries {
  const flags = new Uint8Array(series.length);
  for (let index = 0; index < series.length; index += 1) {
    const isStart = index === 0 || missingBefore(series, index) > params.maxGapBars;
    const isSuspect =
      wickOf(series, index) > params.jumpFraction || (!isStart && moveInto(series, index) > params.jumpFraction);
    flags[index] =
      (isFiller(series, index) ? FLAG_FILLED : 0) | (isStart ? FLAG_SEGMENT_START : 0) | (isSuspect ? FLAG_SUSPECT : 0);
  }
  return { ...series, flags };
}
