// What is the simulated exchange as a whole? The market replayed, an account in it, and every door through which it is reached.
import { PerpilotError } from '../../domain/errors.ts';
import type { Problem } from '../../domain/errors.ts';
import { instrumentFault } from '../../simulation/simulated-venue-orders.ts';
import { servedCandles } from '../market/serve-candles.ts';
import { setLeverage, setMarginMode, setPositionMode } from './account-settings.ts';
import { nextCloseOf, nextTime, runTo } from './advance-time.ts';
import { aimAtShortClose } from './candle-events.ts';
import { amendOrder, cancelAllOrders, cancelByClient } from './change-order.ts';
import { createState } from './create-state.ts';
import type { ExchangeSetup, OrderFilter, SimulatedExchange } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { createHandOfFate } from './hand-of-fate.ts';
import { walletOf } from './margin.ts';
import { placeOrder } from './place-order.ts';
import { positionOf } from './position-state.ts';
import { protectPosition } from './protect-position.ts';
import { contractOf, fundingHistory, quoteOf } from './quote.ts';
import { matchesFilter, openRecords, closedRecords } from './read-orders.ts';
import { tellAll } from './tell.ts';

/**
 * An exchange with nothing in it but the market, at `setup.from`: candles that closed by then have been seen, funding stamped
 * then is past, and prices are the opens of the candles that open then.
 * @throws PerpilotError CONFIG_INVALID for candles of different lengths, a time off their grid or an unusable instrument
 */
export function createSimulatedExchange(setup: ExchangeSetup): SimulatedExchange {
  refuseSetup(setup);
  return exchangeOver(createState(setup));
}

/** The doors of an exchange that is in this state. */
export function exchangeOver(state: ExchangeState): SimulatedExchange {
  const told = <Value>(value: Value): Value => {
    tellAll(state);
    return value;
  };
  return {
    get now() {
      return state.now;
    },
    get ended() {
      return state.ended;
    },
    intervalMs: state.intervalMs,
    nextTime: () => nextTime(state),
    nextClose: () => nextCloseOf(state),
    advanceTo: (time) => runTo(state, time),
    listen(listener) {
      state.listeners.add(listener);
      return () => state.listeners.delete(listener);
    },
    ...marketDoors(state),
    place: (request) => told(placeOrder(state, request)),
    amend: (symbol, key, change) => told(amendOrder(state, { symbol, key, change })),
    cancel: (symbol, key) => told(cancelByClient(state, symbol, key)),
    cancelAll: (symbol, conditional) => told(cancelAllOrders(state, symbol, conditional)),
    protect: (request) => told(protectPosition(state, request)),
    setLeverage: (symbol, leverage) => told(setLeverage(state, symbol, leverage)),
    setMarginMode: (mode) => told(setMarginMode(state, mode)),
    setPositionMode: (mode) => told(setPositionMode(state, mode)),
    ...accountDoors(state),
    ledger: state.ledger,
    costs: state.setup.costs,
    fate: createHandOfFate(state),
  };
}

type MarketDoors = Pick<
  SimulatedExchange,
  'contracts' | 'contract' | 'quote' | 'candles' | 'funding' | 'watchInterval'
>;

function marketDoors(state: ExchangeState): MarketDoors {
  return {
    contracts: () => state.listings.map(contractOf),
    contract(symbol) {
      const listing = state.bySymbol.get(symbol);
      return listing === undefined ? undefined : contractOf(listing);
    },
    quote: (symbol) => quoteOf(state, listingOf(state, symbol)),
    candles(range) {
      const { replay, book, status } = listingOf(state, range.symbol);
      const now = status === 'closed' ? Math.min(state.now, book.lastCloseTime) : state.now;
      return servedCandles(replay, book.instrument, { ...range, now });
    },
    funding: (symbol, from, until) => fundingHistory(state, listingOf(state, symbol), { from, until }),
    watchInterval(symbol, intervalMs) {
      const listing = listingOf(state, symbol);
      if (intervalMs === state.intervalMs) return () => undefined;
      const { watched } = listing;
      watched.set(intervalMs, (watched.get(intervalMs) ?? 0) + 1);
      aimAtShortClose(state, listing);
      let isWatching = true;
      return () => {
        if (!isWatching) return;
        isWatching = false;
        const left = (watched.get(intervalMs) ?? 0) - 1;
        if (left > 0) watched.set(intervalMs, left);
        else watched.delete(intervalMs);
        aimAtShortClose(state, listing);
      };
    },
  };
}

type AccountDoors = Pick<
  SimulatedExchange,
  'openOrders' | 'closedOrders' | 'executions' | 'position' | 'positions' | 'wallet' | 'account'
>;

function accountDoors(state: ExchangeState): AccountDoors {
  return {
    openOrders: (filter) => openRecords(state, filter),
    closedOrders: (filter) => closedRecords(state, filter),
    executions(filter: OrderFilter & { readonly from?: number; readonly until?: number }) {
      const { from = -Infinity, until = Infinity } = filter;
      return state.executions.filter(
        (execution) => execution.time >= from && execution.time <= until && matchesFilter(execution, filter),
      );
    },
    position: (symbol) => positionOf(state, listingOf(state, symbol)),
    positions: () =>
      state.listings
        .filter(({ book }) => book.position.quantity > 0)
        .map((listing) => positionOf(state, listing))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    wallet: () => walletOf(state),
    account: () => ({ ...state.account }),
  };
}

function listingOf(state: ExchangeState, symbol: string): Listing {
  const listing = state.bySymbol.get(symbol);
  if (listing === undefined) throw new PerpilotError('ARGUMENT_INVALID', `the exchange does not list ${symbol}`);
  return listing;
}

function refuseSetup(setup: ExchangeSetup): void {
  const { symbols } = setup.tape;
  const problems: Problem[] = [];
  const [first] = symbols;
  if (first === undefined) problems.push({ message: 'the exchange lists no symbol' });
  for (const { instrument, candles } of symbols) {
    const { symbol } = instrument;
    const fault = instrumentFault(instrument);
    if (fault !== undefined) problems.push({ message: `${symbol}: ${fault}` });
    if (candles.length === 0) problems.push({ message: `${symbol}: there are no candles` });
    if (candles.intervalMs !== first.candles.intervalMs) {
      problems.push({
        message: `${symbol}: its candles are of another length than those of ${first.instrument.symbol}`,
      });
    }
    if (candles.length > 0 && (setup.from - candles.openTime[0]) % candles.intervalMs !== 0) {
      problems.push({ message: `${symbol}: the beginning is not a moment at which one of its candles opens` });
    }
  }
  if (!(setup.defaultLeverage >= 1)) problems.push({ message: `leverage ${setup.defaultLeverage} is below 1` });
  if (problems.length > 0) throw new PerpilotError('CONFIG_INVALID', problems);
}
