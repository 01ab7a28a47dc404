// Are fillers, starts of segments and jumps marked, and nothing else?
import { describe, expect, it } from 'vitest';
import { createRandomWalk } from '../simulation/embedded-market/null-markets.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START, FLAG_SUSPECT, sliceSeries } from './candle.ts';
import { markSeries } from './candle-quality.ts';
import type { CandleColumns } from './candle-quality.ts';

const params = { maxGapBars: 6, jumpFraction: 0.25 };

function flagged(series: { readonly flags: Uint8Array }, bit: number): readonly number[] {
  return [...series.flags.entries()].filter(([, flags]) => (flags & bit) !== 0).map(([index]) => index);
}

/** A walk whose bars from `row` on come `bars` later. */
function delayed(row: number, bars: number): CandleColumns {
  const { candles } = createRandomWalk({ seed: 3, bars: 100 });
  for (let index = row; index < 100; index += 1) candles.openTime[index] += bars * candles.intervalMs;
  return candles;
}

describe('markSeries', () => {
  it('starts a segment at the first bar and after holes of more than max_gap_bars only', () => {
    expect(flagged(markSeries(delayed(50, 6), params), FLAG_SEGMENT_START)).toEqual([0]);
    expect(flagged(markSeries(delayed(50, 7), params), FLAG_SEGMENT_START)).toEqual([0, 50]);
  });

  it('marks flat bars without volume, not quiet bars and not flat bars that traded', () => {
    const { candles } = createRandomWalk({ seed: 3, bars: 100 });
    candles.volume[20] = 0;
    for (const row of [30, 31])
      for (const column of [candles.open, candles.high, candles.low]) column[row] = candles.close[row];
    candles.volume[30] = 0;
    expect(flagged(markSeries(candles, params), FLAG_FILLED)).toEqual([30]);
  });

  it('suspects the bar that jumps and the bar with the long wick, not the bar after a split', () => {
    const columns = delayed(50, 7);
    for (const column of [columns.open, columns.high, columns.low, columns.close]) {
      column.set(
        column.subarray(50).map((price) => price * 2),
        50,
      );
      column.set(
        column.subarray(70).map((price) => price * 0.5),
        70,
      );
    }
    columns.low[90] *= 0.6;
    expect(flagged(markSeries(columns, params), FLAG_SUSPECT)).toEqual([70, 90]);
  });

  it('shares the columns, replaces old flags and looks back one bar only', () => {
    const { candles } = createRandomWalk({ seed: 3, bars: 100 });
    candles.flags.fill(7);
    const marked = markSeries(candles, params);
    expect(marked.close).toBe(candles.close);
    expect(flagged(marked, 7)).toEqual([0]);
    const part = markSeries(sliceSeries(candles, 0, 40), params);
    expect([...part.flags]).toEqual([...marked.flags.subarray(0, 40)]);
  });
});
