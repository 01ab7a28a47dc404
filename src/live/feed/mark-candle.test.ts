// Are candles that come one by one marked as a stored series is?
import { expect, test } from 'vitest';
import { createCandleView, loadCandle, type Candle } from '../../domain/candle.ts';
import { createEmbeddedMarket } from '../../simulation/embedded-market/create-embedded-market.ts';
import { markSeries } from '../../domain/candle-quality.ts';
import { markCandle } from './mark-candle.ts';

test('every candle of a market with fillers and a hole has the flags of the whole series', () => {
  const whole = createEmbeddedMarket({ seed: 3, years: 0.3 }).candles('ALPHAUSDT')!;
  const holes = new Set([500, 501, 502, 503, 504, 505, 506, 507, 508, 700]);
  const kept = Array.from({ length: whole.length }, (_, index) => index).filter((index) => !holes.has(index));
  const column = (from: Float64Array) => Float64Array.from(kept, (index) => from[index]);
  const volume = column(whole.volume);
  const flat = 600;
  const series = {
    ...whole,
    length: kept.length,
    openTime: column(whole.openTime),
    open: column(whole.open),
    high: column(whole.high),
    low: column(whole.low),
    close: column(whole.close),
    volume,
  };
  volume[flat] = 0;
  for (const each of [series.open, series.high, series.low, series.close]) each[flat] = 100;
  const params = { maxGapBars: 3, jumpFraction: 0.05 };
  const marked = markSeries(series, params);
  expect(new Set(marked.flags).size).toBeGreaterThan(2);
  let before: Candle | undefined;
  for (let index = 0; index < marked.length; index += 1) {
    const view = createCandleView();
    loadCandle(view, marked, index);
    const fresh = markCandle({ ...view, flags: 0 }, before, params);
    expect(fresh).toEqual(view);
    before = fresh;
  }
});
