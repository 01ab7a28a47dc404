// Do positions that outgrew the limits of a portfolio come back within them, and is nothing cut without need?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instrument } from '../domain/instrument.ts';
import { toAtoms } from '../domain/money.ts';
import { quantitiesWithin, type LimitedPosition, type PositionLimits } from './limit-cuts.ts';

const INSTRUMENT: Instrument = {
  symbol: 'TESTUSDT',
  tickSize: 0.1,
  lotSize: 0.001,
  minQuantity: 0.002,
  maxMarketQuantity: Infinity,
  minNotional: 5,
  tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
};
const LIMITS: PositionLimits = { maxMargin: 9, maxGross: 3, maxNet: 2, maxGroup: 1 };

const position = (more: Partial<LimitedPosition> = {}): LimitedPosition => ({
  instrument: INSTRUMENT,
  direction: 1,
  quantity: 1,
  isFixed: false,
  price: 100,
  leverage: 2,
  group: 0,
  ...more,
});
const alone = (...list: readonly Partial<LimitedPosition>[]): LimitedPosition[] =>
  list.map((more, group) => position({ group, ...more }));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('positions that outgrew a limit', () => {
  it('are cut to it: of a symbol, of a group, of all', () => {
    expect(quantitiesWithin(alone({}), { ...LIMITS, maxMargin: 0.4 }, 100)).toEqual([0.8]);
    expect(quantitiesWithin([position(), position({ quantity: 3 })], LIMITS, 100)).toEqual([0.25, 0.75]);
    const three = alone({}, { direction: -1 }, { price: 50 });
    expect(quantitiesWithin(three, { ...LIMITS, maxGross: 1.25 }, 100)).toEqual([0.5, 0.5, 0.5]);
  });

  it('are cut on the heavier side where the net is exceeded', () => {
    const book = alone({ quantity: 0.9 }, { quantity: 0.3 }, { quantity: 0.2, direction: -1 });
    expect(quantitiesWithin(book, { ...LIMITS, maxNet: 0.4 }, 100)).toEqual([0.45, 0.15, 0.2]);
    const turned = book.map((each) => ({ ...each, direction: each.direction === 1 ? (-1 as const) : (1 as const) }));
    expect(quantitiesWithin(turned, { ...LIMITS, maxNet: 0.4 }, 100)).toEqual([0.45, 0.15, 0.2]);
  });

  it('are closed where the venue would not take what is left, and the other side follows', () => {
    const coarse = { ...INSTRUMENT, minNotional: 97 };
    const book = alone({ instrument: coarse }, { direction: -1, quantity: 0.9 });
    expect(quantitiesWithin(book, { ...LIMITS, maxNet: 0.07 }, 100)).toEqual([0.97, 0.9]);
    expect(quantitiesWithin(book, { ...LIMITS, maxNet: 0.06 }, 100)).toEqual([0, 0.06]);
  });

  it('leave what is fixed as it is, and the others make room for it', () => {
    const book = [position({ isFixed: true, quantity: 0.7 }), position({ quantity: 0.5 })];
    expect(quantitiesWithin(book, LIMITS, 100)).toEqual([0.7, 0.3]);
    const much = [position({ isFixed: true, quantity: 1.2 }), position({ quantity: 0.5 })];
    expect(quantitiesWithin(much, LIMITS, 100)).toEqual([1.2, 0]);
  });

  const odd = fc.record({
    direction: fc.constantFrom(1 as const, -1 as const),
    lots: fc.integer({ min: 1, max: 5_000 }),
    price: fc.integer({ min: 1, max: 90_000 }).map((cents) => cents / 7),
    leverage: fc.integer({ min: 1, max: 20 }),
    group: fc.integer({ min: 0, max: 3 }),
    minNotional: fc.constantFrom(0, 5, 500),
  });
  const multiple = fc.integer({ min: 1, max: 300 }).map((hundredths) => hundredths / 100);
  const bounds = fc.record({ maxMargin: multiple, maxGross: multiple, maxNet: multiple, maxGroup: multiple });

  it('keep every limit after rounding, on the lot grid, and no more than a lot is cut where one limit binds', () => {
    fc.assert(
      fc.property(
        fc.array(odd, { minLength: 1, maxLength: 8 }),
        bounds,
        fc.integer({ min: 50, max: 2_000_000 }),
        (list, limits, equity) => {
          const book = list.map(({ lots, minNotional, ...more }) =>
            position({ ...more, quantity: lots / 1000, instrument: { ...INSTRUMENT, minNotional } }),
          );
          const kept = quantitiesWithin(book, limits, equity);
          const worth = kept.map((quantity, index) => quantity * book[index].price);
          const most = equity * (1 + 1e-12);
          expect(sum(worth)).toBeLessThanOrEqual(limits.maxGross * most);
          expect(Math.abs(sum(worth.map((value, index) => value * book[index].direction)))).toBeLessThanOrEqual(
            limits.maxNet * most,
          );
          for (const group of [0, 1, 2, 3]) {
            expect(sum(worth.filter((_, index) => book[index].group === group))).toBeLessThanOrEqual(
              limits.maxGroup * most,
            );
          }
          kept.forEach((quantity, index) => {
            const { leverage, instrument, quantity: before, price } = book[index];
            expect((quantity * price) / leverage).toBeLessThanOrEqual(limits.maxMargin * most);
            expect(quantity).toBeLessThanOrEqual(before);
            expect(toAtoms(quantity) % toAtoms(instrument.lotSize)).toBe(0n);
            const isTaken = quantity >= instrument.minQuantity && quantity * price >= instrument.minNotional;
            expect(quantity === 0 || quantity === before || isTaken).toBe(true);
          });
          expect(
            quantitiesWithin(
              book.map((each, index) => ({ ...each, quantity: kept[index] })),
              limits,
              equity,
            ),
          ).toEqual(kept);
        },
      ),
      { seed: 72, numRuns: 1000 },
    );
  });

  it('are not cut while no limit is exceeded', () => {
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 8 }), (list) => {
        const book = list.map(({ lots, minNotional, ...more }) =>
          position({ ...more, quantity: lots / 1000, instrument: { ...INSTRUMENT, minNotional } }),
        );
        const gross = sum(book.map(({ quantity, price }) => quantity * price));
        expect(quantitiesWithin(book, { maxMargin: 1, maxGross: 1, maxNet: 1, maxGroup: 1 }, gross)).toEqual(
          book.map(({ quantity }) => quantity),
        );
      }),
      { seed: 73, numRuns: 200 },
    );
  });
});
