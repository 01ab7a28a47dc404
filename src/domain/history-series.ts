// What is one series of history, and what is it called? By its kind, symbol and candle length, as its file is.
import { INTERVAL_NAMES, parseInterval } from './time.ts';

/** Rows of candles: open, high, low, close, volume; of funding: the rate. */
export type HistorySeries =
  | { readonly kind: 'candles' | 'mark'; readonly symbol: string; readonly intervalMs: number }
  | { readonly kind: 'funding'; readonly symbol: string };

/** `candles/BTCUSDT-1h`, `mark/BTCUSDT-1h` or `funding/BTCUSDT`. */
export function seriesName(series: HistorySeries): string {
  if (series.kind === 'funding') return `funding/${series.symbol}`;
  return `${series.kind}/${series.symbol}-${intervalNameOf(series.intervalMs)}`;
}

/** The series of such a name; undefined: it names none. */
export function seriesOfName(name: string): HistorySeries | undefined {
  const [, kind = '', rest = ''] = /^(candles|mark|funding)\/(.+)$/.exec(name) ?? [];
  if (kind === 'funding') return { kind, symbol: rest };
  const [, symbol = '', interval = ''] = /^(.+)-([^-]+)$/.exec(rest) ?? [];
  const intervalMs = parseInterval(interval);
  return (kind === 'candles' || kind === 'mark') && intervalMs !== undefined ? { kind, symbol, intervalMs } : undefined;
}

/** `1h`; a length that has no name as milliseconds. */
export function intervalNameOf(intervalMs: number): string {
  return INTERVAL_NAMES.find((name) => parseInterval(name) === intervalMs) ?? `${intervalMs}ms`;
}
