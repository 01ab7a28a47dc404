// What can a meta-model learn from? Every close at which the primary signal spoke, with its features and how the trade ended.
import { createCandleView, FLAG_FILLED, loadCandle, type CandleSeries } from '../domain/candle.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { createFundingSchedule, fundingDue } from '../domain/funding-due.ts';
import { HOUR_MS } from '../domain/time.ts';
import { bpsToFraction } from '../domain/units.ts';
import type { Matrix } from '../learning/matrix.ts';
import type { CostParams } from '../simulation/cost-model.ts';
import { labelEvents, type LabelColumns } from '../strategy/label-events.ts';
import type { FundingView, Strategy } from '../strategy/strategy.ts';
import { atrWidths, type LabelingParams } from '../strategy/triple-barrier.ts';

/** One symbol's samples in rising time; `x`, `time`, `direction` and `labels` have one entry per sample. */
export interface Dataset {
  readonly symbol: string;
  readonly schemaHash: string;
  readonly names: readonly string[];
  /** Candles the samples were taken from, and the length of each, milliseconds. */
  readonly bars: number;
  readonly intervalMs: number;
  /** Per candle: its close, and 1 where the strategy could decide then. */
  readonly closeTime: Float64Array;
  readonly ready: Uint8Array;
  /** Candles that the strategy needs, without a hole, before it is ready. */
  readonly warmupBars: number;
  /** Samples × `names.length`; NaN: undefined. */
  readonly x: Matrix;
  /** Decision time: close of the candle the signal was given at, epoch milliseconds. */
  readonly time: Float64Array;
  /** +1 long, -1 short. */
  readonly direction: Int8Array;
  readonly labels: LabelColumns;
}

export interface DatasetInput {
  readonly series: CandleSeries;
  /** Undefined: no history at all. */
  readonly funding: FundingSeries | undefined;
  readonly strategy: Strategy;
  readonly labeling: LabelingParams;
  readonly costs: CostParams;
  /** Bars of the ATR that scales the barriers when `labeling.width` is `atr`. */
  readonly atrPeriod: number;
}

/**
 * Walks the whole series once through the strategy; a sample is a close at which it was ready and its signal spoke.
 * Features at a close know nothing later; the label belongs to a trade entered at the next open. A label has no order size:
 * it pays the base slippage, without the impact of a size.
 */
export function buildDataset(input: DatasetInput): Dataset {
  const { series, strategy } = input;
  const samples = collectSamples(input);
  const { signalIndex, direction } = samples;
  const events = { length: signalIndex.length, signalIndex, direction, width: widthsAt(input, signalIndex) };
  return {
    symbol: series.symbol,
    schemaHash: strategy.schemaHash,
    names: strategy.rowNames,
    bars: series.length,
    intervalMs: series.intervalMs,
    closeTime: series.openTime.map((open) => open + series.intervalMs),
    ready: samples.ready,
    warmupBars: strategy.warmupBars,
    x: { rows: signalIndex.length, columns: strategy.rowNames.length, values: samples.values },
    time: Float64Array.from(signalIndex, (index) => series.openTime[index] + series.intervalMs),
    direction,
    labels: labelEvents(marketOf(input), events),
  };
}

interface Samples {
  readonly values: Float64Array<ArrayBuffer>;
  readonly signalIndex: Int32Array;
  readonly direction: Int8Array;
  readonly ready: Uint8Array;
}

function collectSamples({ series, funding, strategy }: DatasetInput): Samples {
  const columns = strategy.rowNames.length;
  const symbol = strategy.create({ barMs: series.intervalMs, hasFunding: funding !== undefined });
  const view = createCandleView();
  const known: FundingView = { rate: NaN, previousRate: NaN, time: NaN };
  const signalIndex = new Int32Array(series.length);
  const direction = new Int8Array(series.length);
  const ready = new Uint8Array(series.length);
  let values = new Float64Array(columns * 1024);
  let count = 0;
  let stamp = 0;
  for (let index = 0; index < series.length; index += 1) {
    loadCandle(view, series, index);
    if (funding !== undefined) stamp = advanceFunding(known, funding, { stamp, until: view.closeTime });
    symbol.update(view, known);
    if (!symbol.ready || (view.flags & FLAG_FILLED) !== 0) continue;
    ready[index] = 1;
    const { signal } = symbol;
    if (signal === 0) continue;
    if ((count + 1) * columns > values.length) values = grown(values);
    symbol.writeRow(signal, values, count * columns);
    signalIndex[count] = index;
    direction[count] = signal;
    count += 1;
  }
  return {
    values: values.slice(0, count * columns),
    signalIndex: signalIndex.slice(0, count),
    direction: direction.slice(0, count),
    ready,
  };
}

/** Moves what is known of funding on to the last stamp at or before `until`; returns the number of the next one. */
function advanceFunding(known: FundingView, history: FundingSeries, from: { stamp: number; until: number }): number {
  let { stamp } = from;
  for (; stamp < history.length && history.time[stamp] <= from.until; stamp += 1) {
    known.previousRate = known.rate;
    known.rate = history.rate[stamp];
    known.time = history.time[stamp];
  }
  return stamp;
}

function widthsAt({ series, labeling, atrPeriod }: DatasetInput, signalIndex: Int32Array): Float64Array | undefined {
  if (labeling.width === 'fixed') return undefined;
  const widths = atrWidths(series, atrPeriod);
  return Float64Array.from(signalIndex, (index) => widths[index]);
}

/**
 * Labels pay what a trade pays: taker fees and base slippage on both sides, and every funding stamp that is due. Where a
 * missing rate is an error for a trade, it leaves a label undefined.
 */
function marketOf({ series, funding, labeling, costs }: DatasetInput): Parameters<typeof labelEvents>[0] {
  const schedule = createFundingSchedule(series.symbol, funding, costs.fundingIntervalHours * HOUR_MS);
  const first = series.length === 0 ? 0 : series.openTime[0];
  const last = series.length === 0 ? 0 : series.openTime[series.length - 1] + series.intervalMs;
  const due = fundingDue(schedule, first, last);
  return {
    series,
    funding: {
      symbol: series.symbol,
      length: due.length,
      time: Float64Array.from(due, (stamp) => stamp.time),
      rate: Float64Array.from(due, (stamp) => stamp.rate),
    },
    params: labeling,
    costs: {
      takerFee: bpsToFraction(costs.takerFeeBps),
      slippage: bpsToFraction(costs.slippageBps),
      missingFundingRate: costs.missingFunding === 'fail' ? NaN : bpsToFraction(costs.missingFundingBps),
    },
  };
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
