// What happens when the price reaches an order that is not part of the position? It triggers, or a resting limit order fills.
import { followPosition } from './attached-orders.ts';
import { reduces } from './book-trade.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { fillAtMarket, fillOrder, judgeMarket } from './market-execution.ts';
import { cancelOrder, changeOrder, leavesOf } from './order-store.ts';
import { restOrTake } from './limit-order.ts';
import { shareOf } from './share-of-trade.ts';

/** The conditional order triggers: as a market order it meets `quoted`; as a limit order it goes to the book. */
export function fireOrder(state: ExchangeState, listing: Listing, live: LiveOrder, quoted: number): void {
  const { record } = live;
  const { position } = listing.book;
  if (listing.mishaps.rejectAtTrigger) {
    rejectTriggered(state, listing, live);
    return;
  }
  if ((record.closesPosition || record.reduceOnly) && !reduces(listing, record.side)) {
    cancelOrder(state, listing, live, record.closesPosition ? 'position-closed' : 'reduce-only-excess');
    return;
  }
  const quantity = record.closesPosition
    ? position.quantity
    : record.reduceOnly
      ? Math.min(record.quantity, position.quantity)
      : record.quantity;
  changeOrder(state, listing, { live, change: { status: 'triggered', quantity } });
  if (record.type === 'limit') {
    changeOrder(state, listing, { live, change: { status: 'new', conditional: false } });
    restOrTake(state, listing, live);
    return;
  }
  meetMarket(state, listing, live, quoted);
}

/** The order fails now that it is its turn. */
export function rejectTriggered(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  changeOrder(state, listing, {
    live,
    change: { status: 'rejected', rejectReason: 'insufficient-margin', cancelReason: 'margin-at-trigger' },
  });
}

/** A market order meets the market at last; what the rules do not allow any more is refused. */
export function meetMarket(state: ExchangeState, listing: Listing, live: LiveOrder, quoted: number): void {
  const { record } = live;
  live.isWaiting = false;
  const verdict = judgeMarket(state, listing, {
    side: record.side,
    quantity: leavesOf(record),
    reduceOnly: record.reduceOnly || record.closesPosition,
    stopPrice: record.attachedStop,
    quoted,
  });
  const { refusal, price, quantity } = verdict;
  if (refusal === 'insufficient-margin' && record.conditional) {
    cancelOrder(state, listing, live, 'margin-at-trigger');
  } else if (refusal !== undefined) {
    changeOrder(state, listing, { live, change: { status: 'rejected', rejectReason: refusal } });
  } else {
    if (quantity !== leavesOf(record)) changeOrder(state, listing, { live, change: { quantity } });
    fillAtMarket(state, listing, live, { price, quoted, liquidity: 'taker', quantity });
  }
}

/** The market has traded through a resting limit order: it fills at its price as a maker, as far as its share of the trade goes. */
export function fillResting(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  const { price } = live.record;
  if (price === undefined) return;
  const quantity = shareOf(state, listing, live);
  live.servedIn = listing.replay.candle.openTime;
  listing.isTouchKnown = false;
  if (quantity > 0) fillOrder(state, listing, live, { price, quoted: price, liquidity: 'maker', quantity });
  followPosition(state, listing, { isNew: false });
}
