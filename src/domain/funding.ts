// What is a funding history? The stamps and rates of one symbol: a positive rate means longs pay shorts.

/** Funding stamps of one symbol in strictly rising time (UTC epoch milliseconds) with the rate per stamp as a fraction. */
export interface FundingSeries {
  readonly symbol: string;
  readonly length: number;
  readonly time: Float64Array;
  readonly rate: Float64Array;
}

/** The index of the first stamp later than `time`; `series.length` when there is none. */
export function firstStampAfter(series: FundingSeries, time: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (series.time[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
