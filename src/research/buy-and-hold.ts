// What would doing nothing have earned? One unlevered long position over the whole test span, with the same costs.
import { firstBarAtOrAfter, type CandleSeries } from '../domain/candle.ts';
import { firstStampAfter, type FundingSeries } from '../domain/funding.ts';
import { bpsToFraction } from '../domain/units.ts';
import { performance, type Performance } from './statistics/performance.ts';

export interface BuyAndHoldInput {
  readonly series: CandleSeries;
  readonly funding: FundingSeries | undefined;
  /** Test span, epoch milliseconds: bought at the first open, sold at the last close inside it. */
  readonly from: number;
  readonly to: number;
  readonly takerFeeBps: number;
  readonly slippageBps: number;
}

/** Performance of buying with all equity at the first open and selling at the last close; undefined without candles. */
export function buyAndHold(input: BuyAndHoldInput): Performance | undefined {
  const { series, funding } = input;
  const first = firstBarAtOrAfter(series, input.from);
  const last = firstBarAtOrAfter(series, input.to) - 1;
  if (first > last) return undefined;
  const fee = bpsToFraction(input.takerFeeBps);
  const slippage = bpsToFraction(input.slippageBps);
  const entry = series.open[first] * (1 + slippage);
  const points = last - first + 2;
  const time = new Float64Array(points);
  const equity = new Float64Array(points);
  time[0] = series.openTime[first];
  equity[0] = 1;
  let wallet = 1 - fee;
  let stamp = funding === undefined ? 0 : firstStampAfter(funding, time[0]);
  for (let bar = first; bar <= last; bar += 1) {
    const close = series.openTime[bar] + series.intervalMs;
    while (funding !== undefined && stamp < funding.length && funding.time[stamp] < close) {
      wallet -= (funding.rate[stamp] * series.open[bar]) / entry;
      stamp += 1;
    }
    time[bar - first + 1] = close;
    equity[bar - first + 1] = wallet + (series.close[bar] - entry) / entry;
  }
  const exit = series.close[last] * (1 - slippage);
  equity[points - 1] = wallet + (exit - entry) / entry - (fee * exit) / entry;
  return performance({ time, equity, trades: [] });
}
