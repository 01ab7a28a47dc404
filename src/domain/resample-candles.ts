// What do longer candles look like that are made of shorter ones? UTC bars, each of all its parts or not at all.
import type { CandleColumns } from './candle-quality.ts';
import { invariant } from './errors.ts';

/**
 * Candles of `intervalMs`, a multiple of the series' own interval: first open, highest high, lowest low, last close, summed
 * volume (NaN where one is). Bars begin at whole multiples of `intervalMs` since the epoch, so at UTC midnight. A bar with a
 * part missing is left out, at the start and the end as in a hole: what is only partly known would be another bar later.
 * The result is a hole there, marked like any other. A bar depends on its own parts only.
 */
export function resampleCandles(series: CandleColumns, intervalMs: number): CandleColumns {
  const parts = intervalMs / series.intervalMs;
  invariant(Number.isInteger(parts) && parts >= 1, `${series.intervalMs} ms do not divide ${intervalMs} ms`);
  const most = Math.floor(series.length / parts);
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(most);
  const bars = { openTime: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  let length = 0;
  for (let first = 0; first + parts <= series.length;) {
    const isWhole = series.openTime[first] % intervalMs === 0 && isUnbroken(series, first, parts);
    if (!isWhole) {
      first += 1;
      continue;
    }
    writeBar(bars, length, { series, first, parts });
    length += 1;
    first += parts;
  }
  return {
    symbol: series.symbol,
    intervalMs,
    length,
    openTime: bars.openTime.subarray(0, length),
    open: bars.open.subarray(0, length),
    high: bars.high.subarray(0, length),
    low: bars.low.subarray(0, length),
    close: bars.close.subarray(0, length),
    volume: bars.volume.subarray(0, length),
  };
}

/** Whether `parts` candles follow each other from `first` on. */
function isUnbroken({ openTime, intervalMs }: CandleColumns, first: number, parts: number): boolean {
  for (let part = 1; part < parts; part += 1) {
    if (openTime[first + part] !== openTime[first] + part * intervalMs) return false;
  }
  return true;
}

function writeBar(
  bars: Pick<CandleColumns, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>,
  at: number,
  { series, first, parts }: { readonly series: CandleColumns; readonly first: number; readonly parts: number },
): void {
  let high = series.high[first];
  let low = series.low[first];
  let volume = series.volume[first];
  for (let index = first + 1; index < first + parts; index += 1) {
    high = Math.max(high, series.high[index]);
    low = Math.min(low, series.low[index]);
    volume += series.volume[index];
  }
  bars.openTime[at] = series.openTime[first];
  bars.open[at] = series.open[first];
  bars.high[at] = high;
  bars.low[at] = low;
  bars.close[at] = series.close[first + parts - 1];
  bars.volume[at] = volume;
}
