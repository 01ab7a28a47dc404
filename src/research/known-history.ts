// What is known of a market at a close? Copies that end there, and the market's own arrays with the future blanked out.
import type { CandleSeries } from '../domain/candle.ts';
import { firstStampAfter, type FundingSeries } from '../domain/funding.ts';
import type { SymbolMarket } from './market.ts';

/** Bars `from` (inclusive) to `to` (exclusive). */
export interface BarSpan {
  readonly from: number;
  readonly to: number;
}

/** Close of bar `bar`, epoch milliseconds. */
export const closeOf = ({ openTime, intervalMs }: CandleSeries, bar: number): number => openTime[bar] + intervalMs;

/** What is known before the first bar is nothing. */
const knownUntil = (series: CandleSeries, bars: number): number => (bars === 0 ? -Infinity : closeOf(series, bars - 1));

/**
 * The market as it is known at the close of bar `span.to - 1`, with candles from `span.from` on and funding from its
 * beginning. Every array is a copy of its own size: beyond the cut there is no memory that could be read.
 */
export function knownHistory(market: SymbolMarket, span: BarSpan): SymbolMarket {
  const until = knownUntil(market.series, span.to);
  return {
    ...market,
    series: copyOf(market.series, span),
    funding: market.funding === undefined ? undefined : stampsUntil(market.funding, until),
    finer: market.finer.map((finer) => copyOf(finer, { from: 0, to: barsClosedBy(finer, until) })),
  };
}

/**
 * Does `action` while the market's own candles from bar `to` on, and its funding stamps after the close before, hold NaN:
 * so even what was built around these very arrays beforehand cannot see further. They are as before afterwards.
 */
export function withoutFuture<Result>({ series, funding }: SymbolMarket, to: number, action: () => Result): Result {
  const { openTime, open, high, low, close, volume, flags } = series;
  const columns = [openTime, open, high, low, close, volume].map((column) => column.subarray(to));
  if (funding !== undefined) {
    const next = firstStampAfter(funding, knownUntil(series, to));
    columns.push(funding.time.subarray(next), funding.rate.subarray(next));
  }
  const marks = flags.subarray(to);
  const saved = columns.map((column) => column.slice());
  const savedMarks = marks.slice();
  try {
    for (const column of columns) column.fill(NaN);
    marks.fill(0);
    return action();
  } finally {
    columns.forEach((column, index) => column.set(saved[index]));
    marks.set(savedMarks);
  }
}

function copyOf(series: CandleSeries, { from, to }: BarSpan): CandleSeries {
  return {
    symbol: series.symbol,
    intervalMs: series.intervalMs,
    length: to - from,
    openTime: series.openTime.slice(from, to),
    open: series.open.slice(from, to),
    high: series.high.slice(from, to),
    low: series.low.slice(from, to),
    close: series.close.slice(from, to),
    volume: series.volume.slice(from, to),
    flags: series.flags.slice(from, to),
  };
}

function stampsUntil(funding: FundingSeries, until: number): FundingSeries {
  const length = firstStampAfter(funding, until);
  return { symbol: funding.symbol, length, time: funding.time.slice(0, length), rate: funding.rate.slice(0, length) };
}

/** How many bars have closed by `until`, epoch milliseconds. */
export function barsClosedBy({ openTime, intervalMs, length }: CandleSeries, until: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTime[middle] + intervalMs <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}
