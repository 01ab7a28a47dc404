// Do undefined numbers print n/a?
import { expect, it } from 'vitest';
import { formatNumber } from './format-number.ts';

it('prints n/a for what is not a number, and never a signed zero', () => {
  expect([undefined, Number.NaN, Infinity, -Infinity].map((value) => formatNumber(value, 2))).toEqual(
    Array.from({ length: 4 }, () => 'n/a'),
  );
  expect(formatNumber(-0.001, 2)).toBe('0.00');
  expect(formatNumber(-0, 0)).toBe('0');
  expect(formatNumber(-1.005, 1)).toBe('-1.0');
  expect(formatNumber(0, 3)).toBe('0.000');
});
