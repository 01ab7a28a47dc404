// What is the simulated exchange whose market is not stored, but followed? The same account and matching, with doors for what is seen.
import type { Candle } from '../../domain/candle.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { exchangeOver } from './create-simulated-exchange.ts';
import { createState } from './create-state.ts';
import type { ExchangeSetup, ListingStatus, SimulatedExchange } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { followMarket, type MarketLook } from './follow-market.ts';
import { tellRate } from './live-funding.ts';
import { quietRangeOf, type QuietRange } from './quiet-range.ts';
import { setListingStatus } from './listing-life.ts';
import { tellAll } from './tell.ts';

export interface FollowedExchange {
  /** The account, and the market as far as it was seen. */
  readonly exchange: SimulatedExchange;
  /** Lets time run to what was seen. */
  follow(look: MarketLook): void;
  /** A candle of the length of the past has closed: slippage is reckoned from these. */
  tellCandle(symbol: string, candle: Candle): void;
  /** Funding rate of a stamp, past or to come; NaN: nobody will ever tell it. */
  tellRate(symbol: string, time: number, rate: number): void;
  /** Stamps that wait for their rate. */
  ratesMissing(): readonly { readonly symbol: string; readonly time: number }[];
  /** Between which prices nothing happens to what hangs on the symbol; undefined: nothing does. */
  quietRange(symbol: string): QuietRange | undefined;
  /** The venue's word on the symbol. Closed: what is held is settled with the next look. */
  tellStatus(symbol: string, status: ListingStatus): void;
  /** Close time of the newest candle of the symbol that was told; NaN: none. */
  knownUntil(symbol: string): number;
}

/** `setup.tape` holds the past alone: candles that have closed by `setup.from`, which need not lie on their grid. */
export function createFollowedExchange(setup: Omit<ExchangeSetup, 'isLive' | 'touches' | 'until'>): FollowedExchange {
  const state = createState({ ...setup, until: undefined, isLive: true });
  const known = new Map(state.listings.map(({ symbol, book }) => [symbol, book.lastCloseTime]));
  const of = (symbol: string): Listing => listed(state, symbol);
  return {
    exchange: exchangeOver(state),
    follow: (look) => followMarket(state, look),
    tellCandle(symbol, candle) {
      if (candle.closeTime <= (known.get(symbol) ?? NaN)) return;
      known.set(symbol, candle.closeTime);
      of(symbol).book.history.update(candle);
    },
    tellRate(symbol, time, rate) {
      tellRate(state, of(symbol), { time, rate });
      tellAll(state);
    },
    ratesMissing: () =>
      state.listings.flatMap(({ symbol, duesWithoutRate }) => duesWithoutRate.map(({ time }) => ({ symbol, time }))),
    quietRange: (symbol) => quietRangeOf(state, of(symbol)),
    tellStatus(symbol, status) {
      const listing = of(symbol);
      if (status === 'closed') listing.delistingAt ??= state.now;
      else setListingStatus(state, listing, status);
      tellAll(state);
    },
    knownUntil: (symbol) => known.get(symbol) ?? NaN,
  };
}

function listed(state: ExchangeState, symbol: string): Listing {
  const listing = state.bySymbol.get(symbol);
  if (listing === undefined) throw new PerpilotError('ARGUMENT_INVALID', `the exchange does not list ${symbol}`);
  return listing;
}
