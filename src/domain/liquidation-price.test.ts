// Do liquidation prices agree with examples worked by hand from the exchanges' formulas, to one tick?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tierOf } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import {
  bankruptcyPrice,
  crossMargin,
  isolatedMargin,
  liquidationPrice,
  liquidationPriceFor,
  liquidationPriceOfMargin,
} from './liquidation-price.ts';

/** Tiers without a step at their borders: each deduction is the last one plus border × rise of the rate. */
const INSTRUMENT: Instrument = {
  symbol: 'BTCUSDT',
  tickSize: 0.1,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: Infinity,
  minNotional: 5,
  tiers: [
    { maxNotional: 50_000, maintenanceRate: 0.004, deduction: 0, maxLeverage: 125 },
    { maxNotional: 600_000, maintenanceRate: 0.005, deduction: 50, maxLeverage: 100 },
    { maxNotional: 3_000_000, maintenanceRate: 0.0065, deduction: 950, maxLeverage: 75 },
    { maxNotional: Infinity, maintenanceRate: 0.01, deduction: 11_450, maxLeverage: 50 },
  ],
};

describe('liquidation prices', () => {
  it.each([
    // 0.5 BTC at 60,000, 20x, tier 1: (30,000 - 1,500) / (0.5 × 0.996) = 57,228.915…
    { direction: 1, quantity: 0.5, entry: 60_000, leverage: 20, feeRate: 0, price: 57_229 },
    // The same with a closing fee of 0.05 %: 28,500 / (0.5 × 0.9955) = 57,257.659…
    { direction: 1, quantity: 0.5, entry: 60_000, leverage: 20, feeRate: 0.0005, price: 57_257.7 },
    // 10 BTC at 50,000, 10x, tier 2: (500,000 - 50,000 - 50) / (10 × 0.995) = 45,221.105…
    { direction: 1, quantity: 10, entry: 50_000, leverage: 10, feeRate: 0, price: 45_221.2 },
    // Its short: (500,000 + 50,000 + 50) / (10 × 1.005) = 54,731.343…
    { direction: -1, quantity: 10, entry: 50_000, leverage: 10, feeRate: 0, price: 54_731.3 },
    // 40 BTC at 50,000, 50x, tier 3: (2,000,000 - 40,000 - 950) / (40 × 0.9935) = 49,296.678…
    { direction: 1, quantity: 40, entry: 50_000, leverage: 50, feeRate: 0, price: 49_296.7 },
    // 100 BTC at 60,000, 5x short, tier 4: (6,000,000 + 1,200,000 + 11,450) / (100 × 1.01) = 71,400.495…
    { direction: -1, quantity: 100, entry: 60_000, leverage: 5, feeRate: 0, price: 71_400.4 },
    // A long without leverage can only lose what it is worth.
    { direction: 1, quantity: 1, entry: 50_000, leverage: 1, feeRate: 0.0005, price: undefined },
  ] as const)('$direction × $quantity at $entry, $leverage times: $price', ({ price, ...terms }) => {
    expect(liquidationPriceFor(INSTRUMENT, terms)).toBe(price);
  });

  it('works on whole-wallet margin the same way', () => {
    const margin = crossMargin(6_000, -500, 250);
    expect(margin).toBe(5_250);
    const terms = { quantity: 0.5, entry: 30_000, margin, maintenanceRate: 0.01, closeFeeRate: 0, deduction: 0 };
    expect(liquidationPrice({ ...terms, direction: 1 })).toBeCloseTo(9_750 / 0.495, 9);
    expect(liquidationPrice({ ...terms, direction: -1, model: 'entry' })).toBeCloseTo(30_000 + 5_100 / 0.5, 9);
  });

  it('is where margin and profit are worth maintenance plus fee, and at most a tick nearer to the entry', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1 as const, -1 as const),
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 10_000, max: 900_000 }),
        fc.integer({ min: 2, max: 40 }),
        fc.constantFrom(0, 0.0006, 0.005),
        (direction, lots, ticks, leverage, feeRate) => {
          const quantity = lots / 1000;
          const entry = ticks / 10;
          const tier = tierOf(INSTRUMENT, quantity * entry);
          const margin = isolatedMargin({ quantity, entry, leverage });
          const exact = liquidationPrice({
            direction,
            quantity,
            entry,
            margin,
            maintenanceRate: tier.maintenanceRate,
            deduction: tier.deduction,
            closeFeeRate: feeRate,
          })!;
          const equity = margin + direction * quantity * (exact - entry);
          const needed = quantity * exact * (tier.maintenanceRate + feeRate) - tier.deduction;
          expect(Math.abs(equity - needed)).toBeLessThan(1e-9 * quantity * entry);
          const rounded = liquidationPriceFor(INSTRUMENT, { direction, quantity, entry, leverage, feeRate })!;
          expect(direction * (rounded - exact)).toBeGreaterThan(-1e-9 * exact);
          expect(direction * (rounded - exact)).toBeLessThan(0.1 + 1e-9 * exact);
          const bankrupt = bankruptcyPrice({ direction, quantity, entry, margin });
          expect(direction * (exact - bankrupt)).toBeGreaterThan(0);
          expect(direction * quantity * (bankrupt - entry)).toBeCloseTo(-margin, 6);
        },
      ),
      { seed: 6, numRuns: 1000 },
    );
  });

  it('comes nearer when funding is taken from the margin', () => {
    const terms = { direction: 1, quantity: 1, entry: 1000, feeRate: 0 } as const;
    const margin = isolatedMargin({ ...terms, leverage: 10 }, 0, 3.5);
    expect(liquidationPriceOfMargin(INSTRUMENT, { ...terms, margin })).toBe(907.2);
    expect(liquidationPriceFor(INSTRUMENT, { ...terms, leverage: 10 })).toBe(903.7);
  });
});
