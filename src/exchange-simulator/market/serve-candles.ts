// Which candles does the exchange show? Stored ones as they are, longer ones summed from them, shorter ones cut out of the price path.
import { createCandleView, firstBarAtOrAfter, loadCandle } from '../../domain/candle.ts';
import type { Candle, CandleSeries } from '../../domain/candle.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { ServedCandle } from '../core/exchange.ts';
import { cutCandle, volumeBetween } from './cut-candle.ts';
import { grainOf, pathOf, rangeOf, spanOf } from './price-path.ts';
import type { BarSpan } from './price-path.ts';
import { lastPriceAt, pathNow } from './replay.ts';
import type { Replay } from './replay.ts';

/** Open time of the candle of `intervalMs` that holds `time`: whole multiples since the epoch. */
export const bucketAt = (time: number, intervalMs: number): number => Math.floor(time / intervalMs) * intervalMs;

/** Candles of a length that open from `from` to `until`, both included, as far as they have begun at `now`. */
export function servedCandles(
  replay: Replay,
  instrument: Instrument,
  range: { readonly intervalMs: number; readonly from: number; readonly until: number; readonly now: number },
): ServedCandle[] {
  const { intervalMs, now } = range;
  const { series } = replay;
  if (series.length === 0 || !fits(series.intervalMs, intervalMs)) return [];
  const served: ServedCandle[] = [];
  const first = Math.max(range.from, bucketAt(series.openTime[0], intervalMs));
  const last = Math.min(range.until, now);
  for (let openTime = Math.ceil(first / intervalMs) * intervalMs; openTime <= last; openTime += intervalMs) {
    const candle =
      openTime + intervalMs <= now
        ? closedCandle(replay, instrument, { openTime, intervalMs })
        : runningCandle(replay, instrument, { openTime, intervalMs, now });
    if (candle !== undefined) served.push(candle);
  }
  return served;
}

/** Whether candles of one length can be made of those of another. */
function fits(storedMs: number, intervalMs: number): boolean {
  return intervalMs > 0 && (storedMs % intervalMs === 0 || intervalMs % storedMs === 0);
}

/** The candle of a bucket that is over; undefined: a part of it is missing. */
export function closedCandle(
  replay: Replay,
  instrument: Instrument,
  bucket: { readonly openTime: number; readonly intervalMs: number },
): ServedCandle | undefined {
  const { openTime, intervalMs } = bucket;
  const { series, finer } = replay;
  const closeTime = openTime + intervalMs;
  if (intervalMs >= series.intervalMs) {
    const span = spanOf(series, openTime, closeTime);
    if (span === undefined) return undefined;
    const revision = intervalMs === series.intervalMs ? replay.revisions.get(openTime) : undefined;
    return { ...summed(span), ...revision, interpolated: false, running: false };
  }
  for (const stored of coarsestFirst(finer)) {
    if (intervalMs % stored.intervalMs !== 0) continue;
    const span = spanOf(stored, openTime, closeTime);
    if (span !== undefined) return { ...summed(span), interpolated: false, running: false };
  }
  const whole = candleAround(series, openTime);
  if (whole === undefined) return undefined;
  const cut = cutFrom(whole, finer, { from: openTime, until: closeTime, instrument });
  return { ...cut, interpolated: true, running: false };
}

function coarsestFirst(finer: readonly CandleSeries[]): CandleSeries[] {
  return [...finer].sort((a, b) => b.intervalMs - a.intervalMs);
}

/** One candle of several that follow each other; of one, the same. */
function summed({ series, first, count }: BarSpan): Candle {
  const candle = createCandleView();
  loadCandle(candle, series, first);
  candle.closeTime = candle.openTime + count * series.intervalMs;
  for (let index = first + 1; index < first + count; index += 1) {
    candle.high = Math.max(candle.high, series.high[index]);
    candle.low = Math.min(candle.low, series.low[index]);
    candle.close = series.close[index];
    candle.volume += series.volume[index];
    candle.flags &= series.flags[index];
  }
  return candle;
}

