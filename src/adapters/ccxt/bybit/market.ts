// What does Bybit tell everybody? The port's questions about the market, answered by the V5 interface.
import { z } from 'zod';
import type { VenueMarket } from '../../../ports/venue-market.ts';
import type { MarketTime } from '../market-time.ts';
import { assertSymbol } from '../names.ts';
import type { VenueClient } from '../venue-client.ts';
import { instant } from '../streams/wire-values.ts';
import { bybitCandles } from './candles.ts';
import { bybitFunding } from './funding.ts';
import { bybitInstruments } from './instruments.ts';
import { marketRead } from './requests.ts';
import { bybitTickers } from './tickers.ts';

export const timeReply = z.object({ time: instant }).transform(({ time }) => time);

/** The venue's clock as its envelope tells it, epoch milliseconds. Orders depend on it, so it waits behind nothing. */
export const bybitTime = (client: VenueClient): Promise<number> =>
  client.ask({ ...marketRead('v5/market/time'), safety: true }, timeReply);

export function createBybitMarket(client: VenueClient, time: MarketTime): VenueMarket {
  return {
    serverTime: () => time.now(),
    instruments: () => bybitInstruments(client),
    async candles(query) {
      assertSymbol(query.symbol);
      return bybitCandles(client, time, query);
    },
    async fundingHistory(query) {
      assertSymbol(query.symbol);
      return bybitFunding(client, query);
    },
    tickers: () => bybitTickers(client),
  };
}
