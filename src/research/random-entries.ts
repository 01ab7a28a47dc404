// Did the entries know anything? The trades' mean net return against entries at random bars with the same sides and holding times.
import { firstBarAtOrAfter, type CandleSeries } from '../domain/candle.ts';
import { stampIndexAfter, stampTime, type FundingSchedule } from '../domain/funding-due.ts';
import type { Random } from '../domain/random.ts';
import type { Direction } from '../domain/side.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import { rateOrCharge, type BaselineCosts } from './baseline-costs.ts';
import { mean } from './statistics/moments.ts';
import { quantile } from './statistics/quantile.ts';

export interface RandomEntryInput {
  readonly series: CandleSeries;
  readonly funding: FundingSchedule;
  readonly trades: readonly RandomEntryTrade[];
  /** Test span that random entries are drawn from, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly costs: BaselineCosts;
  readonly draws: number;
  readonly random: Random;
}

/** What is redrawn of a trade, and what it earned. */
export type RandomEntryTrade = Pick<
  RoundTrip,
  'direction' | 'entryTime' | 'exitTime' | 'entryPrice' | 'quantity' | 'netPnl'
>;

/** Mean net returns per trade as fractions of the entry value. */
export interface RandomEntryBaseline {
  readonly actual: number;
  readonly mean: number;
  /** 5 % and 95 % quantile of the draws. */
  readonly low: number;
  readonly high: number;
  /** Share of draws at least as good as the trades: (1 + count) / (1 + draws). */
  readonly pValue: number;
}

/**
 * Redraws every trade at a uniformly random open of the test span, with its own side and number of bars, from open to
 * open, paying the same costs and real funding. No stops: this asks about timing alone. Undefined without trades or
 * candles, or where a missing funding rate has no charge.
 */
export function randomEntries(input: RandomEntryInput): RandomEntryBaseline | undefined {
  const { series, trades, draws } = input;
  const first = firstBarAtOrAfter(series, input.from);
  const last = firstBarAtOrAfter(series, input.to) - 1;
  if (last <= first) return undefined;
  const actual = mean(trades.map((trade) => trade.netPnl / (trade.entryPrice * trade.quantity)));
  if (actual === undefined) return undefined;
  const bars = trades.map((trade) => Math.max(1, Math.round((trade.exitTime - trade.entryTime) / series.intervalMs)));
  const means = new Float64Array(draws);
  let asGood = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    for (let index = 0; index < trades.length; index += 1) {
      const held = Math.min(bars[index], last - first);
      const entry = first + input.random.below(last - first - held + 1);
      sum += netReturn(input, trades[index].direction, { entry, exit: entry + held });
    }
    means[draw] = sum / trades.length;
    if (means[draw] >= actual) asGood += 1;
  }
  const centre = mean(means);
  const low = quantile(means, 0.05);
  const high = quantile(means, 0.95);
  if (centre === undefined || low === undefined || high === undefined || Number.isNaN(centre)) return undefined;
  return { actual, mean: centre, low, high, pValue: (1 + asGood) / (1 + draws) };
}

/** From the open of bar `entry` to the open of bar `exit`, with funding at the stamps in between, the exit's own included. */
function netReturn(
  { series, funding, costs }: RandomEntryInput,
  direction: Direction,
  { entry, exit }: { readonly entry: number; readonly exit: number },
): number {
  const price = series.open[entry];
  const closed = series.openTime[exit];
  let net = (direction * (series.open[exit] - price)) / price - 2 * (costs.fee + costs.slippage);
  for (let stamp = stampIndexAfter(funding, series.openTime[entry]); stampTime(funding, stamp) <= closed; stamp += 1) {
    net -= rateOrCharge(funding, stamp, direction, costs);
  }
  return net;
}
