// When does a symbol come and go? It trades from its first candle on; at its delisting what is held is settled at the last price.
import type { VenueEvent } from '../../domain/fill.ts';
import { DAY_MS } from '../../domain/time.ts';
import { closeAtLastClose } from '../../simulation/simulated-venue-exits.ts';
import { followPosition } from './attached-orders.ts';
import type { ListingStatus } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { closeRunning, skipOpens } from '../market/replay.ts';
import { bookAll, heldOf, openVenueOrder } from './leave-position.ts';
import { cancelOrder } from './order-store.ts';
import { note } from './tell.ts';

/** How long before its end a delisting of the data is announced. */
const NOTICE_MS = 7 * DAY_MS;

/** Changes the status of a symbol; an event tells of it. */
export function setListingStatus(state: ExchangeState, listing: Listing, status: ListingStatus): void {
  if (listing.status === status) return;
  if (isGone(listing)) leaveOutMissed(listing, state.now);
  listing.status = status;
  note(state, { kind: 'instrument', time: state.now, symbol: listing.symbol });
}

/** True: no candle of the symbol opens. */
export const isGone = ({ status }: Listing): boolean => status === 'closed' || status === 'closing';

/** What closed or opened while nobody traded is over: time does not go back for it. */
function leaveOutMissed({ replay }: Listing, now: number): void {
  if (replay.isRunning && replay.candle.closeTime <= now) closeRunning(replay);
  skipOpens(replay, now);
}

/** The first candle opens the trade. */
export function announceListing(state: ExchangeState, listing: Listing): void {
  if (listing.status === 'pre-launch') setListingStatus(state, listing, 'trading');
}

/** The delisting that ends the data is made known a week before. */
export function announceDelisting(state: ExchangeState, listing: Listing): void {
  const { series } = listing.replay;
  if (!listing.endsDelisted || listing.delistingAt !== undefined || series.length === 0) return;
  const end = series.openTime[series.length - 1] + series.intervalMs;
  if (state.now < end - NOTICE_MS) return;
  listing.delistingAt = end;
  note(state, { kind: 'instrument', time: state.now, symbol: listing.symbol });
}

/** Settles a symbol whose time is over, by the rule of research: at the last close, as a taker with slippage. */
export function settleDelisted(state: ExchangeState, listing: Listing): void {
  if (listing.status === 'closed' || !isOver(state, listing)) return;
  setListingStatus(state, listing, 'closing');
  if (listing.book.position.quantity > 0) settlePosition(state, listing);
  for (const live of listing.orders.slice()) cancelOrder(state, listing, live, 'delisting');
  setListingStatus(state, listing, 'closed');
}

function settlePosition(state: ExchangeState, listing: Listing): void {
  const order = openVenueOrder(state, listing, 'settlement');
  const events: VenueEvent[] = [];
  const held = heldOf(listing);
  closeAtLastClose(listing.book, 'delisting', events);
  bookAll(state, listing, { events, held, order, kind: 'settlement' });
  followPosition(state, listing, { isNew: false });
}

function isOver({ now }: ExchangeState, { replay, delistingAt, endsDelisted }: Listing): boolean {
  if (replay.isRunning) return false;
  if (delistingAt !== undefined && now >= delistingAt) return true;
  return endsDelisted && replay.next >= replay.series.length;
}
