// How does time run in a market that nobody has stored? From look to look: what was seen in between is a candle of its own, matched like any other.
import type { Candle } from '../../domain/candle.ts';
import { stampIndexAfter, stampTime } from '../../domain/funding-due.ts';
import { invariant } from '../../domain/errors.ts';
import { runTo } from './advance-time.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';

/** Prices that a symbol has gone through since the last look. */
export interface Beat {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

/** What was seen of one symbol. */
export interface SeenSymbol {
  /** Undefined: nothing was traded. It begins at the last price known. */
  readonly beat?: Beat | undefined;
  /** Mark prices in the same time, where the venue tells them. */
  readonly mark?: Beat | undefined;
  /** The price at which it goes on, where that is not the last one: a new candle that opens away from the close before. */
  readonly open?: number | undefined;
  readonly book?: { readonly bid: number; readonly ask: number } | undefined;
}

/** All that was seen since the last look. Symbols that are not named have stood still. */
export interface MarketLook {
  /** Epoch milliseconds, later than the last one. */
  readonly until: number;
  readonly symbols: ReadonlyMap<string, SeenSymbol>;
}

/** Lets time run to the look, everything that its prices bring about in order. Funding stamps part it: what was seen counts before them. */
export function followMarket(state: ExchangeState, { until, symbols }: MarketLook): void {
  invariant(until > state.now, 'a market is followed forwards');
  let isFirst = true;
  while (state.now < until) {
    const end = Math.min(until, nextStamp(state));
    for (const listing of state.listings) {
      const seen = isFirst ? symbols.get(listing.symbol) : undefined;
      stretch(listing, end, seen);
      const { live } = listing.replay;
      if (live !== undefined && end === until) live.nextOpen = symbols.get(listing.symbol)?.open;
    }
    state.crossTime = undefined;
    runTo(state, end);
    isFirst = false;
  }
  for (const { symbol, replay } of state.listings) {
    if (replay.live !== undefined) replay.live.book = symbols.get(symbol)?.book;
  }
}

/** The first stamp after now of a symbol that something hangs on. */
function nextStamp({ listings, now }: ExchangeState): number {
  let next = Infinity;
  for (const { book, orders } of listings) {
    if (book.position.quantity === 0 && orders.length === 0) continue;
    next = Math.min(next, stampTime(book.schedule, stampIndexAfter(book.schedule, now)));
  }
  return next;
}

const markCandleOf = (candle: Candle, open: number, { high, low, close }: Beat): Candle => ({
  ...candle,
  open,
  high: Math.max(open, high, close),
  low: Math.min(open, low, close),
  close,
});

/** The running candle is what was seen until `end`. */
function stretch(listing: Listing, end: number, { beat, mark }: SeenSymbol = {}): void {
  const { replay } = listing;
  const { live, candle } = replay;
  if (live === undefined || !replay.isRunning) return;
  candle.closeTime = end;
  if (beat !== undefined) {
    // The first price that was ever seen.
    if (Number.isNaN(candle.open)) candle.open = beat.close;
    candle.high = Math.max(candle.open, beat.high, beat.close);
    candle.low = Math.min(candle.open, beat.low, beat.close);
    candle.close = beat.close;
    candle.volume = beat.volume;
  }
  replay.path = undefined;
  live.book = undefined;
  live.markCandle = mark === undefined ? undefined : markCandleOf(candle, live.mark ?? mark.close, mark);
  live.mark = mark?.close;
  listing.isPlanned = false;
  listing.isTouchKnown = false;
}
