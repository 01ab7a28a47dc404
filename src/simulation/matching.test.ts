// Do the rules over a position keep their promises for every price, tick and direction?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENT } from '../../test/scenarios/simulated-market.ts';
import { barExit } from '../domain/bar-exit.ts';
import { protectionPrices } from '../domain/protection-prices.ts';
import { marketFillPrice } from './fill-model.ts';
import { flatPosition, increasePosition, matchExit, reducePosition, refreshTriggers, trailStop } from './matching.ts';
import type { HeldPosition } from './matching.ts';

const direction = fc.constantFrom(1 as const, -1 as const);
const tick = fc.constantFrom(0.1, 0.01, 0.5, 0.0001);
const price = fc.double({ min: 1, max: 50_000, noNaN: true });
const fraction = fc.double({ min: 0.001, max: 0.3, noNaN: true });
const level = fc.option(fc.integer({ min: 80, max: 120 }), { nil: undefined });

function held(more: Partial<HeldPosition>): HeldPosition {
  const position = { ...flatPosition(), quantity: 1, entryPrice: 100, bestPrice: 100, ...more };
  refreshTriggers(position);
  return position;
}

describe('prices on the tick grid', () => {
  it('never put the stop further or the target nearer than asked, and at most a tick off', () => {
    fc.assert(
      fc.property(direction, tick, price, fraction, fraction, (side, tickSize, entry, stopFraction, targetFraction) => {
        const instrument = { ...INSTRUMENT, tickSize };
        const protection = { stopFraction, targetFraction, trailingFraction: undefined };
        const { stopPrice, targetPrice } = protectionPrices(instrument, { direction: side, price: entry }, protection);
        const rest = 1e-9 * entry;
        for (const [placed, asked] of [
          [stopPrice, entry * (1 - side * stopFraction)],
          [targetPrice!, entry * (1 + side * targetFraction)],
        ]) {
          expect(side * (placed - asked)).toBeGreaterThan(-rest);
          expect(side * (placed - asked)).toBeLessThan(tickSize + rest);
        }
      }),
      { seed: 8, numRuns: 1000 },
    );
  });

  it('never let a market order fill better than its quote', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('buy' as const, 'sell' as const),
        tick,
        price,
        fraction,
        (side, tickSize, quoted, slippage) => {
          const sign = side === 'buy' ? 1 : -1;
          const filled = marketFillPrice({ ...INSTRUMENT, tickSize }, quoted, { side, slippage });
          expect(sign * (filled - quoted * (1 + sign * slippage))).toBeGreaterThan(-1e-9 * quoted);
          expect(filled).toBeGreaterThanOrEqual(tickSize);
        },
      ),
      { seed: 9, numRuns: 1000 },
    );
    expect(marketFillPrice({ ...INSTRUMENT, tickSize: 1 }, 0.5, { side: 'sell', slippage: 0.5 })).toBe(1);
  });
});

describe('exits', () => {
  it('are those of the shared rule: the shortcut past quiet candles hides none', () => {
    const bar = fc.tuple(fc.integer({ min: 75, max: 125 }), fc.nat({ max: 12 }), fc.nat({ max: 12 }));
    fc.assert(
      fc.property(
        direction,
        level,
        level,
        level,
        bar,
        fc.boolean(),
        (side, stop, target, liquidation, [open, up, down], entryBar) => {
          const position = held({
            direction: side,
            stopPrice: stop,
            targetPrice: target,
            liquidationPrice: liquidation,
          });
          const range = { open, high: open + up, low: open - down };
          expect(matchExit(position, range, entryBar)).toEqual(barExit(position, range, entryBar));
        },
      ),
      { seed: 10, numRuns: 3000 },
    );
  });
});

describe('a trailing stop', () => {
  it('only ever moves towards profit and keeps its distance from the best price', () => {
    const bars = fc.array(fc.tuple(fc.integer({ min: 60, max: 160 }), fc.nat({ max: 9 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(direction, bars, fraction, (side, ranges, trailingFraction) => {
        const position = held({ direction: side, stopPrice: 100 - side * 45, trailingFraction });
        for (const [open, width] of ranges) {
          const before = position.stopPrice!;
          trailStop(position, INSTRUMENT, { open, high: open + width, low: open - width });
          expect(side * (position.stopPrice! - before)).toBeGreaterThanOrEqual(0);
        }
        const extremes = ranges.map(([open, width]) => open + side * width);
        const best = side === 1 ? Math.max(100, ...extremes) : Math.min(100, ...extremes);
        expect(position.bestPrice).toBe(best);
        if (position.trailed) {
          const asked = best * (1 - side * trailingFraction);
          expect(side * (position.stopPrice! - asked)).toBeGreaterThan(-1e-9);
          expect(side * (position.stopPrice! - asked)).toBeLessThan(0.1 + 1e-9);
        }
      }),
      { seed: 11, numRuns: 1000 },
    );
  });
});

describe('quantities', () => {
  it('stay on the lot grid and end at exactly nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 999_999 }), { minLength: 1, maxLength: 12 }), (lots) => {
        const position = flatPosition();
        for (const count of lots) {
          increasePosition(position, INSTRUMENT, { direction: 1, quantity: count / 1000, price: 100.1, leverage: 3 });
        }
        const sum = lots.reduce((total, count) => total + count, 0);
        expect(position.quantity).toBe(sum / 1000);
        expect(position.entryPrice).toBeCloseTo(100.1, 9);
        expect(position.margin / ((sum / 1000) * 100.1)).toBeCloseTo(1 / 3, 9);
        for (const count of lots) reducePosition(position, INSTRUMENT, count / 1000);
        expect(position.quantity).toBe(0);
        expect(position.margin).toBe(0);
      }),
      { seed: 12, numRuns: 500 },
    );
  });
});
