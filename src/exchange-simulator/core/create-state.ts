// How does the exchange begin? Every symbol's market is brought to the first moment, and the account gets its deposit.
import { firstBarAtOrAfter } from '../../domain/candle.ts';
import { createLedger } from '../../domain/ledger.ts';
import { createRandom } from '../../domain/random.ts';
import { createSymbolBook } from '../../simulation/simulated-venue-book.ts';
import { closeRunning, createReplay, openNext, openUnseen } from '../market/replay.ts';
import type { Replay } from '../market/replay.ts';
import { announceDelisting, announceListing } from './listing-life.ts';
import type { ExchangeSetup, MarketTape } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { createIds } from './ids.ts';
import { createOrderStore } from './order-store.ts';

/** The state at `setup.from`. */
export function createState(setup: ExchangeSetup): ExchangeState {
  const listings = setup.tape.symbols.map((symbol, index) => createListing(setup, symbol, index));
  const random = createRandom(`exchange-simulator/${setup.seed}`);
  const intervalMs = setup.tape.symbols[0].candles.intervalMs;
  const state: ExchangeState = {
    setup,
    intervalMs,
    listings,
    bySymbol: new Map(listings.map((listing) => [listing.symbol, listing])),
    endTime: endTimeOf(setup, intervalMs),
    now: setup.from,
    ended: false,
    departed: false,
    ledger: createLedger(setup.deposit),
    orders: createOrderStore(),
    executions: [],
    account: { marginMode: setup.marginMode, positionMode: setup.positionMode },
    sequence: 0,
    realisedEver: 0n,
    inMaintenance: false,
    crossTime: undefined,
    nextOrderId: createIds(random.fork('orders')),
    nextExecutionId: createIds(random.fork('executions')),
    listeners: new Set(),
    untold: [],
    isTelling: false,
  };
  for (const listing of listings) bringTo(state, listing);
  return state;
}

const endOf = ({ candles }: MarketTape['symbols'][number]): number =>
  candles.openTime[candles.length - 1] + candles.intervalMs;

/** The earliest end of candles that merely end, since a market that stands still is none; where all are delisted, the last end. */
function endTimeOf({ tape, from, until = Infinity, isLive }: ExchangeSetup, intervalMs: number): number {
  if (isLive === true) return Infinity;
  const merelyEnding = tape.symbols.filter(({ delisted }) => !delisted).map(endOf);
  const end = merelyEnding.length > 0 ? Math.min(...merelyEnding) : Math.max(...tape.symbols.map(endOf));
  const onGrid = from + Math.floor((Math.min(end, until) - from) / intervalMs) * intervalMs;
  return Math.max(from, onGrid);
}

function createListing(setup: ExchangeSetup, tape: MarketTape['symbols'][number], index: number): Listing {
  const { instrument, candles, finer, funding } = tape;
  const { costs } = setup;
  return {
    symbol: instrument.symbol,
    index,
    baseCurrency: tape.baseCurrency,
    replay: createReplay(candles, finer, setup.isLive),
    book: createSymbolBook(instrument, { costs, ambiguity: 'worst', funding, finer, delayBars: 0 }),
    status: 'pre-launch',
    listedAt: tape.listedAt ?? candles.openTime[0],
    delistingAt: undefined,
    endsDelisted: tape.delisted,
    fundingIntervalHours: tape.fundingIntervalHours,
    leverage: setup.defaultLeverage,
    reduceOnly: false,
    deleverageRank: 1,
    positionStatus: 'normal',
    stop: undefined,
    target: undefined,
    trailsSince: 0,
    orders: [],
    plan: undefined,
    isPlanned: false,
    touch: undefined,
    touchTime: Infinity,
    isTouchKnown: false,
    mishaps: { refuseProtection: false, rejectAtTrigger: false, fillShare: 1, fillParts: 1 },
    watched: new Map(),
    nextShortClose: Infinity,
    rates: new Map(),
    duesWithoutRate: [],
    realisedSinceOpen: 0n,
    realisedEver: 0n,
    openedAt: 0,
    updatedAt: setup.from,
    sequence: 0,
  };
}

/** What happened before the beginning is history: slippage and the day's figures know it. Then the first candle opens. */
function bringTo(state: ExchangeState, listing: Listing): void {
  const { replay, book } = listing;
  const { series } = replay;
  const first = firstBarAtOrAfter(series, state.now);
  while (replay.next < first) {
    openNext(replay);
    book.history.update(replay.candle);
    book.lastClose = replay.candle.close;
    book.lastCloseTime = replay.candle.closeTime;
    closeRunning(replay);
  }
  if (isListedBefore(replay)) listing.status = 'trading';
  if (replay.live !== undefined) {
    listing.status = 'trading';
    openUnseen(replay, replay.live, state.now);
    return;
  }
  if (first < series.length && series.openTime[first] === state.now) {
    openNext(replay);
    announceListing(state, listing);
  } else if (first >= series.length && listing.endsDelisted) {
    listing.status = 'closed';
  }
  announceDelisting(state, listing);
}

const isListedBefore = ({ next }: Replay): boolean => next > 0;
