// Are resampled candles those that a plain count over the parts makes, and never partly known ones?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandleColumns } from './candle-quality.ts';
import { resampleCandles } from './resample-candles.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts';

const START = Date.UTC(2024, 1, 28, 21);

interface Bar {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

function columnsOf(bars: readonly Bar[], intervalMs: number): CandleColumns {
  const column = (pick: (bar: Bar) => number): Float64Array => Float64Array.from(bars, pick);
  return {
    symbol: 'TESTUSDT',
    intervalMs,
    length: bars.length,
    openTime: column((bar) => bar.openTime),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
  };
}

function barsOf({ length, openTime, open, high, low, close, volume }: CandleColumns): Bar[] {
  return Array.from({ length }, (_, at) => ({
    openTime: openTime[at],
    open: open[at],
    high: high[at],
    low: low[at],
    close: close[at],
    volume: volume[at],
  }));
}

/** Every bar on the grid, from all candles that open in it. */
function byHand(bars: readonly Bar[], partMs: number, intervalMs: number): Bar[] {
  if (bars.length === 0) return [];
  const made: Bar[] = [];
  const end = bars[bars.length - 1].openTime;
  for (let from = Math.floor(bars[0].openTime / intervalMs) * intervalMs; from <= end; from += intervalMs) {
    const own = bars.filter(({ openTime }) => openTime >= from && openTime < from + intervalMs);
    if (own.length !== intervalMs / partMs || own.some(({ openTime }) => openTime % partMs !== 0)) continue;
    made.push({
      openTime: from,
      open: own[0].open,
      high: Math.max(...own.map(({ high }) => high)),
      low: Math.min(...own.map(({ low }) => low)),
      close: own[own.length - 1].close,
      volume: own.reduce((sum, { volume }) => sum + volume, 0),
    });
  }
  return made;
}

const history = fc
  .tuple(
    fc.constantFrom([HOUR_MS, 4 * HOUR_MS], [HOUR_MS, DAY_MS], [15 * MINUTE_MS, HOUR_MS], [MINUTE_MS, 3 * MINUTE_MS]),
    fc.nat({ max: 30 }),
    fc.array(
      fc.record({
        missing: fc.nat({ max: 40 }).map((draw) => (draw < 38 ? 0 : draw - 37)),
        open: fc.integer({ min: 50, max: 150 }),
        up: fc.nat({ max: 20 }),
        down: fc.nat({ max: 20 }),
        close: fc.integer({ min: 30, max: 170 }),
        volume: fc.oneof({ weight: 30, arbitrary: fc.nat({ max: 9 }) }, { weight: 1, arbitrary: fc.constant(NaN) }),
      }),
      { maxLength: 160, size: 'max' },
    ),
  )
  .map(([[partMs, intervalMs], shift, rows]) => {
    let openTime = START + shift * partMs;
    const bars = rows.map(({ missing, open, up, down, close, volume }): Bar => {
      openTime += (1 + missing) * partMs;
      return { openTime, open, high: Math.max(open, close) + up, low: Math.min(open, close) - down, close, volume };
    });
    return { bars, partMs, intervalMs };
  });

describe('resampled candles', () => {
  it('are those of all the parts of each bar on the UTC grid, holes and borders left out (property)', () => {
    let made = 0;
    fc.assert(
      fc.property(history, ({ bars, partMs, intervalMs }) => {
        const found = barsOf(resampleCandles(columnsOf(bars, partMs), intervalMs));
        expect(found).toEqual(byHand(bars, partMs, intervalMs));
        made += found.length;
      }),
      { seed: 4, numRuns: 400 },
    );
    expect(made).toBeGreaterThan(2_000);
  });

  it('do not change when more candles come (property)', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 120 }), ({ bars, partMs, intervalMs }, cut) => {
        const known = barsOf(resampleCandles(columnsOf(bars.slice(0, cut), partMs), intervalMs));
        const all = barsOf(resampleCandles(columnsOf(bars, partMs), intervalMs));
        expect(all.slice(0, known.length)).toEqual(known);
        const end = cut === 0 ? -Infinity : bars[Math.min(cut, bars.length) - 1]?.openTime + partMs;
        expect(all.filter(({ openTime }) => openTime + intervalMs <= end)).toEqual(known);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('of the same interval are the candles themselves, and of one that is no multiple an error', () => {
    const bars = [1, 2, 3].map((hour): Bar => {
      return { openTime: START + hour * HOUR_MS, open: 2, high: 3, low: 1, close: 2, volume: hour };
    });
    expect(barsOf(resampleCandles(columnsOf(bars, HOUR_MS), HOUR_MS))).toEqual(bars);
    expect(() => resampleCandles(columnsOf(bars, HOUR_MS), 90 * MINUTE_MS)).toThrow('do not divide');
  });
});
