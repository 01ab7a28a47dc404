// Do the marks of an axis stand on round numbers and whole dates, inside the axis and in order?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../domain/iso-time.ts';
import { DAY_MS, HOUR_MS } from '../../../domain/time.ts';
import { axisTicks, niceTicks, tickDigits, timeTicks } from './ticks.ts';

describe('axis ticks', () => {
  it('are at least three, so that an axis can be read, and round as ever', () => {
    expect(axisTicks(-0.012, 0.031, 4)).toEqual([-0.01, 0, 0.01, 0.02, 0.03]);
    expect(axisTicks(0, 10, 5)).toEqual(niceTicks(0, 10, 5));
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, span) => {
        const ticks = axisTicks(low, low + span, 3);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(8);
      }),
      { seed: 31 },
    );
  });
});

describe('nice ticks', () => {
  it('are the ones a person would draw', () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(-0.12, 0.31, 4)).toEqual([0, 0.2]);
    expect(niceTicks(97, 1203, 5)).toEqual([500, 1000]);
    expect(niceTicks(-3, 3, 3)).toEqual([-2, 0, 2]);
  });

  it('lie inside, rise evenly on a step of 1, 2 or 5, hold zero where it is inside, and are not many more than wanted', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        number,
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (low, span, wanted) => {
          const high = low + span;
          fc.pre(span > Math.abs(low) * 1e-8);
          const ticks = niceTicks(low, high, wanted);
          const slack = span * 1e-6;
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - slack);
            expect(tick).toBeLessThanOrEqual(high + slack);
          }
          expect(ticks.length).toBeLessThanOrEqual(wanted + 1);
          const steps = ticks.slice(1).map((tick, index) => tick - ticks[index]);
          for (const step of steps) {
            const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
            expect([1, 2, 5, 10].some((round) => Math.abs(mantissa - round) < 1e-4)).toBe(true);
          }
          if (low < 0 && high > 0 && ticks.length > 0) expect(ticks).toContain(0);
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });

  it('end for every pair of numbers, also where doubles have no room between them', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.integer({ min: -3, max: 20 }), (low, high, wanted) => {
        expect(niceTicks(low, high, wanted).length).toBeLessThan(100);
      }),
      { seed: 12, numRuns: 500 },
    );
    expect(niceTicks(1e17, 1e17 + 64, 5).length).toBeLessThan(10);
  });

  it('are printed with as many digits as tell them apart', () => {
    expect(tickDigits([0, 0.2, 0.4])).toBe(1);
    expect(tickDigits([0, 0.05])).toBe(2);
    expect(tickDigits([0, 500])).toBe(0);
    expect(tickDigits([0.1, 0.2].map((value) => value * 1e-3))).toBe(4);
  });
});

const from = Date.UTC(2024, 0, 5);
const texts = (span: number, wanted: number): string[] => timeTicks(from, from + span, wanted).map(({ text }) => text);

describe('time ticks', () => {
  it('stand on hours, days, months or years, whichever fits', () => {
    expect(texts(12 * HOUR_MS, 4)).toEqual(['5 Jan', '03:00', '06:00', '09:00', '12:00']);
    expect(texts(4 * DAY_MS, 5)).toEqual(['5 Jan', '6 Jan', '7 Jan', '8 Jan', '9 Jan']);
    expect(texts(300 * DAY_MS, 5)).toEqual(['Mar', 'May', 'Jul', 'Sep']);
    expect(texts(1500 * DAY_MS, 5)).toEqual(['2025', '2026', '2027', '2028']);
  });

  it('lie inside in rising order and on whole hours, for every span', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) }),
        fc.integer({ min: 1, max: 40 * 365 * DAY_MS }),
        fc.integer({ min: 1, max: 14 }),
        (start, span, wanted) => {
          const ticks = timeTicks(start, start + span, wanted);
          let last = -Infinity;
          for (const { at } of ticks) {
            expect(at).toBeGreaterThanOrEqual(start);
            expect(at).toBeLessThanOrEqual(start + span);
            expect(at).toBeGreaterThan(last);
            expect(isoTime(at)).toMatch(/:00$/);
            last = at;
          }
          expect(ticks.length).toBeLessThanOrEqual(2 * wanted + 2);
        },
      ),
      { seed: 13, numRuns: 400 },
    );
  });

  it('are none for a span that is no span', () => {
    expect(timeTicks(from, from, 5)).toEqual([]);
    expect(timeTicks(from, NaN, 5)).toEqual([]);
    expect(timeTicks(0, Infinity, 5)).toEqual([]);
    expect(timeTicks(0, 9e15, 5)).toEqual([]);
  });
});
