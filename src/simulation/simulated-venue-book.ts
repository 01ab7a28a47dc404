// What does the simulated venue keep per symbol? Position, pending orders, funding stamps and the last price.
import type { CandleSeries } from '../domain/candle.ts';
import type { OrderRefused } from '../domain/fill.ts';
import { createFundingSchedule, stampIndexAfter, stampRate, stampTime } from '../domain/funding-due.ts';
import type { FundingSchedule } from '../domain/funding-due.ts';
import type { FundingSeries } from '../domain/funding.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { OrderIntent } from '../domain/order.ts';
import { HOUR_MS } from '../domain/time.ts';
import { slippageFraction, slippageModelOf } from './cost-model.ts';
import type { CostParams, SlippageModel } from './cost-model.ts';
import { finestFirst } from './finer-candles.ts';
import { flatPosition } from './matching.ts';
import type { HeldPosition } from './matching.ts';
import { createSlippageHistory } from './slippage-history.ts';
import type { SlippageHistory } from './slippage-history.ts';

/** Which outcome counts when a candle holds an adverse exit and the target, and nothing finer decides. */
export type Ambiguity = 'worst' | 'best';

/** An accepted order that has not filled yet. */
export interface WaitingOrder {
  readonly order: OrderIntent;
  /** Traded opens that still pass before it fills. */
  opensToPass: number;
}

/** One symbol's part of the venue. */
export interface SymbolBook {
  readonly instrument: Instrument;
  readonly costs: CostParams;
  readonly slippage: SlippageModel;
  readonly ambiguity: Ambiguity;
  readonly schedule: FundingSchedule;
  readonly history: SlippageHistory;
  readonly finer: readonly CandleSeries[];
  readonly position: HeldPosition;
  /** Traded opens that an order lets pass before it fills; 0: it fills at the next one. */
  readonly delayBars: number;
  /** Accepted orders in the order of placing. */
  readonly pending: WaitingOrder[];
  /** Refusals not reported yet. */
  readonly refusals: OrderRefused[];
  /** The next stamp that a held position has to settle; meaningless while flat. */
  stampIndex: number;
  nextStamp: number;
  /** Of the last candle; NaN before the first one. */
  lastClose: number;
  lastCloseTime: number;
}

/** What is known of a symbol before its first candle. */
export interface SymbolSetup {
  readonly costs: CostParams;
  readonly ambiguity: Ambiguity;
  readonly funding: FundingSeries | undefined;
  readonly finer: readonly CandleSeries[];
  readonly delayBars: number;
}

/** A book without position, orders and history. */
export function createSymbolBook(instrument: Instrument, setup: SymbolSetup): SymbolBook {
  const { costs, ambiguity, funding, finer, delayBars } = setup;
  return {
    instrument,
    costs,
    slippage: slippageModelOf(costs),
    ambiguity,
    schedule: createFundingSchedule(instrument.symbol, funding, costs.fundingIntervalHours * HOUR_MS),
    history: createSlippageHistory(costs.slippageWindowBars, costs.slippageAverageBars),
    finer: finestFirst(finer),
    position: flatPosition(),
    delayBars,
    pending: [],
    refusals: [],
    stampIndex: 0,
    nextStamp: Infinity,
    lastClose: NaN,
    lastCloseTime: NaN,
  };
}

/**
 * Slippage of a market order of `quantity` base units at `time`, as a fraction: from candles that closed before the running
 * one, so neither the candle of the fill nor any later one matters.
 */
export function slippageNow(book: SymbolBook, quantity: number, time: number): number {
  return slippageFraction(book.slippage, book.history.market(quantity, time));
}

/** A position opened at `time` settles the stamps after it. */
export function aimAtStampAfter(book: SymbolBook, time: number): void {
  book.stampIndex = stampIndexAfter(book.schedule, time);
  book.nextStamp = stampTime(book.schedule, book.stampIndex);
}

/** The rate of the stamp at hand, then on to the next one. */
export function takeStamp(book: SymbolBook): number {
  const rate = stampRate(book.schedule, book.stampIndex);
  book.stampIndex += 1;
  book.nextStamp = stampTime(book.schedule, book.stampIndex);
  return rate;
}
