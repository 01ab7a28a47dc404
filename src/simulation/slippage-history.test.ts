// Is what slippage depends on made of closed candles only: volatility, its average, and the volume of a day?
import { describe, expect, it } from 'vitest';
import { candleAt, HOUR, START } from '../../test/scenarios/simulated-market.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle } from '../domain/candle.ts';
import { createSlippageHistory, type SlippageHistory } from './slippage-history.ts';

const bar = (index: number, close: number, flags = 0): Candle =>
  candleAt(index, [close, close, close, close], { flags });
const closes = [100, 101, 99, 102, 98, 103, 97, 104];
const after = (history: SlippageHistory, bars: number) => history.market(1, START + bars * HOUR);

describe('volatility', () => {
  it('is the deviation of the last returns and its mean over the last bars, unknown until both windows are full', () => {
    const history = createSlippageHistory(2, 3);
    const returns: number[] = [];
    const deviations: number[] = [];
    closes.forEach((close, index) => {
      history.update(bar(index, close));
      if (index > 0) returns.push(Math.log(close / closes[index - 1]));
      const [a, b] = returns.slice(-2);
      if (returns.length >= 2) deviations.push(Math.abs(a - b) / Math.SQRT2);
      const market = after(history, index + 1);
      if (returns.length < 2) expect(market.volatility).toBeNaN();
      else expect(market.volatility).toBeCloseTo(deviations.at(-1)!, 14);
      if (returns.length >= 2) expect(market.dailyVolatility).toBeCloseTo(deviations.at(-1)! * Math.sqrt(24), 14);
      const mean = deviations.slice(-3).reduce((sum, value) => sum + value, 0) / 3;
      if (deviations.length < 3) expect(market.averageVolatility).toBeNaN();
      else expect(market.averageVolatility).toBeCloseTo(mean, 14);
    });
  });

  it('learns nothing from filled bars and starts anew after a hole', () => {
    const [plain, odd] = [createSlippageHistory(2, 2), createSlippageHistory(2, 2)];
    closes.forEach((close, index) => {
      plain.update(bar(index, close));
      odd.update(bar(2 * index, close));
      odd.update(bar(2 * index + 1, close, FLAG_FILLED));
    });
    const [expected, found] = [after(plain, 8), after(odd, 16)];
    expect(found.volatility).toBe(expected.volatility);
    expect(found.averageVolatility).toBe(expected.averageVolatility);
    odd.update(bar(40, 100, FLAG_SEGMENT_START));
    expect(after(odd, 41).volatility).toBeNaN();
  });
});

describe('volume', () => {
  it('is that of the 24 hours before the moment, and unknown before the first candle and after a day without any', () => {
    const history = createSlippageHistory(2, 3);
    expect(after(history, 0).dailyVolume).toBeUndefined();
    for (let index = 0; index < 30; index += 1) history.update({ ...bar(index, 100), volume: 2 ** index });
    expect(after(history, 30).dailyVolume).toBe(2 ** 30 - 2 ** 6);
    expect(after(history, 40).dailyVolume).toBe(2 ** 30 - 2 ** 16);
    expect(after(history, 54).dailyVolume).toBeNaN();
  });
});
