// Are numbers written so that they can be read and never as what they are not?
import { describe, expect, it } from 'vitest';
import { digitsFor, numberText, percentText, signedPercentText, signedText } from './number-text.ts';

describe('numbers as text', () => {
  it('have a true minus sign and groups of three', () => {
    expect(numberText(-1234.5)).toBe('−1\u202F234.50');
    expect(numberText(1234567.891, 0)).toBe('1\u202F234\u202F568');
    expect(numberText(0.1234, 3)).toBe('0.123');
  });

  it('are not available where they are undefined, and zero has no sign', () => {
    for (const value of [undefined, null, NaN, Infinity]) {
      expect(numberText(value)).toBe('n/a');
      expect(percentText(value)).toBe('n/a');
      expect(signedText(value)).toBe('n/a');
    }
    expect(signedText(-0.001)).toBe('0.00');
    expect(signedText(0.001)).toBe('0.00');
    expect(signedText(0.01)).toBe('+0.01');
    expect(signedPercentText(-0.5, 0)).toBe('−50\u202F%');
    expect(signedPercentText(0.5, 0)).toBe('+50\u202F%');
  });

  it('have digits to suit their span', () => {
    expect([digitsFor(200), digitsFor(5), digitsFor(0.03), digitsFor(0), digitsFor(NaN)]).toEqual([0, 2, 4, 2, 2]);
  });
});
