// What does the ticker of a symbol show? Last price, a book of one tick, the last 24 hours and the funding that comes next.
import { stampIndexAfter, stampRate, stampTime } from '../../domain/funding-due.ts';
import { roundToTick } from '../../domain/instrument.ts';
import { lastPriceAt } from '../market/replay.ts';
import type { ListedContract, Quote } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';

/** The quote of now. The index and the mark price are the last price, since nobody has stored others. */
export function quoteOf(state: ExchangeState, listing: Listing): Quote {
  const { now } = state;
  const { replay, book } = listing;
  const { instrument, schedule } = book;
  const price = lastPriceAt(replay, now, instrument);
  const last = replay.falsePrice ?? price;
  const day = replay.day.at(now);
  const stamp = stampIndexAfter(schedule, now);
  return {
    time: now,
    last,
    mark: price,
    bid: last,
    ask: roundToTick(instrument, last + instrument.tickSize, 'nearest'),
    open24h: Number.isNaN(day.open) ? price : day.open,
    high24h: Number.isNaN(day.high) ? price : Math.max(day.high, price),
    low24h: Number.isNaN(day.low) ? price : Math.min(day.low, price),
    volume24h: day.volume,
    turnover24h: day.turnover,
    fundingRate: stampRate(schedule, stamp),
    nextFundingTime: stampTime(schedule, stamp),
  };
}

/** The contract as it stands. */
export function contractOf(listing: Listing): ListedContract {
  const { instrument } = listing.book;
  return {
    instrument,
    baseCurrency: listing.baseCurrency,
    status: listing.status,
    listedAt: listing.listedAt,
    delistingAt: listing.delistingAt,
    fundingIntervalHours: listing.fundingIntervalHours,
    maxLimitQuantity: instrument.maxMarketQuantity,
  };
}

/** Stamps from `from` to `until`, both included, that have fallen due and whose rate is known. */
export function fundingHistory(
  state: ExchangeState,
  listing: Listing,
  { from, until }: { readonly from: number; readonly until: number },
): { readonly time: number; readonly rate: number }[] {
  const { schedule } = listing.book;
  const end = Math.min(until, state.now);
  const rows: { readonly time: number; readonly rate: number }[] = [];
  for (let index = Math.max(0, stampIndexAfter(schedule, from - 1)); index < schedule.time.length; index += 1) {
    const time = stampTime(schedule, index);
    if (time > end) break;
    const rate = stampRate(schedule, index);
    if (!Number.isNaN(rate)) rows.push({ time, rate });
  }
  return rows;
}
