// Do candles come out of the page as they went in, and are they small?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packCandles, pushInteger, readInteger, unpackCandles } from './candle-code.ts';
import type { CandleColumns } from './report-data.ts';

const HOUR = 3_600_000;

interface Bars {
  readonly start: number;
  readonly tickSize: number;
  /** Intervals since the candle before, and open, high, low, close in ticks. */
  readonly bars: readonly (readonly [number, number, number, number, number])[];
}

const ticks = fc.integer({ min: -(2 ** 31), max: 2 ** 45 });
const anyBars: fc.Arbitrary<Bars> = fc.record({
  start: fc.integer({ min: 0, max: 2_000_000_000 }).map((hour) => hour * 1_000),
  tickSize: fc.constantFrom(1e-8, 0.0001, 0.01, 0.1, 0.5, 1, 25),
  bars: fc.array(fc.tuple(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5_000 })), ticks, ticks, ticks, ticks), {
    maxLength: 40,
  }),
});

function columnsOf({ start, tickSize, bars }: Bars): CandleColumns {
  let time = start;
  const openTime = bars.map(([step], index) => {
    if (index > 0) time += step * HOUR;
    return time;
  });
  const column = (at: 1 | 2 | 3 | 4): number[] => bars.map((bar) => bar[at] * tickSize);
  return {
    symbol: 'X',
    intervalMs: HOUR,
    tickSize,
    openTime,
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
  };
}

describe('integers', () => {
  it('survive, whatever their size and sign', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (values) => {
        const small = values.map((value) => Math.trunc(value / 4));
        const bytes: number[] = [];
        for (const value of small) pushInteger(bytes, value);
        const cursor = { text: String.fromCharCode(...bytes), at: 0 };
        expect(small.map(() => readInteger(cursor) + 0)).toEqual(small.map((value) => value + 0));
        expect(cursor.at).toBe(bytes.length);
      }),
      { seed: 41 },
    );
  });
});

describe('packed candles', () => {
  it('give back every tick and every time, holes included', () => {
    fc.assert(
      fc.property(anyBars, (given) => {
        const columns = columnsOf(given);
        const unpacked = unpackCandles(packCandles(columns, -Infinity, Infinity));
        expect([...unpacked.openTime]).toEqual(Array.from(columns.openTime));
        (['open', 'high', 'low', 'close'] as const).forEach((name, index) => {
          expect([...unpacked[name]]).toEqual(given.bars.map((bar) => bar[index + 1]));
        });
      }),
      { seed: 42 },
    );
  });

  it('hold only the span asked for and only candles with prices', () => {
    const columns = columnsOf({
      start: 0,
      tickSize: 1,
      bars: Array.from({ length: 10 }, (_, bar) => [1, bar, bar, bar, bar] as const),
    });
    const broken = { ...columns, high: [0, 1, 2, 3, NaN, 5, 6, 7, 8, 9] };
    const packed = packCandles(broken, 2 * HOUR, 8 * HOUR);
    expect([...unpackCandles(packed).open]).toEqual([2, 3, 5, 6, 7]);
    expect([...unpackCandles(packed).openTime]).toEqual([2, 3, 5, 6, 7].map((hour) => hour * HOUR));
    expect(packed.jumps).toEqual([[2, 2]]);
  });

  it('round a price between two ticks to the nearer one', () => {
    const columns: CandleColumns = {
      symbol: 'X',
      intervalMs: HOUR,
      tickSize: 0.5,
      openTime: [0],
      open: [1.2],
      high: [1.3],
      low: [0.9],
      close: [1.1],
    };
    const { open, high, low, close } = unpackCandles(packCandles(columns, 0, 1));
    expect([open[0], high[0], low[0], close[0]]).toEqual([2, 3, 2, 2]);
  });

  it('take less than ten bytes a candle of a lively market', () => {
    let price = 60_000;
    const bars = Array.from({ length: 2_000 }, (_, bar): readonly [number, number, number, number, number] => {
      const open = price * 10;
      price += Math.round(Math.sin(bar * 12.9898) * 400);
      return [1, open, Math.max(open, price * 10) + 900, Math.min(open, price * 10) - 900, price * 10];
    });
    const packed = packCandles(columnsOf({ start: 0, tickSize: 0.1, bars }), 0, Infinity);
    expect(packed.data.length / 2_000).toBeLessThan(10);
  });
});
