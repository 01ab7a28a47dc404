// What happens next, and when? Time runs from one event to the next, never past one.
import type { VenueEvent } from '../../domain/fill.ts';
import { invariant } from '../../domain/errors.ts';
import { settleInside } from '../../simulation/simulated-venue-exits.ts';
import { lastPriceAt, nextBoundary } from '../market/replay.ts';
import { arrive, settleWithoutCandle } from './arrive.ts';
import { tellRunning, tellWatchedCloses } from './candle-events.ts';
import { crossLiquidationTime, liquidateAccount } from './cross-liquidation.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { fillResting, fireOrder } from './fire-order.ts';
import { bookAll, heldOf, leaveByPlan } from './leave-position.ts';
import { findTouch, quotedAtTrigger } from './next-touch.ts';
import { exitPlanOf } from './plan-exit.ts';
import { tellAll } from './tell.ts';

/** Lets time run to `time`, or to the end of the data. */
export function runTo(state: ExchangeState, time: number): void {
  invariant(!Number.isNaN(time), 'time must be a number');
  const goal = Math.min(time, state.endTime);
  if (goal <= state.now || state.ended) return;
  invariant(!state.isTelling, 'time is running already');
  for (;;) {
    if (!state.departed && state.now >= goal) break;
    state.departed = true;
    const next = nextInstant(state);
    if (next > goal) break;
    state.now = next;
    happen(state);
    tellAll(state);
    if (state.ended) return;
  }
  if (goal <= state.now) return;
  state.now = goal;
  for (const listing of state.listings) tellRunning(state, listing);
  tellAll(state);
}

/** When the next thing happens by itself, after now. What a candle's open has brought about happens as soon as time goes on. */
export function nextTime(state: ExchangeState): number {
  return state.ended ? Infinity : Math.max(state.now + 1, nextInstant(state));
}

/** The next close of a replayed candle. */
export function nextCloseOf(state: ExchangeState): number {
  if (state.ended) return Infinity;
  let next = Infinity;
  for (const { replay, status } of state.listings) {
    if (status === 'closed') continue;
    const { isRunning, candle, series } = replay;
    const boundary = nextBoundary(replay);
    next = Math.min(next, isRunning ? candle.closeTime : boundary + series.intervalMs);
  }
  return Math.min(next, state.endTime);
}

function nextInstant(state: ExchangeState): number {
  let next = state.endTime;
  for (const listing of state.listings) {
    if (listing.status !== 'closed') next = Math.min(next, nextBoundary(listing.replay), ownTime(state, listing));
  }
  return state.account.marginMode === 'cross' ? Math.min(next, crossLiquidationTime(state)) : next;
}

/** When something happens to the orders or the position of the symbol, or a watched short candle closes. */
function ownTime(state: ExchangeState, listing: Listing): number {
  const { book, orders } = listing;
  if (book.position.quantity === 0 && orders.length === 0) return listing.nextShortClose;
  const plan = exitPlanOf(state, listing);
  findTouch(state, listing);
  return Math.min(stampTimeOf(listing), plan?.time ?? Infinity, listing.touchTime, listing.nextShortClose);
}

/** The next stamp that what is held has to settle before the running candle closes, or while none runs. */
function stampTimeOf({ book, replay, plan }: Listing): number {
  const { position, nextStamp } = book;
  if (position.quantity === 0) return Infinity;
  if (!replay.isRunning) return nextStamp;
  const isInside = nextStamp < replay.candle.closeTime && !(plan !== undefined && plan.time < nextStamp);
  return isInside ? nextStamp : Infinity;
}

/** Carries out what is due now. At one moment: closes and opens alone; else symbol by symbol, funding first, then exits, then orders. */
function happen(state: ExchangeState): void {
  const { now, listings } = state;
  if (
    now >= state.endTime ||
    listings.some(({ replay, status }) => status !== 'closed' && nextBoundary(replay) <= now)
  ) {
    arrive(state);
    return;
  }
  const due = listings.find((listing) => listing.status !== 'closed' && ownTime(state, listing) <= now);
  if (due === undefined) liquidateAccount(state);
  else happenTo(state, due);
}

function happenTo(state: ExchangeState, listing: Listing): void {
  const { now } = state;
  const plan = exitPlanOf(state, listing);
  findTouch(state, listing);
  const { touch } = listing;
  if (stampTimeOf(listing) <= now) {
    settleStamps(state, listing);
  } else if (plan !== undefined && plan.time <= now) {
    leaveByPlan(state, listing, plan);
  } else if (touch !== undefined && listing.touchTime <= now) {
    listing.isTouchKnown = false;
    const market = lastPriceAt(listing.replay, now, listing.book.instrument);
    if (touch.record.status === 'untriggered') fireOrder(state, listing, touch, quotedAtTrigger(touch, market));
    else fillResting(state, listing, touch);
  } else {
    tellWatchedCloses(state, listing);
  }
}

/** Funding inside a candle follows research: who leaves in it pays what may have been due, and receives only what surely was. */
function settleStamps(state: ExchangeState, listing: Listing): void {
  const { book, replay, plan } = listing;
  if (!replay.isRunning) {
    settleWithoutCandle(state, listing);
    return;
  }
  const events: VenueEvent[] = [];
  const held = heldOf(listing);
  const earliest = plan?.settled.earliest ?? replay.candle.closeTime;
  settleInside(book, replay.candle, { earliest, latest: state.now, events });
  bookAll(state, listing, { events, held });
  // Research decides a candle's exit once: funding inside it moves the liquidation price for the next one only.
  listing.plan = plan;
  listing.isPlanned = true;
}
