// What would doing nothing have earned? One unlevered long position over the whole test span, with the same costs.
import { firstBarAtOrAfter, type CandleSeries } from '../domain/candle.ts';
import type { FundingSchedule } from '../domain/funding-due.ts';
import { stampIndexAfter, stampTime } from '../domain/funding-due.ts';
import { rateOrCharge, type BaselineCosts } from './baseline-costs.ts';
import { performance, type Performance } from './statistics/performance.ts';

export interface BuyAndHoldInput {
  readonly series: CandleSeries;
  readonly funding: FundingSchedule;
  /** Test span, epoch milliseconds: bought at the first open, sold at the last close inside it. */
  readonly from: number;
  readonly to: number;
  readonly costs: BaselineCosts;
}

/** What holding earned, and what of it was the price. */
export interface BuyAndHold extends Performance {
  /** Last close over first open, less one: without funding, fees and slippage. */
  readonly priceChange: number;
}

/** One quote unit at the start and at every close, as it stands with all costs; columns of equal length. */
export interface HoldCurve {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly priceChange: number;
}

/** Performance of `holdCurve`; undefined where it is. */
export function buyAndHold(input: BuyAndHoldInput): BuyAndHold | undefined {
  const curve = holdCurve(input);
  return curve === undefined ? undefined : heldAs(curve);
}

/** One quote unit in equal parts over `curves`, each bought when its symbol's begins and in cash before and after; at least one. */
export function holdTogether(curves: readonly HoldCurve[]): BuyAndHold {
  const time = Float64Array.from(new Set(curves.flatMap((curve) => Array.from(curve.time)))).sort();
  const equity = new Float64Array(time.length);
  for (const curve of curves) {
    let at = -1;
    for (let point = 0; point < time.length; point += 1) {
      while (at + 1 < curve.time.length && curve.time[at + 1] <= time[point]) at += 1;
      equity[point] += (at < 0 ? 1 : curve.equity[at]) / curves.length;
    }
  }
  const priceChange = curves.reduce((sum, curve) => sum + curve.priceChange, 0) / curves.length;
  return heldAs({ time, equity, priceChange });
}

function heldAs({ time, equity, priceChange }: HoldCurve): BuyAndHold {
  return { ...performance({ time, equity, trades: [] }), priceChange };
}

/**
 * One quote unit put into the first open and sold at the last close. Fees and slippage on both sides, and
 * every funding stamp in (bought, sold] at the price of its moment. Undefined without candles, or where a rate is missing
 * and has no charge.
 */
export function holdCurve({ series, funding, from, to, costs }: BuyAndHoldInput): HoldCurve | undefined {
  const first = firstBarAtOrAfter(series, from);
  const last = firstBarAtOrAfter(series, to) - 1;
  if (first > last) return undefined;
  const entry = series.open[first] * (1 + costs.slippage);
  const points = last - first + 2;
  const time = new Float64Array(points);
  const equity = new Float64Array(points);
  time[0] = series.openTime[first];
  equity[0] = 1;
  let wallet = 1 - costs.fee;
  let stamp = stampIndexAfter(funding, time[0]);
  for (let bar = first; bar <= last; bar += 1) {
    const close = series.openTime[bar] + series.intervalMs;
    for (; stampTime(funding, stamp) < close; stamp += 1) {
      wallet -= (rateOrCharge(funding, stamp, 1, costs) * series.open[bar]) / entry;
    }
    time[bar - first + 1] = close;
    equity[bar - first + 1] = wallet + (series.close[bar] - entry) / entry;
  }
  if (stampTime(funding, stamp) === time[points - 1]) {
    wallet -= (rateOrCharge(funding, stamp, 1, costs) * series.close[last]) / entry;
  }
  const exit = series.close[last] * (1 - costs.slippage);
  equity[points - 1] = wallet + (exit - entry) / entry - (costs.fee * exit) / entry;
  if (Number.isNaN(wallet)) return undefined;
  const priceChange = series.close[last] / series.open[first] - 1;
  return { time, equity, priceChange };
}
