// Which order of a symbol does the path reach next? Triggers at their price, resting limit orders a tick beyond theirs.
import { firstReach, pathOf } from '../market/price-path.ts';
import { isTraded, pathNow } from '../market/replay.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { exitsInForce } from './plan-exit.ts';

/** Works out `touch` and `touchTime` where they are not known. Oldest first at equal times. */
export function findTouch(state: ExchangeState, listing: Listing): void {
  if (listing.isTouchKnown) return;
  listing.isTouchKnown = true;
  listing.touch = undefined;
  listing.touchTime = Infinity;
  if (listing.orders.length === 0 || !isTraded(listing.replay)) return;
  const exits = exitsInForce(listing);
  for (const live of listing.orders) {
    if (live.isWaiting || exits.includes(live) || live.servedIn === listing.replay.candle.openTime) continue;
    const time = reachOf(state, listing, live);
    if (time >= listing.touchTime) continue;
    listing.touch = live;
    listing.touchTime = time;
  }
}

function reachOf(state: ExchangeState, { book, replay }: Listing, live: LiveOrder): number {
  const { side, triggerPrice, triggerDirection, triggerSource, status } = live.record;
  const after = state.now - 1;
  if (status === 'untriggered' && triggerPrice !== undefined && triggerDirection !== undefined) {
    const markCandle = triggerSource === 'mark' ? replay.live?.markCandle : undefined;
    const path = markCandle === undefined ? pathNow(replay) : pathOf(markCandle, []);
    return firstReach(path, triggerPrice, triggerDirection, after);
  }
  const { tickSize } = book.instrument;
  return side === 'buy'
    ? firstReach(pathNow(replay), live.restsFrom - tickSize, 'down', after)
    : firstReach(pathNow(replay), live.restsFrom + tickSize, 'up', after);
}

/** The price that a triggered order meets: its own, or the market's where that has gone further against it. */
export function quotedAtTrigger(live: LiveOrder, market: number): number {
  const { side, triggerPrice = market } = live.record;
  return side === 'buy' ? Math.max(triggerPrice, market) : Math.min(triggerPrice, market);
}
