// How do candles that came one by one look as a series?
import type { Candle, CandleSeries } from '../../domain/candle.ts';

export function seriesOf(symbol: string, intervalMs: number, candles: readonly Candle[]): CandleSeries {
  const column = (pick: (candle: Candle) => number): Float64Array => Float64Array.from(candles, pick);
  return {
    symbol,
    intervalMs,
    length: candles.length,
    openTime: column(({ openTime }) => openTime),
    open: column(({ open }) => open),
    high: column(({ high }) => high),
    low: column(({ low }) => low),
    close: column(({ close }) => close),
    volume: column(({ volume }) => volume),
    flags: Uint8Array.from(candles, ({ flags }) => flags),
  };
}
