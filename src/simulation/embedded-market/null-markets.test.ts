// Has the random walk no edge, and the planted one an edge that a plain trend follower earns after costs?
import { describe, expect, it } from 'vitest';
import { checkCandles } from '../../domain/candle-check.ts';
import type { CandleSeries } from '../../domain/candle.ts';
import { checkFunding } from '../../domain/funding-check.ts';
import { createPlantedEdge, createRandomWalk } from './null-markets.ts';

const BARS = 8760;
const COST = 0.00065;

/** Yearly Sharpe ratio after costs of following the faster of two averages, decided at one close and held to the next. */
function trendSharpe(candles: CandleSeries): number {
  let fast = candles.close[0];
  let slow = candles.close[0];
  let held = 0;
  const returns: number[] = [];
  for (let index = 1; index < candles.length; index += 1) {
    const wanted = fast > slow ? 1 : -1;
    const traded = index > 100 ? Math.abs(wanted - held) : 0;
    held = index > 100 ? wanted : 0;
    returns.push(held * (candles.close[index] / candles.close[index - 1] - 1) - traded * COST);
    fast += (candles.close[index] - fast) * (2 / 25);
    slow += (candles.close[index] - slow) * (2 / 97);
  }
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1);
  return (mean / Math.sqrt(variance)) * Math.sqrt(8760);
}

const seeds = Array.from({ length: 12 }, (_, seed) => seed);

describe('createRandomWalk', () => {
  it('gives a trend follower nothing but costs', () => {
    const sharpes = seeds.map((seed) => trendSharpe(createRandomWalk({ seed, bars: BARS }).candles));
    const average = sharpes.reduce((sum, value) => sum + value, 0) / sharpes.length;
    expect(average).toBeLessThan(0.3);
    expect(Math.max(...sharpes)).toBeLessThan(3);
  });

  it('has the volatility asked for and a mean return that is zero within its error', () => {
    const { candles } = createRandomWalk({ seed: 5, bars: 40_000, annualVolatility: 0.8 });
    const returns = candles.close.map((close, index) => close / candles.open[index] - 1);
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length;
    expect(Math.sqrt(variance * 8760)).toBeCloseTo(0.8, 1);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / returns.length));
  });

  it('has ranges as a Brownian motion has them', () => {
    const { candles } = createRandomWalk({ seed: 6, bars: 20_000 });
    const deviation = 0.6 / Math.sqrt(8760);
    const ranges = candles.high.map((high, index) => Math.log(high / candles.low[index]) / deviation);
    expect(ranges.reduce((sum, value) => sum + value, 0) / ranges.length).toBeCloseTo(Math.sqrt(8 / Math.PI), 1);
  });
});

describe('createPlantedEdge', () => {
  it('gives the same trend follower a clear profit after costs', () => {
    for (const seed of seeds) expect(trendSharpe(createPlantedEdge({ seed, bars: BARS }).candles)).toBeGreaterThan(3);
  });
});

describe.each([createRandomWalk, createPlantedEdge])('%o', (create) => {
  it('is sound, a function of its seed, and begins as a shorter one', () => {
    const { candles, funding } = create({ seed: 4, bars: 3000, fundingRate: 0.0001 });
    expect(checkCandles(candles, { maxGapBars: 6, jumpFraction: 0.25, zeroVolumeRunBars: 3 })).toEqual([]);
    const span = { from: candles.openTime[0], to: candles.openTime[2999] + candles.intervalMs };
    expect(checkFunding(funding, span)).toEqual([]);
    expect(create({ seed: 4, bars: 3000, fundingRate: 0.0001 })).toEqual({ candles, funding });
    expect(create({ seed: 5, bars: 3000 }).candles.close).not.toEqual(candles.close);
    expect(create({ seed: 4, bars: 500 }).candles.close).toEqual(candles.close.slice(0, 500));
  });

  it('may be empty', () => {
    const { candles, funding } = create({ seed: 1, bars: 0 });
    expect([candles.length, funding.length]).toEqual([0, 0]);
  });
});
