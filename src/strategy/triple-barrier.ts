// What would one trade on a signal have earned? Triple barriers on OHLC, net of fees, slippage and funding (AFML ch. 3).
import { barExit, type BarExit, type RestingExits } from '../domain/bar-exit.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START, type CandleSeries } from '../domain/candle.ts';
import { firstStampAfter, type FundingSeries } from '../domain/funding.ts';
import type { Direction } from '../domain/side.ts';
import { HOUR_MS } from '../domain/time.ts';
import { createAtr } from '../indicators/atr.ts';

/** Settings of section `labeling`. */
export interface LabelingParams {
  /** Fraction of the entry fill, or multiples of the event's width; 0: no such barrier. */
  readonly profitBarrier: number;
  readonly stopBarrier: number;
  /** `atr`: every event has a width known at its signal, ATR over price. */
  readonly width: 'fixed' | 'atr';
  /** Bars are counted from the entry bar on, that bar included. */
  readonly horizonHours: number;
  /** A label is 1 only above this net return. */
  readonly minNetReturn: number;
}

/** What a trade pays, the same for every event. Fractions, positive = cost. */
export interface LabelCosts {
  /** Fee of each side on its own fill. */
  readonly takerFee: number;
  /** How far each fill lies away from its price, against us. */
  readonly slippage: number;
  /** Charged for a stamp whose rate is NaN, whatever the side; NaN: such a label is undefined. */
  readonly missingFundingRate: number;
}

/** What labels are made from. */
export interface LabelMarket {
  readonly series: CandleSeries;
  /** Every stamp that was due, with rate NaN where it is not known; undefined: the contract has no funding. */
  readonly funding: FundingSeries | undefined;
  /** Mark price per stamp; undefined: the open of the bar the stamp falls in. */
  readonly fundingMarks?: Float64Array | undefined;
  readonly params: LabelingParams;
  readonly costs: LabelCosts;
}

export type Barrier = 'profit' | 'stop' | 'time';

/** The barriers of an event; undefined: switched off, or the entry lies outside the data. */
export interface Barriers {
  readonly entryPrice: number | undefined;
  readonly targetPrice: number | undefined;
  readonly stopPrice: number | undefined;
}

export interface Labelled extends Barriers {
  readonly kind: 'labelled';
  readonly label: 0 | 1;
  readonly barrier: Barrier;
  /** `both`: stop and target lay in one bar and the stop was taken. */
  readonly how: 'touch' | 'gap' | 'both' | 'horizon';
  readonly entryIndex: number;
  readonly exitIndex: number;
  /** Before slippage. */
  readonly exitPrice: number;
  /** Fractions of the entry fill: gross after slippage; fees and funding positive = paid; net = gross - fees - funding. */
  readonly grossReturn: number;
  readonly fees: number;
  readonly funding: number;
  readonly netReturn: number;
}

export type UnlabelledReason =
  | 'entry-out-of-range'
  | 'insufficient-horizon'
  | 'segment-border'
  | 'filled-bar'
  | 'undefined-width'
  | 'undefined-price'
  | 'undefined-funding';

export interface Unlabelled extends Barriers {
  readonly kind: 'unlabelled';
  readonly reason: UnlabelledReason;
}

export type LabelOutcome = Labelled | Unlabelled;

/** The horizon in bars of `series`, at least one. */
export const horizonBars = (params: LabelingParams, intervalMs: number): number =>
  Math.max(1, Math.round((params.horizonHours * HOUR_MS) / intervalMs));

/**
 * Labels the trade that a signal at the close of bar `signalIndex` leads to: entry at the open of the next bar, barriers
 * hung on that fill, bar by bar the shared exit rule, else the close of the last bar of the horizon. `width` scales both
 * barriers (1 for fixed ones). Without a complete horizon inside one segment there is no label, even if a barrier was
 * touched: keeping only early touches would over-sample fast outcomes.
 */
export function labelTrade(
  market: LabelMarket,
  event: { readonly signalIndex: number; readonly direction: Direction; readonly width: number },
): LabelOutcome {
  const { series } = market;
  const { profitBarrier, stopBarrier } = market.params;
  const { direction, width } = event;
  const entryIndex = event.signalIndex + 1;
  if (entryIndex < 0 || entryIndex >= series.length) return unlabelled('entry-out-of-range');
  if (Number.isNaN(width)) return unlabelled('undefined-width');
  const entryPrice = series.open[entryIndex] * (1 + direction * market.costs.slippage);
  const barriers: Barriers = {
    entryPrice,
    targetPrice: profitBarrier === 0 ? undefined : entryPrice * (1 + direction * (profitBarrier * width)),
    stopPrice: stopBarrier === 0 ? undefined : entryPrice * (1 - direction * (stopBarrier * width)),
  };
  const lastIndex = entryIndex + horizonBars(market.params, series.intervalMs) - 1;
  const obstacle = obstacleTo(series, entryIndex, lastIndex);
  if (obstacle !== undefined) return unlabelled(obstacle, barriers);
  const exit = firstExit(series, { ...barriers, direction, entryIndex, lastIndex });
  if ((series.flags[exit.index] & FLAG_FILLED) !== 0) return unlabelled('filled-bar', barriers);
  return settle(market, { direction, entryIndex, entryPrice, exit }, barriers);
}

