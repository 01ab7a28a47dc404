// What is a candle, and how are years of them held? As columns; one reusable view walks over them.

/** Bit of `CandleSeries.flags`: the bar was filled in (no trade made it); nothing may be decided from it alone. */
export const FLAG_FILLED = 1;
/** Bit of `CandleSeries.flags`: this bar is the first of a new segment, after a hole that splits the series. */
export const FLAG_SEGMENT_START = 2;
/** Bit of `CandleSeries.flags`: the data check found something odd in this bar (a jump, an impossible volume). */
export const FLAG_SUSPECT = 4;

/** The values of one bar. Times are UTC epoch milliseconds; prices are quote currency per unit; volume is base units. */
export interface Candle {
  readonly openTime: number;
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly flags: number;
}

/** Candles of one symbol as columns of equal length, in strictly rising `openTime`. */
export interface CandleSeries {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly length: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly flags: Uint8Array;
}

/** A mutable candle that is filled again and again while a series is walked. Hand out copies, never this. */
export interface CandleView extends Candle {
  openTime: number;
  closeTime: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  flags: number;
}

/** A view with nothing in it yet. */
export function createCandleView(): CandleView {
  return { openTime: 0, closeTime: 0, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN, flags: 0 };
}

/** Loads bar `index` of `series` into `view`. */
export function loadCandle(view: CandleView, series: CandleSeries, index: number): void {
  view.openTime = series.openTime[index];
  view.closeTime = series.openTime[index] + series.intervalMs;
  view.open = series.open[index];
  view.high = series.high[index];
  view.low = series.low[index];
  view.close = series.close[index];
  view.volume = series.volume[index];
  view.flags = series.flags[index];
}

/** Bars `from` (inclusive) to `to` (exclusive) of `series`, sharing its memory. */
export function sliceSeries(series: CandleSeries, from: number, to: number): CandleSeries {
  return {
    symbol: series.symbol,
    intervalMs: series.intervalMs,
    length: Math.max(0, to - from),
    openTime: series.openTime.subarray(from, to),
    open: series.open.subarray(from, to),
    high: series.high.subarray(from, to),
    low: series.low.subarray(from, to),
    close: series.close.subarray(from, to),
    volume: series.volume.subarray(from, to),
    flags: series.flags.subarray(from, to),
  };
}

/** The index of the first bar that opens at or after `time`; `series.length` when there is none. */
export function firstBarAtOrAfter(series: CandleSeries, time: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (series.openTime[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
