// Who hears of candles? The replayed length always, others while they are watched: running at every stop of time, once when closed.
import type { Candle } from '../../domain/candle.ts';
import { bucketAt, closedCandle, runningCandle } from '../market/serve-candles.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { note } from './tell.ts';

interface CandleNews {
  readonly intervalMs: number;
  readonly candle: Candle;
  readonly closed: boolean;
  readonly interpolated: boolean;
}

function tell(state: ExchangeState, listing: Listing, news: CandleNews): void {
  note(state, { kind: 'candle', time: state.now, symbol: listing.symbol, ...news });
}

/** The replayed candle closes now, before its symbol's market moves on. */
export function tellClosed(state: ExchangeState, listing: Listing): void {
  const { replay } = listing;
  if (state.listeners.size === 0 || replay.live !== undefined) return;
  const candle = Object.freeze({ ...replay.candle });
  tell(state, listing, { intervalMs: state.intervalMs, candle, closed: true, interpolated: false });
}

/** Watched candles of other lengths that end now. */
export function tellWatchedCloses(state: ExchangeState, listing: Listing): void {
  if (listing.watched.size === 0 || listing.status === 'closed') return;
  const { now } = state;
  for (const intervalMs of listing.watched.keys()) {
    if (now % intervalMs !== 0) continue;
    const served = closedCandle(listing.replay, listing.book.instrument, { openTime: now - intervalMs, intervalMs });
    if (served === undefined) continue;
    const { interpolated, running: _, ...candle } = served;
    tell(state, listing, { intervalMs, candle: Object.freeze(candle), closed: true, interpolated });
  }
  aimAtShortClose(state, listing);
}

/** The candles that run now, as they stand, and the price. */
export function tellRunning(state: ExchangeState, listing: Listing): void {
  if (state.listeners.size === 0 || listing.replay.live !== undefined) return;
  if (listing.status === 'pre-launch' || listing.status === 'closed') return;
  tellRunningOf(state, listing, state.intervalMs);
  for (const intervalMs of listing.watched.keys()) tellRunningOf(state, listing, intervalMs);
  note(state, { kind: 'price', time: state.now, symbol: listing.symbol });
}

function tellRunningOf(state: ExchangeState, listing: Listing, intervalMs: number): void {
  const { now } = state;
  const openTime = bucketAt(now, intervalMs);
  const served = runningCandle(listing.replay, listing.book.instrument, { openTime, intervalMs, now });
  if (served === undefined) return;
  const { interpolated, running: _, ...candle } = served;
  tell(state, listing, { intervalMs, candle: Object.freeze(candle), closed: false, interpolated });
}

/** Works out when the next watched candle shorter than the replayed ones closes. */
export function aimAtShortClose(state: ExchangeState, listing: Listing): void {
  let next = Infinity;
  for (const intervalMs of listing.watched.keys()) {
    if (intervalMs < state.intervalMs) next = Math.min(next, bucketAt(state.now, intervalMs) + intervalMs);
  }
  listing.nextShortClose = next;
}
