// Where does a bot on an exchange take up the market? A new one after its warm-up, one that goes on behind its last close.
import type { Candle } from '../domain/candle.ts';
import { DAY_MS } from '../domain/time.ts';
import { candlesBetween } from '../live/feed/candles-between.ts';
import type { RecordedEngine } from '../live/record/recorded-engine.ts';
import { warmUp, type WarmedUp } from '../live/session/warm-up.ts';
import type { FundingStamp } from '../ports/venue-market.ts';
import type { BotPlan } from './bot-plan.ts';
import type { BotVenue } from './bot-venue.ts';

export interface TakenUp extends WarmedUp {
  /** The first close that has not been digested, epoch milliseconds. */
  readonly firstClose: number;
}

export interface TakeUpRequest {
  readonly engine: RecordedEngine;
  readonly venue: BotVenue;
  readonly plan: BotPlan;
  readonly signal: AbortSignal;
}

/** Stamps of the last days show when the next one is due. */
const FUNDING_BEFORE_MS = 2 * DAY_MS;

/** @throws VenueError when the venue does not give what is needed */
export async function takeUpMarket({ engine, venue, plan, signal }: TakeUpRequest): Promise<TakenUp> {
  signal.throwIfAborted();
  const { barMs, warmupBars, loaded } = plan;
  const { market } = venue.connection;
  const last = engine.lastClose;
  if (last !== undefined) return { ...(await before(engine, venue, last)), firstClose: last + barMs };
  const until = Math.floor(venue.clock.now() / barMs) * barMs;
  const from = until - warmupBars * barMs;
  const warmed = await warmUp({ engine, market, marks: loaded.config.data, from, until });
  // The venue may not have the very last candle yet: then its close is the first one, and is waited for.
  return { ...warmed, firstClose: (engine.lastClose ?? until) + barMs };
}

/** What the feed has to know of the time before `last`, the last close that was digested. */
async function before(engine: RecordedEngine, venue: BotVenue, last: number): Promise<WarmedUp> {
  const { barMs, symbols } = engine.state;
  const { market } = venue.connection;
  const lastCandles = new Map<string, Candle>();
  const fundingStamps = new Map<string, readonly FundingStamp[]>();
  for (const { instrument } of symbols) {
    const { symbol } = instrument;
    const [candle] = await candlesBetween(market, symbol, { barMs, from: last - barMs, until: last });
    if (candle !== undefined) lastCandles.set(symbol, candle);
    fundingStamps.set(symbol, await market.fundingHistory({ symbol, from: last - FUNDING_BEFORE_MS, until: last }));
  }
  return { lastCandles, fundingStamps };
}
