// How does an exchange answer orders, candle by candle? A venue of isolated one-way positions over historical candles.
import { FLAG_FILLED } from '../domain/candle.ts';
import type { Candle, CandleSeries } from '../domain/candle.ts';
import { invariant, PerpilotError } from '../domain/errors.ts';
import type { VenueEvent } from '../domain/fill.ts';
import type { FundingSeries } from '../domain/funding.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { OrderIntent, OrderReason } from '../domain/order.ts';
import type { CostParams } from './cost-model.ts';
import { matchExit, opensBeyondLiquidation, putTrailedStop, trailStop } from './matching.ts';
import { createSymbolBook } from './simulated-venue-book.ts';
import type { Ambiguity, SymbolBook } from './simulated-venue-book.ts';
import { closeAtLastClose, exitPosition, settleInside, settleUntilOpen } from './simulated-venue-exits.ts';
import { fillPending, instrumentFault, refusalAtPlacing, refusalOf } from './simulated-venue-orders.ts';

export interface SimulatedVenueSetup {
  /** The symbols in the order of `symbolIndex`. */
  readonly instruments: readonly Instrument[];
  readonly costs: CostParams;
  /** Funding histories by symbol; a symbol without one pays `missingFundingBps` at every expected stamp. */
  readonly funding: ReadonlyMap<string, FundingSeries>;
  /** Finer candles by symbol, any resolutions, that may decide what a candle touched first. */
  readonly finer?: ReadonlyMap<string, readonly CandleSeries[]> | undefined;
  readonly ambiguity: Ambiguity;
  /** Market orders fill so many traded opens later than they would, with their protection (a stress test). Default 0. */
  readonly delayBars?: number | undefined;
  /** Only isolated margin is simulated. */
  readonly marginMode?: 'isolated' | 'cross' | undefined;
}

/** A copy of what is held of a symbol. */
export interface VenuePosition {
  /** Signed base units. */
  readonly quantity: number;
  readonly entryPrice: number;
  /** Isolated margin left, quote currency. */
  readonly margin: number;
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  readonly liquidationPrice: number | undefined;
}

export interface SimulatedVenue {
  /**
   * Takes an order; it fills at the open of the next traded candle that opens at or after its `decidedAt`, or `delayBars` of
   * them later. A refusal at placing is decided now and reported with the symbol's next candle.
   * @throws PerpilotError INVARIANT_BROKEN for an unknown symbol
   */
  place(order: OrderIntent): void;
  /** Takes back an order that has not filled; false: there is none. */
  cancel(symbol: string, clientOrderId: string): boolean;
  /** Puts the stop of what is held where it has trailed to; nothing when flat, or when it is there already. */
  moveStop(symbol: string, stopPrice: number): void;
  /** Takes back every order that has not filled and returns them. */
  cancelAll(): OrderIntent[];
  /** Appends to `events`, in time order, what happened in `candle`. Candles of a symbol come in rising time. */
  onCandle(symbolIndex: number, candle: Candle, events: VenueEvent[]): void;
  /**
   * Closes the position at the last close as a taker with slippage (delisting, end of data), after the funding due until then,
   * and drops the symbol's pending orders. Nothing when flat.
   */
  closeAtLastPrice(symbol: string, reason: OrderReason, events: VenueEvent[]): void;
  /** What is held; undefined when flat. */
  position(symbolIndex: number): VenuePosition | undefined;
}

/**
 * A venue with nothing in it. Within a candle: (a) funding due up to its open, (b) pending orders at its open, (c) resting exits,
 * gaps first, (d) funding inside it and the trailing stop. A position that a candle opens beyond liquidation is gone before (b).
 * Bars that were filled in trade nothing: orders wait, exits rest, funding is due.
 * Touches happen at an unknown moment: they are reported 1 ms before the close (of the finer candle that decided, else of this one).
 * @throws PerpilotError CONFIG_INVALID for cross margin, an unusable instrument or a delay that is no whole number of bars
 */
