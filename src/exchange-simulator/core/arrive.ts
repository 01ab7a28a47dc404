// What happens at a moment of the candle grid? Candles close, funding falls due, candles open, and what waited meets the open.
import type { VenueEvent } from '../../domain/fill.ts';
import { matchExit, opensBeyondLiquidation, trailStop } from '../../simulation/matching.ts';
import { settleExit, settleUntilOpen } from '../../simulation/simulated-venue-exits.ts';
import { rangeOf } from '../market/price-path.ts';
import { closeRunning, isTraded, openNext, openUnseen, pathNow, skipOpens, type LivePrices } from '../market/replay.ts';
import { tellClosed, tellRunning, tellWatchedCloses } from './candle-events.ts';
import { liquidateAccountIfDue } from './cross-liquidation.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { meetMarket } from './fire-order.ts';
import { bookAll, heldOf, liquidateAlone } from './leave-position.ts';
import { restOrTake } from './limit-order.ts';
import { settleLiveStamps } from './live-funding.ts';
import { changeOrder } from './order-store.ts';
import { setExits } from './plan-exit.ts';
import { announceListing, announceDelisting, isGone, settleDelisted } from './listing-life.ts';
import { note } from './tell.ts';

/** Market time reaches `state.now`, a moment at which a candle closes or opens. */
export function arrive(state: ExchangeState): void {
  const { now, listings } = state;
  state.departed = false;
  state.crossTime = undefined;
  for (const listing of listings)
    if (listing.replay.isRunning && listing.replay.candle.closeTime === now) close(state, listing);
  for (const listing of listings) tellWatchedCloses(state, listing);
  for (const listing of listings) settleDelisted(state, listing);
  if (now >= state.endTime) {
    for (const listing of listings) settleWithoutCandle(state, listing);
    state.ended = true;
    note(state, { kind: 'end', time: now });
    return;
  }
  for (const listing of listings) open(state, listing);
  liquidateAccountIfDue(state);
  for (const listing of listings) fillWaiting(state, listing);
  for (const listing of listings) announceDelisting(state, listing);
}

function close(state: ExchangeState, listing: Listing): void {
  const { replay, book } = listing;
  if (isTraded(replay) && book.position.quantity > 0) trail(state, listing);
  // A live market tells its whole candles itself: what was seen between two looks is none.
  if (replay.live === undefined) book.history.update(replay.candle);
  book.lastClose = replay.candle.close;
  book.lastCloseTime = replay.candle.closeTime;
  closeRunning(replay);
  listing.isPlanned = false;
  listing.isTouchKnown = false;
  tellClosed(state, listing);
}

/** The trailing stop follows the candle that was survived, from when it was set. */
function trail(state: ExchangeState, listing: Listing): void {
  const { replay, book, stop } = listing;
  const { position, instrument } = book;
  const { candle } = replay;
  if (position.trailingDistance === undefined || stop === undefined) return;
  position.stopPrice = stop.record.triggerPrice;
  const span = { from: listing.trailsSince, until: candle.closeTime - 1 };
  const range = span.from > candle.openTime ? rangeOf(pathNow(replay), span, instrument) : candle;
  trailStop(position, instrument, { open: candle.open, high: range.high, low: range.low });
  if (position.stopPrice === stop.record.triggerPrice) return;
  changeOrder(state, listing, { live: stop, change: { triggerPrice: position.stopPrice } });
}

function open(state: ExchangeState, listing: Listing): void {
  const { replay, book } = listing;
  if (replay.live !== undefined) {
    if (listing.status !== 'closed') openLive(state, listing, replay.live);
    return;
  }
  if (isGone(listing)) skipOpens(replay, state.now);
  if (replay.next >= replay.series.length || replay.series.openTime[replay.next] !== state.now) {
    settleWithoutCandle(state, listing);
    return;
  }
  openNext(replay);
  listing.isPlanned = false;
  listing.isTouchKnown = false;
  announceListing(state, listing);
  if (book.position.quantity > 0) {
    settleFunding(state, listing, replay.candle);
    if (isTraded(replay) && opensBeyondLiquidation(book.position, replay.candle.open)) liquidateAtOpen(state, listing);
  }
  tellRunning(state, listing);
}

function openLive(state: ExchangeState, listing: Listing, live: LivePrices): void {
  const { replay, book } = listing;
  openUnseen(replay, live, state.now);
  listing.isPlanned = false;
  listing.isTouchKnown = false;
  if (book.position.quantity === 0) return;
  settleLiveStamps(state, listing);
  const isByLast = live.mark === undefined;
  if (isByLast && opensBeyondLiquidation(book.position, replay.candle.open)) liquidateAtOpen(state, listing);
}

/** Funding that falls due while no candle of the symbol opens: at the last close. */
export function settleWithoutCandle(state: ExchangeState, listing: Listing): void {
  const { book, replay } = listing;
  if (replay.isRunning || book.position.quantity === 0 || book.nextStamp > state.now) return;
  const price = book.lastClose;
  settleFunding(state, listing, { ...replay.candle, openTime: state.now, open: price });
}

function settleFunding(state: ExchangeState, listing: Listing, candle: Parameters<typeof settleUntilOpen>[1]): void {
  const events: VenueEvent[] = [];
  const held = heldOf(listing);
  settleUntilOpen(listing.book, candle, events);
  bookAll(state, listing, { events, held });
}

function liquidateAtOpen(state: ExchangeState, listing: Listing): void {
  const { book, replay } = listing;
  setExits(listing);
  const candle = { ...replay.candle };
  const exit = matchExit(book.position, candle, false);
  if (exit?.kind !== 'liquidation') return;
  const settled = settleExit(book, exit, { candle, entryBar: false });
  liquidateAlone(state, listing, { settled, candle, time: state.now, order: undefined });
}

/** Orders that came while nothing was traded meet the open, in the order of their coming. */
function fillWaiting(state: ExchangeState, listing: Listing): void {
  if (listing.orders.length === 0 || !isTraded(listing.replay)) return;
  for (const live of listing.orders.filter((each) => each.isWaiting)) {
    if (!live.isWaiting) continue;
    if (live.record.type === 'limit') restOrTake(state, listing, live);
    else meetMarket(state, listing, live, listing.replay.candle.open);
  }
}