const NO_BARRIERS: Barriers = { entryPrice: undefined, targetPrice: undefined, stopPrice: undefined };

const unlabelled = (reason: UnlabelledReason, barriers = NO_BARRIERS): Unlabelled => ({
  kind: 'unlabelled',
  reason,
  ...barriers,
});

function obstacleTo(series: CandleSeries, entryIndex: number, lastIndex: number): UnlabelledReason | undefined {
  if (lastIndex >= series.length) return 'insufficient-horizon';
  if ((series.flags[entryIndex] & FLAG_FILLED) !== 0) return 'filled-bar';
  if (entryIndex > 0 && (series.flags[entryIndex - 1] & FLAG_FILLED) !== 0) return 'filled-bar';
  for (let index = Math.max(1, entryIndex); index <= lastIndex; index += 1) {
    if ((series.flags[index] & FLAG_SEGMENT_START) !== 0) return 'segment-border';
  }
  return undefined;
}

interface Exit {
  readonly index: number;
  readonly price: number;
  readonly barrier: Barrier;
  readonly how: Labelled['how'];
}

const howOf = (exit: BarExit): Labelled['how'] => (exit.ambiguous ? 'both' : exit.how);

function firstExit(
  series: CandleSeries,
  trade: Barriers & { readonly direction: Direction; readonly entryIndex: number; readonly lastIndex: number },
): Exit {
  const { direction, entryIndex, lastIndex, stopPrice, targetPrice } = trade;
  const exits: RestingExits = { direction, stopPrice, targetPrice, liquidationPrice: undefined };
  const bar = { open: NaN, high: NaN, low: NaN };
  for (let index = entryIndex; index <= lastIndex; index += 1) {
    bar.open = series.open[index];
    bar.high = series.high[index];
    bar.low = series.low[index];
    const exit = barExit(exits, bar, index === entryIndex);
    if (exit !== undefined) {
      return { index, price: exit.price, barrier: exit.kind === 'target' ? 'profit' : 'stop', how: howOf(exit) };
    }
  }
  return { index: lastIndex, price: series.close[lastIndex], barrier: 'time', how: 'horizon' };
}

interface Held {
  readonly direction: Direction;
  readonly entryIndex: number;
  readonly entryPrice: number;
  readonly exit: Exit;
}

function settle(market: LabelMarket, held: Held, barriers: Barriers): LabelOutcome {
  const { direction, entryIndex, entryPrice, exit } = held;
  const exitFill = exit.price * (1 - direction * market.costs.slippage);
  const grossReturn = (direction * (exitFill - entryPrice)) / entryPrice;
  const fees = market.costs.takerFee * (1 + exitFill / entryPrice);
  const funding = fundingPaid(market, held) / entryPrice;
  const netReturn = grossReturn - fees - funding;
  if (Number.isNaN(netReturn)) {
    return unlabelled(Number.isNaN(funding) ? 'undefined-funding' : 'undefined-price', barriers);
  }
  return {
    kind: 'labelled',
    ...barriers,
    label: netReturn > market.params.minNetReturn ? 1 : 0,
    barrier: exit.barrier,
    how: exit.how,
    entryIndex,
    exitIndex: exit.index,
    exitPrice: exit.price,
    grossReturn,
    fees,
    funding,
    netReturn,
  };
}

/**
 * Quote currency paid per base unit: sum of direction × rate × mark over the stamps after the entry's open and before the
 * exit. A stamp at the very instant of the entry or of a bar's open falls before the fill there. Inside the bar of a touch
 * nobody knows whether the position was still held: it pays but does not receive. NaN: a rate is missing without a charge.
 */
function fundingPaid({ series, funding, fundingMarks, costs }: LabelMarket, held: Held): number {
  if (funding === undefined) return 0;
  const { direction, entryIndex, exit } = held;
  const exitOpen = series.openTime[exit.index];
  const end = exit.how === 'gap' ? exitOpen : exitOpen + series.intervalMs - 1;
  const doubtful = exit.barrier === 'time' ? Infinity : exitOpen;
  let bar = entryIndex;
  let paid = 0;
  for (let stamp = firstStampAfter(funding, series.openTime[entryIndex]); stamp < funding.length; stamp += 1) {
    const time = funding.time[stamp];
    if (time > end) break;
    while (bar < exit.index && series.openTime[bar + 1] <= time) bar += 1;
    const mark = fundingMarks === undefined ? series.open[bar] : fundingMarks[stamp];
    const rate = funding.rate[stamp];
    const payment = mark * (Number.isNaN(rate) ? costs.missingFundingRate : direction * rate);
    if (!(time > doubtful && payment < 0)) paid += payment;
  }
  return paid;
}

/** ATR over close at every bar of `series`: the widths for `width: atr`. NaN while undefined and on filled bars. */
export function atrWidths(series: CandleSeries, period: number): Float64Array {
  const widths = new Float64Array(series.length).fill(NaN);
  let atr = createAtr(period);
  for (let index = 0; index < series.length; index += 1) {
    if ((series.flags[index] & FLAG_SEGMENT_START) !== 0) atr = createAtr(period);
    if ((series.flags[index] & FLAG_FILLED) !== 0) continue;
    widths[index] = atr.update(series.high[index], series.low[index], series.close[index]) / series.close[index];
  }
  return widths;
}
