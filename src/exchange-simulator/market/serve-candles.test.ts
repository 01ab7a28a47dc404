// Are candles of every length shown true to the stored ones: shorter ones add up to them, longer ones are their sums?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleAt, HOUR, INSTRUMENT, seriesOf, START } from '../../../test/scenarios/simulated-market.ts';
import { FLAG_FILLED } from '../../domain/candle.ts';
import type { Candle } from '../../domain/candle.ts';
import { createRandom } from '../../domain/random.ts';
import { resampleCandles } from '../../domain/resample-candles.ts';
import { closeRunning, createReplay, openNext } from './replay.ts';
import type { Replay } from './replay.ts';
import { servedCandles } from './serve-candles.ts';

const ticks = (count: number): number => Number((count / 10).toFixed(1));

function walk(seed: number, count: number, intervalMs: number): Candle[] {
  const random = createRandom(`walk/${seed}`);
  let price = 1_000;
  return Array.from({ length: count }, (_, index) => {
    const open = price;
    price = Math.max(500, price + random.below(41) - 20);
    const high = Math.max(open, price) + random.below(10);
    const low = Math.min(open, price) - random.below(10);
    const candle = candleAt(index, [ticks(open), ticks(high), ticks(low), ticks(price)], { intervalMs });
    return { ...candle, volume: Number((random.next() * 1_000).toFixed(random.below(6))) };
  });
}

/** A replay in which `opened` candles have opened; the last of them runs. */
function replayOf(candles: readonly Candle[], opened: number, finer: readonly Candle[] = []): Replay {
  const replay = createReplay(seriesOf(candles), finer.length === 0 ? [] : [seriesOf(finer)]);
  for (let index = 0; index < opened; index += 1) {
    if (index > 0) closeRunning(replay);
    openNext(replay);
  }
  return replay;
}

const all = { from: START - 100 * HOUR, until: START + 1_000 * HOUR };

describe('shorter candles', () => {
  it('add up to the stored candle: prices and volume (property)', () => {
    const interval = fc.constantFrom(60_000, 180_000, 300_000, 900_000, 1_800_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), interval, (seed, intervalMs) => {
        const candles = walk(seed, 4, HOUR);
        const now = START + 3 * HOUR;
        const served = servedCandles(replayOf(candles, 4), INSTRUMENT, { ...all, intervalMs, now });
        const closed = served.filter(({ running }) => !running);
        expect(closed).toHaveLength((3 * HOUR) / intervalMs);
        expect(closed.every(({ interpolated }) => interpolated)).toBe(true);
        const columns = seriesOf(closed);
        const summed = resampleCandles(columns, HOUR);
        for (let index = 0; index < 3; index += 1) {
          const { open, high, low, close, volume } = candles[index];
          expect([summed.open[index], summed.high[index], summed.low[index], summed.close[index]]).toEqual([
            open,
            high,
            low,
            close,
          ]);
          expect(Number(summed.volume[index].toFixed(9))).toBe(volume);
        }
      }),
    );
  });

  it('are the stored ones where they are stored, and made of them where they divide', () => {
    const finer = walk(7, 24, HOUR / 12);
    const hours = resampleCandles(seriesOf(finer), HOUR);
    const coarse = [0, 1].map((index) => ({
      ...candleAt(index, [hours.open[index], hours.high[index], hours.low[index], hours.close[index]]),
      volume: hours.volume[index],
    }));
    const replay = replayOf([...coarse, candleAt(2, [100, 101, 99, 100])], 3, finer);
    const at = { ...all, now: START + 2 * HOUR };
    const five = servedCandles(replay, INSTRUMENT, { ...at, intervalMs: HOUR / 12 }).slice(0, 24);
    expect(five).toEqual(finer.map((candle) => ({ ...candle, interpolated: false, running: false })));
    expect(five.some(({ interpolated }) => interpolated)).toBe(false);
    const quarters = servedCandles(replay, INSTRUMENT, { ...at, intervalMs: HOUR / 4 }).slice(0, 8);
    const expected = resampleCandles(seriesOf(finer), HOUR / 4);
    expect(quarters.map(({ volume }) => volume)).toEqual([...expected.volume]);
    expect(quarters.map(({ high }) => high)).toEqual([...expected.high]);
    expect(quarters.some(({ interpolated }) => interpolated)).toBe(false);
    // Minutes are cut out of the stored five minutes, not out of the hour.
    const minutes = servedCandles(replay, INSTRUMENT, { ...at, intervalMs: 60_000 }).slice(0, 120);
    const back = resampleCandles(seriesOf(minutes), HOUR / 12);
    expect([...back.close]).toEqual(finer.map(({ close }) => close));
    expect([...back.volume].map((volume) => Number(volume.toFixed(9)))).toEqual(finer.map(({ volume }) => volume));
    expect(minutes.every(({ interpolated }) => interpolated)).toBe(true);
  });
});

