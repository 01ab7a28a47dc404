// Is the binomial tail exact?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialLowerTail } from './binomial.ts';

/** The tail for p = wins / outcomes in whole numbers, every term counted exactly. */
function exactTail(k: number, n: number, wins: number, outcomes: number): number {
  let choose = 1n;
  let sum = 0n;
  for (let i = 0; i <= Math.min(k, n); i += 1) {
    sum += choose * BigInt(wins) ** BigInt(i) * BigInt(outcomes - wins) ** BigInt(n - i);
    choose = (choose * BigInt(n - i)) / BigInt(i + 1);
  }
  const whole = BigInt(outcomes) ** BigInt(n);
  const scale = 10n ** 320n;
  const digits = String((sum * scale) / whole);
  return Number(`${digits}e-320`);
}

describe('binomial lower tail', () => {
  it('equals the exact count of outcomes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 80 }), fc.nat(32), (k, n, wins) => {
        const expected = exactTail(k, n, wins, 32);
        expect(Math.abs(binomialLowerTail(k, n, wins / 32) - expected)).toBeLessThanOrEqual(1e-13 * expected);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('keeps its accuracy deep in the tail and for many trials', () => {
    expect(binomialLowerTail(0, 1000, 0.5)).toBeCloseTo(2 ** -1000, 310);
    expect(binomialLowerTail(3, 1000, 0.5) / exactTail(3, 1000, 1, 2)).toBeCloseTo(1, 12);
    expect(binomialLowerTail(50_000, 100_000, 0.5)).toBeCloseTo(0.501261563107099, 13);
  });

  it('is 0 below and 1 at or above all trials', () => {
    expect(binomialLowerTail(-1, 5, 0.4)).toBe(0);
    expect(binomialLowerTail(5, 5, 0.4)).toBe(1);
    expect(binomialLowerTail(0, 0, 0.4)).toBe(1);
    expect(binomialLowerTail(0, 5, 0)).toBe(1);
    expect(binomialLowerTail(4, 5, 1)).toBe(0);
  });

  it('refuses what is not a count or a probability', () => {
    expect(() => binomialLowerTail(1.5, 5, 0.4)).toThrow(RangeError);
    expect(() => binomialLowerTail(1, -1, 0.4)).toThrow(RangeError);
    expect(() => binomialLowerTail(1, 5, Number.NaN)).toThrow(RangeError);
  });
});
