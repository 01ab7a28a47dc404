// Who does what no client can? One door for the control of the exchange: mishaps of orders, acts of the venue, a person at its web site.
import { PerpilotError } from '../../domain/errors.ts';
import { bookDeposit } from '../../domain/ledger.ts';
import { applyLeverage, applyModes } from './account-settings.ts';
import type { HandOfFate } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { announceEnd, changeInstrument, reviseCandle, setFalsePrice, setNextFundingRate } from './fate-of-market.ts';
import { fillNow } from './fate-of-orders.ts';
import {
  deleveragePosition,
  dropProtection,
  liquidatePosition,
  setPositionReduceOnly,
  tradeByHand,
} from './fate-of-position.ts';
import { setListingStatus } from './listing-life.ts';
import { note, tellAll } from './tell.ts';

/** @throws PerpilotError ARGUMENT_INVALID from every act that cannot be done */
export function createHandOfFate(state: ExchangeState): HandOfFate {
  const of = (symbol: string, act: (listing: Listing) => void): void => {
    const listing = state.bySymbol.get(symbol);
    if (listing === undefined) throw new PerpilotError('ARGUMENT_INVALID', `the exchange does not list ${symbol}`);
    act(listing);
    tellAll(state);
  };
  return {
    deleverage: (symbol, quantity) => of(symbol, (listing) => deleveragePosition(state, listing, quantity)),
    liquidate: (symbol) => of(symbol, (listing) => liquidatePosition(state, listing)),
    delist: (symbol, at) => of(symbol, (listing) => announceEnd(state, listing, at)),
    setStatus: (symbol, status) => of(symbol, (listing) => setListingStatus(state, listing, status)),
    changeInstrument: (symbol, change) => of(symbol, (listing) => changeInstrument(state, listing, change)),
    tradeByHand: (symbol, side, quantity) => of(symbol, (listing) => tradeByHand(state, listing, { side, quantity })),
    setLeverageByHand: (symbol, leverage) => of(symbol, (listing) => applyLeverage(state, listing, leverage)),
    setReduceOnly: (symbol, flag) => of(symbol, (listing) => setPositionReduceOnly(state, listing, flag)),
    setDeleverageRank: (symbol, rank) => of(symbol, (listing) => setDeleverageRank(state, listing, rank)),
    fillNow: (symbol, orderId, price) => of(symbol, (listing) => fillNow(state, listing, { orderId, price })),
    dropProtection: (symbol) => of(symbol, (listing) => dropProtection(state, listing)),
    setNextFundingRate: (symbol, rate) => of(symbol, (listing) => setNextFundingRate(state, listing, rate)),
    reviseCandle: (symbol, openTime, values, announce) =>
      of(symbol, (listing) => reviseCandle(state, listing, { openTime, values, announce })),
    setFalsePrice: (symbol, price) => of(symbol, (listing) => setFalsePrice(state, listing, price)),
    ...mishaps(of),
    ...accountActs(state),
  };
}

type Mishaps = Pick<HandOfFate, 'refuseProtection' | 'rejectAtTrigger' | 'thinBook' | 'splitFills'>;

function mishaps(of: (symbol: string, act: (listing: Listing) => void) => void): Mishaps {
  return {
    refuseProtection: (symbol, refused) =>
      of(symbol, ({ mishaps }) => {
        mishaps.refuseProtection = refused;
      }),
    rejectAtTrigger: (symbol, rejected) =>
      of(symbol, ({ mishaps }) => {
        mishaps.rejectAtTrigger = rejected;
      }),
    thinBook: (symbol, share) =>
      of(symbol, ({ mishaps }) => {
        if (!(share >= 0 && share <= 1)) throw new PerpilotError('ARGUMENT_INVALID', `a share of ${share} is none`);
        mishaps.fillShare = share;
      }),
    splitFills: (symbol, parts) =>
      of(symbol, ({ mishaps }) => {
        if (!(Number.isInteger(parts) && parts >= 1)) throw new PerpilotError('ARGUMENT_INVALID', `${parts} parts`);
        mishaps.fillParts = parts;
      }),
  };
}

function setDeleverageRank(state: ExchangeState, listing: Listing, rank: number): void {
  listing.deleverageRank = rank;
  note(state, { kind: 'position', time: state.now, symbol: listing.symbol });
}

type AccountActs = Pick<HandOfFate, 'setModesByHand' | 'transfer' | 'beginMaintenance' | 'endMaintenance'>;

function accountActs(state: ExchangeState): AccountActs {
  const setMaintenance = (begun: boolean): void => {
    if (state.inMaintenance === begun) return;
    state.inMaintenance = begun;
    note(state, { kind: 'maintenance', time: state.now, state: begun ? 'begun' : 'ended' });
    tellAll(state);
  };
  return {
    setModesByHand(change) {
      applyModes(state, change);
      tellAll(state);
    },
    transfer(amount) {
      bookDeposit(state.ledger, state.now, amount);
      state.crossTime = undefined;
      note(state, { kind: 'wallet', time: state.now, cause: 'transfer' });
      tellAll(state);
    },
    beginMaintenance: () => setMaintenance(true),
    endMaintenance: () => setMaintenance(false),
  };
}
