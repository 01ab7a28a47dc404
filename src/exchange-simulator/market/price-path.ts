// Which way does the price take through a candle? Straight lines over thirds of it, so that every moment has a price.
import type { Candle, CandleSeries } from '../../domain/candle.ts';
import { createCandleView, firstBarAtOrAfter, loadCandle } from '../../domain/candle.ts';
import { roundToTick } from '../../domain/instrument.ts';
import type { Instrument } from '../../domain/instrument.ts';

/** Points in rising time between which the price moves evenly. The last point is 1 ms before the close. */
export interface PricePath {
  readonly time: Float64Array;
  readonly price: Float64Array;
}

const POINTS = 4;

/**
 * The path of a candle. A candle that rises goes open, low, high, close; one that falls goes open, high, low, close; each way
 * takes a third of its time. Finer candles that fill it without a hole and agree with its four prices make the path
 * instead, the finest that do; then it jumps where one of them opens away from the close before.
 */
export function pathOf(candle: Candle, finer: readonly CandleSeries[]): PricePath {
  const grain = grainOf(candle, finer);
  if (grain === undefined) {
    const path = emptyPath(1);
    writeLegs(path, 0, candle);
    return path;
  }
  const { series, first, count } = grain;
  const path = emptyPath(count);
  const view = createCandleView();
  for (let index = 0; index < count; index += 1) {
    loadCandle(view, series, first + index);
    writeLegs(path, index, view);
  }
  return path;
}

/** Bars `first` to `first + count` of `series`. */
export interface BarSpan {
  readonly series: CandleSeries;
  readonly first: number;
  readonly count: number;
}

/** The finest stored candles that make the path of `candle`; undefined: there are none that fill it and agree with it. */
export function grainOf(candle: Candle, finer: readonly CandleSeries[]): BarSpan | undefined {
  for (const series of finer) {
    if (series.intervalMs >= candle.closeTime - candle.openTime) continue;
    const span = spanOf(series, candle.openTime, candle.closeTime);
    if (span !== undefined && agrees(span, candle)) return span;
  }
  return undefined;
}

/** The bars of `series` from `from` to `until`; undefined when they do not fill that time without a hole. */
export function spanOf(series: CandleSeries, from: number, until: number): BarSpan | undefined {
  const count = (until - from) / series.intervalMs;
  const first = firstBarAtOrAfter(series, from);
  if (!Number.isInteger(count) || first + count > series.length) return undefined;
  for (let index = 0; index < count; index += 1) {
    if (series.openTime[first + index] !== from + index * series.intervalMs) return undefined;
  }
  return { series, first, count };
}

function agrees({ series, first, count }: BarSpan, candle: Candle): boolean {
  let high = -Infinity;
  let low = Infinity;
  for (let index = first; index < first + count; index += 1) {
    high = Math.max(high, series.high[index]);
    low = Math.min(low, series.low[index]);
  }
  const isSameBody = series.open[first] === candle.open && series.close[first + count - 1] === candle.close;
  return isSameBody && high === candle.high && low === candle.low;
}

function emptyPath(bars: number): PricePath {
  return { time: new Float64Array(bars * POINTS), price: new Float64Array(bars * POINTS) };
}

function writeLegs(path: PricePath, bar: number, candle: Candle): void {
  const { openTime, closeTime, open, high, low, close } = candle;
  const third = Math.floor((closeTime - openTime) / 3);
  const isRising = close >= open;
  const at = bar * POINTS;
  path.time[at] = openTime;
  path.time[at + 1] = openTime + third;
  path.time[at + 2] = openTime + 2 * third;
  path.time[at + 3] = closeTime - 1;
  path.price[at] = open;
  path.price[at + 1] = isRising ? low : high;
  path.price[at + 2] = isRising ? high : low;
  path.price[at + 3] = close;
}

/** Index of the last point at or before `time`. */
function pointBefore(path: PricePath, time: number): number {
  let low = 0;
  let high = path.time.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (path.time[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The price at `time`, not rounded. Before the path its first price, after it its last. */
export function exactPriceAt(path: PricePath, time: number): number {
  const at = pointBefore(path, time);
  const start = path.time[at];
  const price = path.price[at];
  if (time <= start || at + 1 === path.time.length) return price;
  return price + ((path.price[at + 1] - price) * (time - start)) / (path.time[at + 1] - start);
}

/** The price at `time` on the tick grid; stored prices stay as they are. */
export function priceAt(path: PricePath, time: number, instrument: Instrument): number {
  const at = pointBefore(path, time);
  if (time <= path.time[at] || at + 1 === path.time.length) return path.price[at];
  const a = path.price[at];
  const b = path.price[at + 1];
  const rounded = roundToTick(instrument, exactPriceAt(path, time), 'nearest');
  return Math.min(Math.max(rounded, Math.min(a, b)), Math.max(a, b));
}

/** Highest and lowest price from `from` to `until`, both included. */
export function rangeOf(
  path: PricePath,
  span: { readonly from: number; readonly until: number },
  instrument: Instrument,
): { readonly high: number; readonly low: number } {
  const first = priceAt(path, span.from, instrument);
  const last = priceAt(path, span.until, instrument);
  let high = Math.max(first, last);
  let low = Math.min(first, last);
  for (let at = pointBefore(path, span.from) + 1; at < path.time.length && path.time[at] <= span.until; at += 1) {
    high = Math.max(high, path.price[at]);
    low = Math.min(low, path.price[at]);
  }
  return { high, low };
}

/** The first whole millisecond after `after` at which the path is at or above `level` (`up`) or at or below it; Infinity: never. */
export function firstReach(path: PricePath, level: number, way: 'up' | 'down', after: number): number {
  const sign = way === 'up' ? 1 : -1;
  const reached = (price: number): boolean => sign * (price - level) >= 0;
  const { time, price } = path;
  for (let at = pointBefore(path, after); at + 1 < time.length; at += 1) {
    const start = Math.max(time[at], after + 1);
    const end = time[at + 1];
    if (start > end) continue;
    if (reached(exactPriceAt(path, start))) return start;
    if (!reached(price[at + 1])) continue;
    const share = (level - price[at]) / (price[at + 1] - price[at]);
    let moment = Math.min(end, Math.max(start + 1, Math.ceil(time[at] + share * (end - time[at]))));
    while (moment - 1 > start && reached(exactPriceAt(path, moment - 1))) moment -= 1;
    while (moment < end && !reached(exactPriceAt(path, moment))) moment += 1;
    return moment;
  }
  return Infinity;
}
