// What may happen to a contract and its market data? New rules, a delisting, other funding, revised candles, prices that no market made.
import type { Candle } from '../../domain/candle.ts';
import { firstBarAtOrAfter } from '../../domain/candle.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { tierOf } from '../../domain/instrument.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { aimAtStampAfter } from '../../simulation/simulated-venue-book.ts';
import { instrumentFault } from '../../simulation/simulated-venue-orders.ts';
import { withInterval, withNextRate } from '../market/funding-change.ts';
import { closedCandle } from '../market/serve-candles.ts';
import { applyLeverage, fitLiquidation } from './account-settings.ts';
import { tellRunning } from './candle-events.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { note } from './tell.ts';

export type InstrumentChange = Partial<Omit<Instrument, 'symbol'>> & { readonly fundingIntervalHours?: number };

/** New rules from now on. Orders that rest stay as they are; leverage that the new tiers forbid is lowered. */
export function changeInstrument(state: ExchangeState, listing: Listing, change: InstrumentChange): void {
  const { fundingIntervalHours, ...rules } = change;
  const instrument = { ...listing.book.instrument, ...rules };
  const fault = instrumentFault(instrument);
  if (fault !== undefined) throw new PerpilotError('ARGUMENT_INVALID', `${listing.symbol}: ${fault}`);
  listing.book = { ...listing.book, instrument };
  if (fundingIntervalHours !== undefined) changeFundingInterval(state, listing, fundingIntervalHours);
  const { position } = listing.book;
  const { maxLeverage } = tierOf(instrument, position.quantity * position.entryPrice || 0);
  if (position.quantity > 0) fitLiquidation(state, listing);
  if (listing.leverage > maxLeverage) applyLeverage(state, listing, maxLeverage);
  thinkAnew(state, listing);
  note(state, { kind: 'instrument', time: state.now, symbol: listing.symbol });
}

function changeFundingInterval(state: ExchangeState, listing: Listing, hours: number): void {
  if (!(hours > 0)) throw new PerpilotError('ARGUMENT_INVALID', `a funding interval of ${hours} hours is none`);
  listing.fundingIntervalHours = hours;
  const schedule = withInterval(listing.book.schedule, state.now, hours * HOUR_MS);
  listing.book = { ...listing.book, schedule };
  if (listing.book.position.quantity > 0) aimAtStampAfter(listing.book, state.now);
}

/** Another rate at the next stamp. */
export function setNextFundingRate(state: ExchangeState, listing: Listing, rate: number): void {
  if (!Number.isFinite(rate)) throw new PerpilotError('ARGUMENT_INVALID', `a funding rate of ${rate} is none`);
  listing.book = { ...listing.book, schedule: withNextRate(listing.book.schedule, state.now, rate) };
  if (listing.book.position.quantity > 0) aimAtStampAfter(listing.book, state.now);
  thinkAnew(state, listing);
  note(state, { kind: 'price', time: state.now, symbol: listing.symbol });
}

function thinkAnew(state: ExchangeState, listing: Listing): void {
  listing.isPlanned = false;
  listing.isTouchKnown = false;
  state.crossTime = undefined;
}

/** Announces a delisting at the first close of a candle at or after `at`. */
export function announceEnd(state: ExchangeState, listing: Listing, at: number): void {
  const { intervalMs, now, setup } = state;
  const moment = Math.max(at, now + 1);
  listing.delistingAt = setup.from + Math.ceil((moment - setup.from) / intervalMs) * intervalMs;
  note(state, { kind: 'instrument', time: now, symbol: listing.symbol });
}

/** A closed candle is served with other values from now on; what was traded in it stays traded. */
export function reviseCandle(
  state: ExchangeState,
  listing: Listing,
  revision: { readonly openTime: number; readonly values: Partial<Candle>; readonly announce: boolean },
): void {
  const { openTime, values, announce } = revision;
  const { replay, book, symbol } = listing;
  const { intervalMs } = state;
  const index = firstBarAtOrAfter(replay.series, openTime);
  const isClosed = replay.series.openTime[index] === openTime && openTime + intervalMs <= state.now;
  if (!isClosed)
    throw new PerpilotError('ARGUMENT_INVALID', `${symbol} has no closed candle that opened at ${openTime}`);
  replay.revisions.set(openTime, { ...replay.revisions.get(openTime), ...values });
  const served = closedCandle(replay, book.instrument, { openTime, intervalMs });
  if (!announce || served === undefined) return;
  const { interpolated, running: _, ...candle } = served;
  const news = { symbol, intervalMs, candle: Object.freeze(candle), closed: true, interpolated };
  note(state, { kind: 'candle', time: state.now, ...news });
}

/** The ticker and the running candle show a price that nobody traded; undefined: the true one again. */
export function setFalsePrice(state: ExchangeState, listing: Listing, price: number | undefined): void {
  listing.replay.falsePrice = price;
  tellRunning(state, listing);
}
