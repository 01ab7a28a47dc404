// What do Bybit's contracts trade at now? All USDT perpetuals that have a price.
import { z } from 'zod';
import type { VenueTicker } from '../../../ports/venue-market.ts';
import { optionalDecimal, optionalPrice, wireSymbol } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { statedPrice } from '../stated-price.ts';
import { wireTime } from '../wire-time.ts';
import { marketRead, resultOf } from './requests.ts';

export const tickerRow = z.object({
  symbol: wireSymbol,
  lastPrice: statedPrice,
  markPrice: optionalPrice,
  bid1Price: optionalPrice,
  ask1Price: optionalPrice,
  turnover24h: optionalDecimal,
  fundingRate: optionalDecimal,
  nextFundingTime: wireTime,
});
const tickersReply = resultOf(z.object({ list: z.array(tickerRow) }));

/** Perpetuals in USDT are named by both currencies, without a date. */
export const PERPETUAL: RegExp = /^[A-Z0-9]+USDT$/;

export async function bybitTickers(client: VenueClient, symbol?: string): Promise<readonly VenueTicker[]> {
  const params = symbol === undefined ? { category: 'linear' } : { category: 'linear', symbol };
  const { list } = await client.ask(marketRead('v5/market/tickers', params), tickersReply);
  return list.filter((row) => PERPETUAL.test(row.symbol)).flatMap((row) => tickerOf(row));
}

/** Without a last price nothing was traded yet: there is no ticker. */
export function tickerOf(row: z.output<typeof tickerRow>): readonly VenueTicker[] {
  const { symbol, lastPrice, markPrice, bid1Price, ask1Price, turnover24h, fundingRate, nextFundingTime } = row;
  if (lastPrice === undefined || lastPrice < 0) return [];
  const prices = { lastPrice, markPrice, bid: bid1Price, ask: ask1Price };
  return [{ symbol, ...prices, tradedValue24h: turnover24h, fundingRate, nextFundingTime }];
}
