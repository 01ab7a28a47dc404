// What are the labels of all signals of a symbol? Triple-barrier outcomes as columns.
import type { Direction } from '../domain/side.ts';
import { horizonBars, labelTrade, type LabelMarket } from './triple-barrier.ts';

/** Signals of one symbol as columns of equal length. */
export interface LabelEvents {
  readonly length: number;
  /** Bar at whose close the signal was given. */
  readonly signalIndex: Int32Array;
  /** +1 long, -1 short. */
  readonly direction: Int8Array;
  /** Width of each event's barriers, for `width: atr`; NaN: undefined, no label. */
  readonly width?: Float64Array | undefined;
}

/** Codes of `LabelColumns.barrier`. */
export const BARRIER_CODES = { none: 0, profit: 1, stop: 2, time: 3 } as const;

/** One entry per event, in the order of the events. */
export interface LabelColumns {
  readonly length: number;
  /** 1: the net return exceeds the minimum; 0: it does not; -1: undefined. */
  readonly label: Int8Array;
  /** Bars of the entry and the exit; -1 where the label is undefined. */
  readonly entryIndex: Int32Array;
  readonly exitIndex: Int32Array;
  /** Close time of the exit bar, epoch milliseconds: the outcome is known from then on. NaN where undefined. */
  readonly exitTime: Float64Array;
  /**
   * Close time of the last bar of the horizon. Data cut at S hold exactly the labels with `horizonTime <= S`, so a training
   * set cut here is the one a bot at S would have; cut at `exitTime` it holds too many fast outcomes. NaN where undefined.
   */
  readonly horizonTime: Float64Array;
  /** Net of fees, slippage and funding, as a fraction of the entry fill; NaN where undefined. */
  readonly netReturn: Float64Array;
  /** One of `BARRIER_CODES`. */
  readonly barrier: Uint8Array;
}

/** Labels every event. @throws RangeError if the barriers are multiples of a width and the events have none */
export function labelEvents(market: LabelMarket, events: LabelEvents): LabelColumns {
  const { series, params } = market;
  const { width } = events;
  if (params.width === 'atr' && width === undefined) throw new RangeError('barriers in multiples of ATR need widths');
  const horizon = horizonBars(params, series.intervalMs);
  const columns = emptyColumns(events.length);
  const closeTime = (bar: number): number => series.openTime[bar] + series.intervalMs;
  for (let index = 0; index < events.length; index += 1) {
    const direction: Direction = events.direction[index] < 0 ? -1 : 1;
    const outcome = labelTrade(market, {
      signalIndex: events.signalIndex[index],
      direction,
      width: width === undefined ? 1 : width[index],
    });
    if (outcome.kind === 'unlabelled') continue;
    columns.label[index] = outcome.label;
    columns.entryIndex[index] = outcome.entryIndex;
    columns.exitIndex[index] = outcome.exitIndex;
    columns.exitTime[index] = closeTime(outcome.exitIndex);
    columns.horizonTime[index] = closeTime(outcome.entryIndex + horizon - 1);
    columns.netReturn[index] = outcome.netReturn;
    columns.barrier[index] = BARRIER_CODES[outcome.barrier];
  }
  return columns;
}

function emptyColumns(length: number): LabelColumns {
  return {
    length,
    label: new Int8Array(length).fill(-1),
    entryIndex: new Int32Array(length).fill(-1),
    exitIndex: new Int32Array(length).fill(-1),
    exitTime: new Float64Array(length).fill(NaN),
    horizonTime: new Float64Array(length).fill(NaN),
    netReturn: new Float64Array(length).fill(NaN),
    barrier: new Uint8Array(length).fill(BARRIER_CODES.none),
  };
}
