// Which funding was stamped at Bybit between two times? Asked backwards, because the venue tells the newest first.
import { z } from 'zod';
import type { FundingQuery, FundingStamp } from '../../../ports/venue-market.ts';
import { decimal, instant } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { marketRead, resultOf } from './requests.ts';

const PAGE = 200;

const stampRow = z
  .object({ fundingRate: decimal, fundingRateTimestamp: instant })
  .transform(({ fundingRate, fundingRateTimestamp }): FundingStamp => ({
    time: fundingRateTimestamp,
    rate: fundingRate,
  }));
export const fundingReply = resultOf(z.object({ list: z.array(stampRow) }));

export async function bybitFunding(client: VenueClient, query: FundingQuery): Promise<readonly FundingStamp[]> {
  const stamps = new Map<number, FundingStamp>();
  for (let endTime = query.until; endTime >= query.from;) {
    const params = { category: 'linear', symbol: query.symbol, startTime: query.from, endTime, limit: PAGE };
    const { list } = await client.ask(marketRead('v5/market/funding/history', params), fundingReply);
    const within = list.filter(({ time }) => time >= query.from && time <= endTime);
    for (const stamp of within) stamps.set(stamp.time, stamp);
    if (list.length < PAGE || within.length === 0) break;
    endTime = Math.min(...within.map(({ time }) => time)) - 1;
  }
  return [...stamps.values()].sort((a, b) => a.time - b.time);
}
