// What does a new bot have to see before it decides? The candles before its first close, fed as closes long past.
import type { MarkParams } from '../../domain/candle-quality.ts';
import type { Candle } from '../../domain/candle.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { FundingStamp, VenueMarket } from '../../ports/venue-market.ts';
import { FundingBook } from '../feed/funding-book.ts';
import { candlesBetween } from '../feed/candles-between.ts';
import { markCandle } from '../feed/mark-candle.ts';
import type { RecordedEngine } from '../record/recorded-engine.ts';

export interface WarmUpRequest {
  readonly engine: RecordedEngine;
  readonly market: VenueMarket;
  readonly marks: MarkParams;
  /** Closes in (`from`, `until`] are fed, epoch milliseconds; `until` is the last close before the first decision. */
  readonly from: number;
  readonly until: number;
}

/** Where the market desk goes on. */
export interface WarmedUp {
  readonly lastCandles: ReadonlyMap<string, Candle>;
  readonly fundingStamps: ReadonlyMap<string, readonly FundingStamp[]>;
}

/** Stamps from so long before the first close are asked for, so that the first views know two of them. */
const FUNDING_BEFORE_MS = 2 * DAY_MS;

/** Feeds the history and returns what has to be known of it. @throws VenueError when the venue does not give it */
export async function warmUp({ engine, market, marks, from, until }: WarmUpRequest): Promise<WarmedUp> {
  const { barMs, symbols } = engine.state;
  const byTime = new Map<number, Map<string, Candle>>();
  const fundingStamps = new Map<string, readonly FundingStamp[]>();
  for (const { instrument } of symbols) {
    const { symbol } = instrument;
    for (const candle of await candlesBetween(market, symbol, { barMs, from, until })) {
      const slice = byTime.get(candle.closeTime) ?? new Map<string, Candle>();
      slice.set(symbol, candle);
      byTime.set(candle.closeTime, slice);
    }
    const query = { symbol, from: from - FUNDING_BEFORE_MS, until };
    fundingStamps.set(symbol, await market.fundingHistory(query));
  }
  const lastCandles = new Map<string, Candle>();
  for (const time of [...byTime.keys()].sort((a, b) => a - b)) {
    const candles = symbols.map(({ instrument }) => {
      const fresh = byTime.get(time)?.get(instrument.symbol);
      if (fresh === undefined) return undefined;
      const marked = markCandle(fresh, lastCandles.get(instrument.symbol), marks);
      lastCandles.set(instrument.symbol, marked);
      return marked;
    });
    const funding = symbols.map(({ instrument }) => viewAt(fundingStamps.get(instrument.symbol) ?? [], time));
    engine.digest({ kind: 'slice', time, candles, funding, use: 'backfill' });
  }
  return { lastCandles, fundingStamps };
}

function viewAt(stamps: readonly FundingStamp[], time: number) {
  const book = new FundingBook(undefined);
  book.take(stamps.filter((stamp) => stamp.time <= time).slice(-2));
  return book.viewAt(time);
}
