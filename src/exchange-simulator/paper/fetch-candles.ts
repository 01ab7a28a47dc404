// Which candles does the venue have since a time? All of them, in as many questions as it takes.
import type { Candle } from '../../domain/candle.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';

/** Closed candles that open at or after `from`, in rising time. @throws VenueError */
export async function fetchCandles(
  market: VenueMarket,
  { symbol, intervalMs, from }: { readonly symbol: string; readonly intervalMs: number; readonly from: number },
): Promise<readonly Candle[]> {
  const all: Candle[] = [];
  for (let next = from; ;) {
    const page = await market.candles({ symbol, intervalMs, from: next, price: 'trade' });
    const last = page.at(-1);
    if (last === undefined || last.openTime < next) return all;
    all.push(...page.filter(({ openTime }) => openTime >= next));
    next = last.openTime + intervalMs;
  }
}