/** The stored candle that `time` lies in. */
function candleAround(series: CandleSeries, time: number): Candle | undefined {
  const openTime = bucketAt(time, series.intervalMs);
  const index = firstBarAtOrAfter(series, openTime);
  if (index >= series.length || series.openTime[index] !== openTime) return undefined;
  const candle = createCandleView();
  loadCandle(candle, series, index);
  return candle;
}

/** A part of `whole`, cut out of the finest candle that holds it and makes the path. */
function cutFrom(
  whole: Candle,
  finer: readonly CandleSeries[],
  span: { readonly from: number; readonly until: number; readonly instrument: Instrument },
): Candle {
  const grain = grainOf(whole, finer);
  if (grain === undefined || grain.series.intervalMs < span.until - span.from) {
    return cutCandle(whole, pathOf(whole, finer), span);
  }
  const inner = candleAround(grain.series, span.from) ?? whole;
  return cutCandle(inner, pathOf(inner, []), span);
}

/** The candle of a bucket that is not over, as it stands at `now`; undefined: nothing of it is known. */
export function runningCandle(
  replay: Replay,
  instrument: Instrument,
  bucket: { readonly openTime: number; readonly intervalMs: number; readonly now: number },
): ServedCandle | undefined {
  const { openTime, intervalMs, now } = bucket;
  const { series, candle } = replay;
  const closeTime = openTime + intervalMs;
  if (replay.isRunning && now <= candle.openTime && openTime === now) {
    const isInterpolated = intervalMs < series.intervalMs;
    return { ...asItOpens(replay), closeTime, interpolated: isInterpolated, running: true };
  }
  const parts: Candle[] = [];
  if (intervalMs > series.intervalMs) {
    const until = replay.isRunning ? candle.openTime : bucketAt(now, series.intervalMs);
    const span = until > openTime ? spanOf(series, openTime, until) : undefined;
    if (until > openTime && span === undefined) return undefined;
    if (span !== undefined) parts.push(summed(span));
  }
  if (replay.isRunning)
    parts.push(partUntilNow(replay, instrument, { from: Math.max(openTime, candle.openTime), now }));
  if (parts.length === 0) return undefined;
  const [first] = parts;
  const last = parts[parts.length - 1];
  const volume = parts.reduce((sum, part) => sum + part.volume, 0);
  const high = Math.max(...parts.map((part) => part.high));
  const low = Math.min(...parts.map((part) => part.low));
  const values = { openTime, closeTime, open: first.open, high, low, close: last.close, volume, flags: candle.flags };
  return { ...withFalsePrice(values, replay.falsePrice), interpolated: intervalMs < series.intervalMs, running: true };
}

/** A candle of any length at the moment at which it opens with the replayed one. */
function asItOpens({ candle, falsePrice }: Replay): Candle {
  const { openTime, closeTime, open, flags } = candle;
  const opening = { openTime, closeTime, open, high: open, low: open, close: open, volume: 0, flags };
  return falsePrice === undefined ? opening : withFalsePrice(opening, falsePrice);
}

function withFalsePrice(candle: Candle, price: number | undefined): Candle {
  if (price === undefined) return candle;
  return { ...candle, close: price, high: Math.max(candle.high, price), low: Math.min(candle.low, price) };
}

/** What the running candle has done from `from` to `now`. */
function partUntilNow(
  replay: Replay,
  instrument: Instrument,
  { from, now }: { readonly from: number; readonly now: number },
): Candle {
  const { candle } = replay;
  if (now <= candle.openTime) {
    const { open } = candle;
    return { ...candle, high: open, low: open, close: open, volume: 0 };
  }
  const path = pathNow(replay);
  const { high, low } = rangeOf(path, { from, until: now }, instrument);
  const open = lastPriceAt(replay, from, instrument);
  const close = lastPriceAt(replay, now, instrument);
  return { ...candle, openTime: from, open, high, low, close, volume: volumeBetween(candle, from, now) };
}
