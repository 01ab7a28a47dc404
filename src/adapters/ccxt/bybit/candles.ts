// Which candles does Bybit have from a time on? Asked page by page, with both ends given; empty stretches are leapt over.
import { z } from 'zod';
import type { Candle } from '../../../domain/candle.ts';
import type { CandleQuery } from '../../../ports/venue-market.ts';
import { closedCandles, firstOpen, type CandleRow } from '../candle-page.ts';
import type { MarketTime } from '../market-time.ts';
import { refuse } from '../names.ts';
import { instant } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { INTERVAL_NAMES } from './intervals.ts';
import { marketRead, resultOf } from './requests.ts';

/** Most rows of one reply. */
const PAGE = 1_000;
/** How many empty pages are leapt over at once, at first. */
const LEAP = 64;

/** Traded prices come with volume and turnover, mark prices without. */
const klineRow = z
  .tuple([instant, z.string(), z.string(), z.string(), z.string()], z.string())
  .transform(([openTime, open, high, low, close, volume = '0']): CandleRow => ({
    openTime,
    open,
    high,
    low,
    close,
    volume,
  }));
export const klineReply = resultOf(z.object({ list: z.array(klineRow) }));

export async function bybitCandles(
  client: VenueClient,
  time: MarketTime,
  query: CandleQuery,
): Promise<readonly Candle[]> {
  const interval = INTERVAL_NAMES.get(query.intervalMs);
  if (interval === undefined) throw refuse('UNSUPPORTED', `Bybit has no candles of ${query.intervalMs} ms`);
  const limit = Math.min(query.limit ?? PAGE, PAGE);
  const span = (rows: number): number => (rows - 1) * query.intervalMs;
  const ask = async (start: number, end: number, rows: number): Promise<readonly CandleRow[]> => {
    const path = query.price === 'mark' ? 'v5/market/mark-price-kline' : 'v5/market/kline';
    const params = { category: 'linear', symbol: query.symbol, interval, start, end, limit: rows };
    return (await client.ask(marketRead(path, params), klineReply)).list;
  };
  let start = firstOpen(query);
  for (;;) {
    const end = start + span(limit);
    const closedBy = await time.before(end + query.intervalMs);
    if (start + query.intervalMs > closedBy) return [];
    const candles = closedCandles(await ask(start, end, limit), query, closedBy);
    if (candles.length > 0) return candles;
    start = end + query.intervalMs;
    // Before a listing there may be years of nothing: one row is enough to see whether a long stretch is empty.
    for (let stretch = PAGE * LEAP; stretch > limit && start + query.intervalMs <= closedBy;) {
      const isEmpty = (await ask(start, start + span(stretch), 1)).length === 0;
      if (isEmpty) start += stretch * query.intervalMs;
      else stretch = Math.ceil(stretch / 4);
    }
  }
}
