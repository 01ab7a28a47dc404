// Does slippage follow its models: a base that any order pays, and what the size of an order adds?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slippageFraction, slippedPrice, slippageModelOf, type SlippageModel } from './cost-model.ts';
import { COSTS } from '../../test/scenarios/simulated-market.ts';

const base = { kind: 'volatility-scaled', baseBps: 2, minFactor: 0.5, maxFactor: 5 } as const;
const SCALED: SlippageModel = { base, impact: undefined };

const at = (volatility: number, averageVolatility: number): number =>
  slippageFraction(SCALED, { volatility, averageVolatility });

describe('the base', () => {
  it('is fixed, or scaled by volatility within its bounds', () => {
    expect(slippageFraction({ base: { kind: 'fixed', bps: 1.5 }, impact: undefined }, {})).toBe(0.00015);
    expect(at(0.03, 0.02)).toBeCloseTo(0.0003, 15);
    expect(at(0.0001, 0.02)).toBe(0.0001);
    expect(at(1, 0.02)).toBe(0.001);
    expect(at(0, 0.02)).toBe(0.0001);
  });

  it('is not scaled while volatility is unknown or its average is 0', () => {
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

  it('always goes against the order', () => {
    expect(slippedPrice(100, 1, 0.01)).toBe(101);
    expect(slippedPrice(100, -1, 0.01)).toBe(99);
  });
});

const MARKET = { volatility: 0.02, averageVolatility: 0.02, dailyVolatility: 0.04, quantity: 25, dailyVolume: 10_000 };
const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

describe('the impact of the size', () => {
  const impact = { coefficient: 0.5, unknownBps: 10 };

  it('is added to the base: coefficient × daily volatility × √participation', () => {
    expect(slippageFraction({ base, impact }, MARKET)).toBeCloseTo(0.0002 + 0.5 * 0.04 * 0.05, 15);
    expect(slippageFraction({ base, impact }, { ...MARKET, quantity: 0 })).toBe(0.0002);
    expect(slippageFraction({ base, impact }, { ...MARKET, dailyVolatility: 0 })).toBe(0.0002);
  });

  it('doubles with four times the size or a quarter of the volume, for any market (property)', () => {
    fc.assert(
      fc.property(
        positive,
        positive,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (quantity, dailyVolume, volatility) => {
          const of = (size: number, volume: number): number =>
            slippageFraction(
              { base: { kind: 'fixed', bps: 0 }, impact },
              { dailyVolatility: volatility, quantity: size, dailyVolume: volume },
            );
          const once = of(quantity, dailyVolume);
          expect(of(4 * quantity, dailyVolume)).toBeCloseTo(2 * once, 9 - Math.ceil(Math.log10(once + 1)));
          expect(of(quantity, dailyVolume / 4)).toBeCloseTo(2 * once, 9 - Math.ceil(Math.log10(once + 1)));
        },
      ),
      { seed: 41 },
    );
  });

  it.each([
    ['volume', { dailyVolume: undefined }],
    ['volume', { dailyVolume: NaN }],
    ['volume, as nothing was traded', { dailyVolume: 0 }],
    ['volatility', { dailyVolatility: NaN }],
  ])('without a known %s is replaced by the rule for the unknown, never cheaper than the base', (_, unknown) => {
    expect(slippageFraction({ base, impact }, { ...MARKET, ...unknown })).toBe(0.001);
    const wild = { ...MARKET, ...unknown, volatility: 1 };
    expect(slippageFraction({ base: { ...base, maxFactor: 50 }, impact }, wild)).toBe(0.01);
  });

  it('is what the section costs says: none at 0, else the base at its largest factor where unknown', () => {
    expect(slippageModelOf({ ...COSTS, impactCoefficient: 0 }).impact).toBeUndefined();
    expect(slippageModelOf({ ...COSTS, impactCoefficient: 0.7 }).impact).toEqual({ coefficient: 0.7, unknownBps: 50 });
  });
});
