// What does a position of a live market pay at a stamp? What the venue's rate says, at the stamp or as soon as somebody tells it.
import { settlePastStamp } from '../../simulation/simulated-venue-exits.ts';
import { takeStamp } from '../../simulation/simulated-venue-book.ts';
import { bookPayment } from './book-trade.ts';
import type { ExchangeState, FundingDue, Listing } from './exchange-state.ts';
import { heldOf } from './leave-position.ts';
import { markOf } from './margin.ts';

/** Stamps up to now: paid where the rate is known, else kept with what was held. */
export function settleLiveStamps(state: ExchangeState, listing: Listing): void {
  const { book, rates, duesWithoutRate } = listing;
  while (book.position.quantity > 0 && book.nextStamp <= state.now) {
    const due = { time: book.nextStamp, quantity: heldOf(listing), markPrice: markOf(state, listing) };
    takeStamp(book);
    const rate = rates.get(due.time);
    if (rate === undefined) duesWithoutRate.push(due);
    else pay(state, listing, due, rate);
  }
}

/** The rate of a stamp, past or to come; NaN: the venue will not tell it any more. */
export function tellRate(
  state: ExchangeState,
  listing: Listing,
  { time, rate }: { readonly time: number; readonly rate: number },
): void {
  const { rates, duesWithoutRate } = listing;
  for (const past of rates.keys()) if (past < state.now) rates.delete(past);
  if (time > state.now) rates.set(time, rate);
  const at = duesWithoutRate.findIndex((due) => due.time === time);
  if (at < 0) return;
  const [due] = duesWithoutRate.splice(at, 1);
  pay(state, listing, due, rate);
}

/** Booked at its stamp, unless something has been booked since: executions stand in the order of their times. */
function pay(state: ExchangeState, listing: Listing, due: FundingDue, rate: number): void {
  const payment = settlePastStamp(listing.book, { ...due, rate });
  const newest = state.executions.at(-1)?.time ?? due.time;
  bookPayment(state, listing, { payment, held: due.quantity, time: Math.max(due.time, newest) });
}
