// Does slippage follow its three models, and fall back to the base where nothing is known?
import { describe, expect, it } from 'vitest';
import { candleAt } from '../../test/scenarios/simulated-market.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START } from '../domain/candle.ts';
import { createSlippageVolatility } from './cost-model-volatility.ts';
import { slippageFraction, slippedPrice } from './cost-model.ts';

const SCALED = { kind: 'volatility-scaled', baseBps: 2, minFactor: 0.5, maxFactor: 5 } as const;

const at = (volatility: number, averageVolatility: number): number =>
  slippageFraction(SCALED, { volatility, averageVolatility });

describe('slippage', () => {
  it('is fixed, or scaled by volatility within its bounds', () => {
    expect(slippageFraction({ kind: 'fixed', bps: 1.5 }, {})).toBe(0.00015);
    expect(at(0.03, 0.02)).toBeCloseTo(0.0003, 15);
    expect(at(0.0001, 0.02)).toBe(0.0001);
    expect(at(1, 0.02)).toBe(0.001);
    expect(at(0, 0.02)).toBe(0.0001);
  });

  it('is the base while volatility is unknown or its average is 0', () => {
    for (const market of [
      {},
      { volatility: NaN, averageVolatility: 0.01 },
      { volatility: 0.01, averageVolatility: NaN },
      { volatility: 0.01, averageVolatility: 0 },
      { volatility: 0, averageVolatility: 0 },
    ]) {
      expect(slippageFraction(SCALED, market)).toBe(0.0002);
    }
  });

  it('grows with the square root of participation, and needs all inputs for that', () => {
    const model = { kind: 'square-root', halfSpreadBps: 1, coefficient: 0.5 } as const;
    const market = { dailyVolatility: 0.04, quantity: 25, dailyVolume: 10_000 };
    expect(slippageFraction(model, market)).toBeCloseTo(0.0001 + 0.5 * 0.04 * 0.05, 15);
    expect(() => slippageFraction(model, { ...market, dailyVolume: undefined })).toThrow(RangeError);
    expect(() => slippageFraction(model, { ...market, dailyVolume: 0 })).toThrow(RangeError);
  });

  it('always goes against the order', () => {
    expect(slippedPrice(100, 1, 0.01)).toBe(101);
    expect(slippedPrice(100, -1, 0.01)).toBe(99);
  });
});

const bar = (index: number, close: number, flags = 0) => candleAt(index, [close, close, close, close], { flags });

describe('volatility for slippage', () => {
  const closes = [100, 101, 99, 102, 98, 103, 97, 104];

  it('is the deviation of the last returns and its mean over the last bars, unknown until both windows are full', () => {
    const tracker = createSlippageVolatility(2, 3);
    const returns: number[] = [];
    const deviations: number[] = [];
    closes.forEach((close, index) => {
      tracker.update(candleAt(index, [close, close, close, close]));
      if (index > 0) returns.push(Math.log(close / closes[index - 1]));
      const [a, b] = returns.slice(-2);
      if (returns.length >= 2) deviations.push(Math.abs(a - b) / Math.SQRT2);
      if (returns.length < 2) expect(tracker.volatility()).toBeNaN();
      else expect(tracker.volatility()).toBeCloseTo(deviations.at(-1)!, 14);
      const mean = deviations.slice(-3).reduce((sum, value) => sum + value, 0) / 3;
      if (deviations.length < 3) expect(tracker.average()).toBeNaN();
      else expect(tracker.average()).toBeCloseTo(mean, 14);
    });
  });

  it('learns nothing from filled bars and starts anew after a hole', () => {
    const [plain, odd] = [createSlippageVolatility(2, 2), createSlippageVolatility(2, 2)];
    closes.forEach((close, index) => {
      plain.update(bar(index, close));
      odd.update(bar(2 * index, close));
      odd.update(bar(2 * index + 1, close, FLAG_FILLED));
    });
    expect(odd.volatility()).toBe(plain.volatility());
    expect(odd.average()).toBe(plain.average());
    odd.update(bar(40, 100, FLAG_SEGMENT_START));
    expect(odd.volatility()).toBeNaN();
  });
});
