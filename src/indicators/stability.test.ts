// Is the declared warm-up as long as the decay of a seed really takes, and not much longer?
import { describe, expect, it } from 'vitest';
import { barsToForget, emaRetention, wilderRetention } from './stability.ts';

describe('barsToForget', () => {
  it.each([1, 2, 9, 21, 50, 200])('one recursion of period %i forgets by the closed formula', (period) => {
    for (const retention of [emaRetention(period), wilderRetention(period)]) {
      const expected = retention === 0 ? 1 : Math.ceil(Math.log(1e-12) / Math.log(retention));
      expect(Math.abs(barsToForget(retention) - expected)).toBeLessThanOrEqual(1);
    }
  });

  it('two equal recursions in a row leave (1 + k(1 - r)) r^k', () => {
    const r = wilderRetention(14);
    const left = (k: number): number => (1 + k * (1 - r)) * r ** k;
    const bars = barsToForget(r, r);
    expect(left(bars)).toBeLessThanOrEqual(1.000001e-12);
    expect(left(bars - 1)).toBeGreaterThan(1e-12);
  });

  it('does not depend on the order of two recursions by much, and never beats the slower one', () => {
    const [a, b] = [emaRetention(26), emaRetention(9)];
    expect(barsToForget(a, b)).toBeGreaterThanOrEqual(barsToForget(a));
    expect(Math.abs(barsToForget(a, b) - barsToForget(b, a))).toBeLessThan(30);
  });

  it('refuses what never forgets', () => {
    expect(() => barsToForget(1)).toThrow(RangeError);
    expect(() => barsToForget(NaN)).toThrow(RangeError);
  });
});
