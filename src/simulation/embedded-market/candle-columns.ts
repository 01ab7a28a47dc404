// How are bars collected one by one into a series? Columns of known length, filled from the front.
import type { CandleSeries } from '../../domain/candle.ts';
import { FLAG_SEGMENT_START } from '../../domain/candle.ts';

/** An empty series of `length` bars from `startTime` on, flagged as one segment; its columns are to be filled. */
export function blankSeries(
  symbol: string,
  shape: { startTime: number; intervalMs: number; length: number },
): CandleSeries {
  const { startTime, intervalMs, length } = shape;
  const column = (): Float64Array => new Float64Array(length);
  const flags = new Uint8Array(length);
  flags.fill(FLAG_SEGMENT_START, 0, 1);
  const openTime = column().map((_, index) => startTime + index * intervalMs);
  return {
    symbol,
    intervalMs,
    length,
    openTime,
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    flags,
  };
}

/** The extreme of a Brownian bridge from `a` to `b` with variance `variance`: the highest for `sign` 1, the lowest for -1. */
export function bridgeExtreme(a: number, b: number, variance: number, draw: { uniform: number; sign: 1 | -1 }): number {
  const distance = b - a;
  const reach = Math.sqrt(distance * distance - 2 * variance * Math.log(1 - draw.uniform));
  return (a + b + draw.sign * reach) / 2;
}
