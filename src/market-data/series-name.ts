// What is a series of history called? By its kind, symbol and candle length, as its file is.
import { INTERVAL_NAMES, parseInterval } from '../domain/time.ts';
import type { HistorySeries } from '../ports/history-store.ts';

/** `candles/BTCUSDT-1h`, `mark/BTCUSDT-1h` or `funding/BTCUSDT`. */
export function seriesName(series: HistorySeries): string {
  if (series.kind === 'funding') return `funding/${series.symbol}`;
  const interval = INTERVAL_NAMES.find((name) => parseInterval(name) === series.intervalMs);
  return `${series.kind}/${series.symbol}-${interval ?? `${series.intervalMs} ms`}`;
}
