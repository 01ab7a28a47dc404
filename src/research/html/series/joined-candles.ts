// How do the candles of many symbols fit into one page? Neighbours are joined, so that fewer candles span the same time.
import type { CandleColumns } from '../report-data.ts';

/** Candles of `factor` intervals each, on whole multiples of them in UTC; a group with a hole holds what is there. */
export function joinedCandles(columns: CandleColumns, factor: number): CandleColumns {
  if (factor <= 1) return columns;
  const intervalMs = columns.intervalMs * factor;
  const openTime: number[] = [];
  const [open, high, low, close]: number[][] = [[], [], [], []];
  for (let bar = 0; bar < columns.openTime.length; bar += 1) {
    // A candle without prices says nothing, and must not wipe out what its neighbours say.
    if (!Number.isFinite(columns.open[bar] + columns.high[bar] + columns.low[bar] + columns.close[bar])) continue;
    const start = Math.floor(columns.openTime[bar] / intervalMs) * intervalMs;
    const last = openTime.length - 1;
    if (openTime[last] === start) {
      high[last] = Math.max(high[last], columns.high[bar]);
      low[last] = Math.min(low[last], columns.low[bar]);
      close[last] = columns.close[bar];
      continue;
    }
    openTime.push(start);
    open.push(columns.open[bar]);
    high.push(columns.high[bar]);
    low.push(columns.low[bar]);
    close.push(columns.close[bar]);
  }
  return { symbol: columns.symbol, intervalMs, tickSize: columns.tickSize, openTime, open, high, low, close };
}