describe('longer candles', () => {
  it('are sums of the stored ones; what has a part missing is left out', () => {
    const candles = walk(3, 12, HOUR).filter((_, index) => index !== 5);
    const replay = replayOf(candles, 11);
    const now = START + 11 * HOUR;
    const served = servedCandles(replay, INSTRUMENT, { ...all, intervalMs: 4 * HOUR, now });
    const whole = resampleCandles(seriesOf(candles), 4 * HOUR);
    expect(served.map(({ openTime, running }) => [(openTime - START) / HOUR, running])).toEqual([
      [0, false],
      [8, true],
    ]);
    expect(served[0]).toMatchObject({ open: whole.open[0], high: whole.high[0], volume: whole.volume[0] });
  });

  it('that run hold what has closed and what is open', () => {
    const candles = [
      candleAt(0, [100, 105, 99, 101]),
      candleAt(1, [101, 103, 100, 102]),
      candleAt(2, [102, 110, 90, 104]),
    ];
    const replay = replayOf(candles, 3);
    const [running] = servedCandles(replay, INSTRUMENT, { ...all, intervalMs: 4 * HOUR, now: START + 2 * HOUR });
    expect(running).toMatchObject({ open: 100, high: 105, low: 99, close: 102, volume: 2, running: true });
    expect(running.closeTime).toBe(START + 4 * HOUR);
  });
});

describe('the running candle', () => {
  it('is its open at first and grows along the path', () => {
    const replay = replayOf([candleAt(0, [100, 103, 97, 102])], 1);
    const at = (now: number) => servedCandles(replay, INSTRUMENT, { ...all, intervalMs: HOUR, now })[0];
    expect(at(START)).toMatchObject({ open: 100, high: 100, low: 100, close: 100, volume: 0, running: true });
    expect(at(START + HOUR / 3)).toMatchObject({ open: 100, high: 100, low: 97, close: 97, volume: 0 });
    expect(at(START + HOUR / 2)).toMatchObject({ high: 100, low: 97, close: 100 });
    expect(at(START + HOUR - 1)).toMatchObject({ high: 103, low: 97, close: 102 });
  });

  it('shows a false price in its close and extremes only while it is set', () => {
    const replay = replayOf([candleAt(0, [100, 103, 97, 102])], 1);
    const at = () => servedCandles(replay, INSTRUMENT, { ...all, intervalMs: HOUR, now: START })[0];
    replay.falsePrice = 1;
    expect(at()).toMatchObject({ open: 100, high: 100, low: 1, close: 1 });
    replay.falsePrice = undefined;
    expect(at()).toMatchObject({ low: 100, close: 100 });
  });

  it('does not exist in a hole', () => {
    const replay = replayOf([candleAt(0, [100, 103, 97, 102]), candleAt(3, [100, 103, 97, 102])], 1);
    closeRunning(replay);
    const served = servedCandles(replay, INSTRUMENT, { ...all, intervalMs: HOUR, now: START + 2 * HOUR });
    expect(served.map(({ openTime }) => openTime)).toEqual([START]);
  });
});

it('candles that were filled in stay marked, and lengths that do not fit are not served', () => {
  const filled = candleAt(0, [100, 100, 100, 100], { flags: FLAG_FILLED });
  const replay = replayOf([{ ...filled, volume: 0 }, candleAt(1, [100, 101, 99, 100])], 2);
  const now = START + HOUR;
  const [first] = servedCandles(replay, INSTRUMENT, { ...all, intervalMs: HOUR / 4, now });
  expect(first).toMatchObject({ flags: FLAG_FILLED, volume: 0, open: 100, high: 100 });
  expect(servedCandles(replay, INSTRUMENT, { ...all, intervalMs: 7 * 60_000, now })).toEqual([]);
});

it('a revised candle is served as revised, and only it', () => {
  const candles = walk(9, 3, HOUR);
  const replay = replayOf(candles, 3);
  replay.revisions.set(START, { close: 77 });
  const served = servedCandles(replay, INSTRUMENT, { ...all, intervalMs: HOUR, now: START + 2 * HOUR });
  expect(served.map(({ close }) => close).slice(0, 2)).toEqual([77, candles[1].close]);
});
