// Do volatility target, Kelly and risk size keep their limits?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instrument } from '../domain/instrument.ts';
import { kellyBinary, kellyContinuous, usedKelly } from './kelly.ts';
import { riskSize } from './risk-size.ts';
import { ewmaVolatility, volatilityMultiplier } from './volatility-target.ts';

/** Evenly spread, since doubles drawn by their bits are nearly all tiny. */
const positive = (min: number, max: number): fc.Arbitrary<number> =>
  fc.nat(1_000_000).map((millionths) => min + ((max - min) * millionths) / 1_000_000);

const instrument = (lotSize: number): Instrument => ({
  symbol: 'X',
  tickSize: 0.01,
  lotSize,
  minQuantity: 2 * lotSize,
  maxMarketQuantity: Infinity,
  minNotional: 5,
  tiers: [],
});

describe('volatility target', () => {
  it('stays within 0 and its maximum, and holds the target where it is not clipped', () => {
    fc.assert(
      fc.property(positive(0, 3), positive(0.001, 1), positive(0, 0.2), positive(0.1, 5), (vol, target, floor, max) => {
        const multiplier = volatilityMultiplier(vol, { target, floor, maxMultiplier: max });
        expect(multiplier).toBeGreaterThanOrEqual(0);
        expect(multiplier).toBeLessThanOrEqual(max);
        if (multiplier > 0 && multiplier < max) expect(multiplier * Math.max(vol, floor)).toBeCloseTo(target, 12);
      }),
      { seed: 10, numRuns: 300 },
    );
  });

  it('does not trade what it cannot measure', () => {
    const params = { target: 0.3, floor: 0, maxMultiplier: 2 };
    expect(volatilityMultiplier(undefined, params)).toBe(0);
    expect(volatilityMultiplier(Number.NaN, params)).toBe(0);
    expect(volatilityMultiplier(0, params)).toBe(0);
  });

  it('EWMA equals its explicit weights', () => {
    const returns = Array.from({ length: 12 }, (_, index) => Math.sin(index * 7) / 50);
    const volatility = ewmaVolatility(returns, { decay: 0.9, seedWindow: 4, periodsPerYear: 365 });
    const seed = returns.slice(0, 4).reduce((sum, value) => sum + value ** 2, 0) / 4;
    let expected = 0.9 ** 8 * seed;
    for (let i = 4; i < 12; i += 1) expected += 0.1 * 0.9 ** (11 - i) * returns[i] ** 2;
    expect(volatility[11]).toBeCloseTo(Math.sqrt(expected * 365), 14);
    expect(Array.from(volatility.slice(0, 3))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(volatility[3]).toBeCloseTo(Math.sqrt(seed * 365), 14);
  });
});

describe('Kelly fraction', () => {
  it('maximises expected log growth', () => {
    for (const [p, b] of [
      [0.55, 1],
      [0.4, 2.5],
      [0.7, 0.8],
    ] as const) {
      const best = kellyBinary(p, b) ?? Number.NaN;
      const growth = (fraction: number): number => p * Math.log(1 + fraction * b) + (1 - p) * Math.log(1 - fraction);
      expect(growth(best)).toBeGreaterThan(growth(best + 0.01));
      expect(growth(best)).toBeGreaterThan(growth(best - 0.01));
    }
  });

  it('is used within 0 and the cap, and not at all where undefined', () => {
    expect(usedKelly(-0.2, { fraction: 0.25, cap: 0.1 })).toBe(0);
    expect(usedKelly(undefined, { fraction: 0.25, cap: 0.1 })).toBe(0);
    expect(usedKelly(4, { fraction: 0.25, cap: 0.1 })).toBe(0.1);
    expect(kellyBinary(0.5, 0)).toBeUndefined();
    expect(kellyContinuous(0.1, 0)).toBeUndefined();
  });
});

describe('risk size', () => {
  const base = {
    equity: 10_000,
    riskFraction: 0.01,
    stopFraction: 0.02,
    multiplier: 1,
    maxNotionalFraction: 1,
    maxLeverage: 3,
    price: 100,
    instrument: instrument(0.001),
  };

  it('never exceeds risk, notional or leverage, wastes less than a lot, and gives a reason for nothing', () => {
    const input = fc.record({
      equity: positive(10, 1e6),
      riskFraction: positive(0.0001, 0.05),
      stopFraction: positive(0.001, 0.3),
      multiplier: positive(0, 2),
      maxNotionalFraction: positive(0.01, 5),
      maxLeverage: positive(1, 20),
      price: positive(0.0001, 100_000),
      instrument: fc.constantFrom(1, 0.1, 0.001, 1e-8, 10).map(instrument),
    });
    fc.assert(
      fc.property(input, (given) => {
        const { notionalTarget, quantity, reason } = riskSize(given);
        const slack = 1 + 1e-12;
        const wanted = ((given.equity * given.riskFraction) / given.stopFraction) * given.multiplier;
        expect(quantity * given.price).toBeLessThanOrEqual(notionalTarget * slack);
        expect(notionalTarget).toBeLessThanOrEqual(wanted * slack);
        expect(notionalTarget).toBeLessThanOrEqual(given.equity * given.maxNotionalFraction);
        expect(notionalTarget).toBeLessThanOrEqual(given.equity * given.maxLeverage);
        expect(quantity === 0).toBe(reason !== undefined);
        if (quantity === 0) return;
        expect(quantity).toBeGreaterThanOrEqual(given.instrument.minQuantity);
        expect(notionalTarget / given.price - quantity).toBeLessThan(given.instrument.lotSize * slack);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('names what was too small', () => {
    expect(riskSize({ ...base, multiplier: 0 }).reason).toBe('nothing-to-risk');
    expect(riskSize({ ...base, stopFraction: 0 })).toEqual({
      notionalTarget: 0,
      quantity: 0,
      reason: 'nothing-to-risk',
    });
    expect(riskSize({ ...base, instrument: instrument(40) }).reason).toBe('below-min-quantity');
    expect(riskSize({ ...base, equity: 9 }).reason).toBe('below-min-notional');
    expect(riskSize(base)).toEqual({ notionalTarget: 5000, quantity: 50 });
  });
});
