// Did the entries know anything? The trades' mean net return against entries at random bars with the same sides and holding times.
import { firstBarAtOrAfter, type CandleSeries } from '../domain/candle.ts';
import { firstStampAfter, type FundingSeries } from '../domain/funding.ts';
import type { Random } from '../domain/random.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import { quantile } from './statistics/quantile.ts';

export interface RandomEntryInput {
  readonly series: CandleSeries;
  readonly funding: FundingSeries | undefined;
  readonly trades: readonly RoundTrip[];
  /** Test span that random entries are drawn from, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Fee and slippage of both sides together, as a fraction of the entry value. */
  readonly roundTripCost: number;
  readonly draws: number;
  readonly random: Random;
}

/** Mean net returns per trade as fractions of the entry value. */
export interface RandomEntryBaseline {
  readonly actual: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Share of draws at least as good as the trades: (1 + count) / (1 + draws). */
  readonly pValue: number;
}

/**
 * Redraws every trade at a uniformly random open of the test span, with its own side and number of bars, paying the
 * same costs and real funding. No stops: this asks about timing alone. Undefined without trades.
 */
export function randomEntries(input: RandomEntryInput): RandomEntryBaseline | undefined {
  const { series, trades, draws } = input;
  const first = firstBarAtOrAfter(series, input.from);
  const last = firstBarAtOrAfter(series, input.to) - 1;
  if (trades.length === 0 || last <= first) return undefined;
  const actual = mean(trades.map((trade) => trade.netPnl / (trade.entryPrice * trade.quantity)));
  const bars = trades.map((trade) => Math.max(1, Math.round((trade.exitTime - trade.entryTime) / series.intervalMs)));
  const means = new Float64Array(draws);
  let asGood = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    for (let index = 0; index < trades.length; index += 1) {
      const held = Math.min(bars[index], last - first);
      const entry = first + input.random.below(last - first - held + 1);
      sum += netReturn(input, trades[index].direction, entry, entry + held);
    }
    means[draw] = sum / trades.length;
    if (means[draw] >= actual) asGood += 1;
  }
  return {
    actual,
    mean: mean(Array.from(means)),
    low: quantile(means, 0.05) ?? NaN,
    high: quantile(means, 0.95) ?? NaN,
    pValue: (1 + asGood) / (1 + draws),
  };
}

function netReturn(
  { series, funding, roundTripCost }: RandomEntryInput,
  direction: number,
  entry: number,
  exit: number,
): number {
  const price = series.open[entry];
  let net = (direction * (series.open[exit] - price)) / price - roundTripCost;
  if (funding === undefined) return net;
  const closed = series.openTime[exit];
  for (
    let stamp = firstStampAfter(funding, series.openTime[entry]);
    stamp < funding.length && funding.time[stamp] <= closed;
    stamp += 1
  ) {
    net -= direction * funding.rate[stamp];
  }
  return net;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
