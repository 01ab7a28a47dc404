// What is a ticker after a message that tells only what changed? What was known, with the changes laid over it.
import type { VenueTicker } from '../../../ports/venue-market.ts';
import type { TickerPatch } from './stream-protocol.ts';

export interface TickerMemory {
  /** The ticker as it stands; undefined: its last price is not known yet. */
  merge(symbol: string, patch: TickerPatch, whole: boolean): VenueTicker | undefined;
  /** A new connection begins with whole tickers: the old ones are no base for changes. */
  forget(): void;
}

export function createTickerMemory(): TickerMemory {
  const known = new Map<string, TickerPatch>();
  return {
    merge(symbol, patch, whole) {
      const merged = whole ? patch : { ...known.get(symbol), ...patch };
      known.set(symbol, merged);
      const { lastPrice, markPrice, bid, ask, tradedValue24h, fundingRate, nextFundingTime } = merged;
      if (lastPrice === undefined) return undefined;
      return { symbol, lastPrice, markPrice, bid, ask, tradedValue24h, fundingRate, nextFundingTime };
    },
    forget: () => known.clear(),
  };
}
