// Which of the rows that a venue returned are candles to be believed? Closed ones on the grid, in rising time, each once.
import type { Candle } from '../../domain/candle.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { CandleQuery } from '../../ports/venue-market.ts';
import { candleOf, type CandleTexts } from './streams/candle-values.ts';

export interface CandleRow extends CandleTexts {
  /** Epoch milliseconds. */
  readonly openTime: number;
}

/** The first open time that `query` may want: candles open on the grid. */
export const firstOpen = ({ from, intervalMs }: CandleQuery): number => Math.ceil(from / intervalMs) * intervalMs;

/**
 * Candles of `rows` that had closed at `closedBy`, the venue's time before it was asked.
 * @throws VenueError REPLY_INVALID when a row is no candle of this grid, or has values that no market makes
 */
export function closedCandles(rows: readonly CandleRow[], query: CandleQuery, closedBy: number): readonly Candle[] {
  const candles = new Map<number, Candle>();
  for (const row of rows) {
    if (row.openTime < query.from || row.openTime + query.intervalMs > closedBy) continue;
    const candle = candleOf(row.openTime, query.intervalMs, row);
    if (candle === undefined) throw unbelievable(query.symbol, row.openTime);
    candles.set(row.openTime, candle);
  }
  return [...candles.values()].sort((a, b) => a.openTime - b.openTime);
}

function unbelievable(symbol: string, openTime: number): VenueError {
  const time = new Date(openTime).toISOString();
  return new VenueError({
    code: 'REPLY_INVALID',
    message: `the candle of ${symbol} at ${time} has values that no market makes`,
    retryable: true,
    orderMayExist: false,
  });
}