export function createSimulatedVenue(setup: SimulatedVenueSetup): SimulatedVenue {
  refuseSetup(setup);
  const { costs, ambiguity, delayBars = 0 } = setup;
  const books = setup.instruments.map((instrument) => {
    const { symbol } = instrument;
    const finer = setup.finer?.get(symbol) ?? [];
    return createSymbolBook(instrument, { costs, ambiguity, funding: setup.funding.get(symbol), finer, delayBars });
  });
  const bySymbol = new Map(books.map((book) => [book.instrument.symbol, book]));
  const bookOf = (symbol: string): SymbolBook => {
    const book = bySymbol.get(symbol);
    invariant(book !== undefined, `the venue does not list ${symbol}`);
    return book;
  };

  return {
    place(order) {
      const book = bookOf(order.symbol);
      const refusal = refusalAtPlacing(book, order);
      if (refusal === undefined) book.pending.push({ order, opensToPass: book.delayBars });
      else book.refusals.push(refusalOf(order, order.decidedAt, refusal));
    },
    cancel(symbol, clientOrderId) {
      const { pending } = bookOf(symbol);
      const index = pending.findIndex(({ order }) => order.clientOrderId === clientOrderId);
      if (index < 0) return false;
      pending.splice(index, 1);
      return true;
    },
    moveStop(symbol, stopPrice) {
      const { position } = bookOf(symbol);
      if (position.quantity > 0 && position.stopPrice !== stopPrice) putTrailedStop(position, stopPrice);
    },
    cancelAll: () => books.flatMap((book) => book.pending.splice(0).map(({ order }) => order)),
    onCandle(symbolIndex, candle, events) {
      const book = books[symbolIndex];
      if (book.position.quantity > 0 || book.pending.length > 0 || book.refusals.length > 0) {
        tradeCandle(book, candle, events);
      }
      book.history.update(candle);
      book.lastClose = candle.close;
      book.lastCloseTime = candle.closeTime;
    },
    closeAtLastPrice(symbol, reason, events) {
      const book = bookOf(symbol);
      book.pending.length = 0;
      closeAtLastClose(book, reason, events);
    },
    position: (symbolIndex) => snapshot(books[symbolIndex]),
  };
}

function refuseSetup(setup: SimulatedVenueSetup): void {
  if (setup.marginMode === 'cross') {
    throw new PerpilotError(
      'CONFIG_INVALID',
      'cross margin is not simulated: positions are isolated, set margin mode isolated',
    );
  }
  const { delayBars = 0 } = setup;
  if (!(Number.isInteger(delayBars) && delayBars >= 0)) {
    throw new PerpilotError('CONFIG_INVALID', `orders cannot fill ${delayBars} bars late: a whole number from 0 on`);
  }
  const problems = setup.instruments.flatMap((instrument) => {
    const fault = instrumentFault(instrument);
    return fault === undefined ? [] : [{ message: `${instrument.symbol}: ${fault}` }];
  });
  if (problems.length > 0) throw new PerpilotError('CONFIG_INVALID', problems);
}

function tradeCandle(book: SymbolBook, candle: Candle, events: VenueEvent[]): void {
  const { position, instrument } = book;
  if (book.refusals.length > 0) events.push(...book.refusals.splice(0));
  if (position.quantity > 0) settleUntilOpen(book, candle, events);
  const isTraded = (candle.flags & FLAG_FILLED) === 0;
  if (isTraded && book.pending.length > 0) {
    if (position.quantity > 0 && opensBeyondLiquidation(position, candle.open)) exitByCandle(book, candle, events);
    fillPending(book, candle, events);
  }
  if (position.quantity === 0) return;
  if (isTraded && exitByCandle(book, candle, events)) return;
  if (book.nextStamp < candle.closeTime) {
    settleInside(book, candle, { earliest: candle.closeTime, latest: candle.closeTime, events });
  }
  if (isTraded) trailStop(position, instrument, candle);
}

/** Whether the candle ended the position. */
function exitByCandle(book: SymbolBook, candle: Candle, events: VenueEvent[]): boolean {
  const entryBar = book.position.openedAt === candle.openTime;
  const exit = matchExit(book.position, candle, entryBar);
  if (exit === undefined) return false;
  exitPosition(book, exit, { candle, entryBar, events });
  return true;
}

function snapshot(book: SymbolBook): VenuePosition | undefined {
  const { direction, quantity, entryPrice, margin, stopPrice, targetPrice, liquidationPrice } = book.position;
  if (quantity === 0) return undefined;
  return { quantity: direction * quantity, entryPrice, margin, stopPrice, targetPrice, liquidationPrice };
}
