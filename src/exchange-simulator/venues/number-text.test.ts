import { assert, bigInt, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atomsToNumber, toAtoms } from '../../domain/money.ts';
import { atomsText, numberText, stepText } from './number-text.ts';

describe('atomsText', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000000001'],
    [-1n, '-0.000000000001'],
    [1_500_000_000_000n, '1.5'],
    [-10_000_000_000_000n, '-10'],
    [10_000_123_456_789_012n, '10000.123456789012'],
  ])('writes %s atoms as %s', (atoms, text) => {
    expect(atomsText(atoms)).toBe(text);
  });

  it('loses nothing, whatever the amount', () => {
    assert(
      property(bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (atoms) => {
        const [whole, fraction = ''] = atomsText(atoms).replace('-', '').split('.');
        const back = BigInt(whole + fraction.padEnd(12, '0'));
        expect(atoms < 0n ? -back : back).toBe(atoms);
        expect(atomsText(atoms)).not.toMatch(/\.\d*0$|\.$|^-0$/);
      }),
    );
  });
});

describe('numberText', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1e-7, '0.0000001'],
    [1.25e-9, '0.00000000125'],
    [-1.5e-10, '-0.00000000015'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
    [-2.5, '-2.5'],
    [69198.7, '69198.7'],
  ])('writes %s as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  it('reads back as the same double and has no exponent', () => {
    assert(
      property(double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = numberText(value);
        expect(text).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(text)).toBe(value + 0);
      }),
    );
  });

  it('refuses what is no number', () => {
    expect(() => numberText(NaN)).toThrow(RangeError);
    expect(() => numberText(Infinity)).toThrow(RangeError);
  });

  it('agrees with exact money', () => {
    assert(
      property(double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const atoms = toAtoms(value);
        expect(Number(atomsText(atoms))).toBe(atomsToNumber(atoms));
      }),
    );
  });
});

describe('stepText', () => {
  it('has the decimals of the step', () => {
    expect(stepText(0.5, 0.001)).toBe('0.500');
    expect(stepText(36_500, 0.1)).toBe('36500.0');
    expect(stepText(7, 1)).toBe('7');
    expect(stepText(3e-8, 1e-8)).toBe('0.00000003');
  });
});
