// Which candles closed in a span of time? Asked of the venue page by page, since it gives only so many at once.
import type { Candle } from '../../domain/candle.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';

export interface CandleSpan {
  readonly barMs: number;
  /** Epoch milliseconds: candles that open at `from` or later and close at `until` or before. */
  readonly from: number;
  readonly until: number;
}

/** In rising time; holes of the venue stay holes. @throws VenueError */
export async function candlesBetween(
  market: VenueMarket,
  symbol: string,
  { barMs, from, until }: CandleSpan,
): Promise<readonly Candle[]> {
  const candles: Candle[] = [];
  for (let next = from; next + barMs <= until;) {
    const page = await market.candles({ symbol, intervalMs: barMs, from: next, price: 'trade' });
    const wanted = page.filter(({ openTime, closeTime }) => openTime >= next && closeTime <= until);
    if (wanted.length === 0) break;
    candles.push(...wanted);
    next = wanted[wanted.length - 1].closeTime;
  }
  return candles;
}
