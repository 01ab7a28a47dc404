// Does a limit order take from the book, rest in it, or go? By what a market order would get, and by its time in force.
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { fillAtMarket, isOnSide, judgeMarket } from './market-execution.ts';
import { metPrice } from './margin.ts';
import { cancelOrder, isFinal, leavesOf } from './order-store.ts';
import { isTraded } from '../market/replay.ts';

/**
 * A limit order takes when its price allows what a market order would pay, and then pays that. Otherwise it rests until
 * the market has traded a tick beyond its price, and beyond where the market stood when it came. One that would take while
 * nothing is traded is asked again at the next traded open.
 */
export function restOrTake(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  const { record } = live;
  const { side, timeInForce, price } = record;
  const { instrument } = listing.book;
  if (price === undefined) return;
  const last = metPrice(state, listing, side);
  const worse = side === 'buy' ? 'above' : 'below';
  // Without a book one may rest at the last price itself; at the best price of the other side one takes.
  const halfTick = (listing.replay.live?.book === undefined ? 1 : -1) * (instrument.tickSize / 2);
  const ask = side === 'buy' ? last + halfTick : last - halfTick;
  if (timeInForce === 'post-only' && isOnSide(price, ask, worse)) {
    cancelOrder(state, listing, live, 'post-only-would-take');
    return;
  }
  const isOpen = isTraded(listing.replay);
  const quantity = leavesOf(record);
  const verdict = judgeMarket(state, listing, {
    side,
    quantity,
    reduceOnly: record.reduceOnly,
    stopPrice: record.attachedStop,
    quoted: last,
  });
  const mayTake = verdict.refusal === undefined && !isOnSide(verdict.price, price, worse);
  live.isWaiting = mayTake && !isOpen && timeInForce === 'gtc';
  if (mayTake && isOpen && timeInForce !== 'post-only') {
    const isWhole = listing.mishaps.fillShare >= 1;
    if (timeInForce === 'fok' && !isWhole) cancelOrder(state, listing, live, 'no-liquidity');
    else fillAtMarket(state, listing, live, { price: verdict.price, quoted: last, liquidity: 'taker', quantity });
  } else if (timeInForce === 'ioc' || timeInForce === 'fok') {
    cancelOrder(state, listing, live, 'no-liquidity');
  }
  if (isFinal(live.record)) return;
  live.restsFrom = side === 'buy' ? Math.min(price, last) : Math.max(price, last);
  listing.isTouchKnown = false;
}
