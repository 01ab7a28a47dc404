// Is money counted exactly, with one rounding that anyone can repeat by hand?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atomsToNumber, productAtoms, toAtoms } from './money.ts';

/** The shortest decimal of a double as an exact fraction, read digit by digit. */
function fractionOf(value: number): { readonly top: bigint; readonly bottom: bigint } {
  const [mantissa, exponent] = value.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const power = Number(exponent) - (mantissa.split('.')[1]?.length ?? 0);
  return power >= 0
    ? { top: BigInt(digits) * 10n ** BigInt(power), bottom: 1n }
    : { top: BigInt(digits), bottom: 10n ** BigInt(-power) };
}

function roundHalfAway(top: bigint, bottom: bigint): bigint {
  const size = top < 0n ? -top : top;
  const whole = size / bottom;
  const rounded = (size - whole * bottom) * 2n >= bottom ? whole + 1n : whole;
  return top < 0n ? -rounded : rounded;
}

const anyNumber = fc.oneof(
  fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
  fc.double({ noNaN: true, min: -1e-6, max: 1e-6 }),
  fc.integer({ min: -1e9, max: 1e9 }).map((ticks) => ticks / 1e4),
  fc.constantFrom(0, -0, 1e21, -1e21, 5e-324, 5e-13, -5e-13, 4.9e-13, 0.1, 0.3, 50_000.1),
);

describe('money', () => {
  it.each([
    [50_000.1, 50_000_100_000_000_000n],
    [0.1 + 0.2, 300_000_000_000n],
    [5e-13, 1n],
    [-5e-13, -1n],
    [4.9e-13, 0n],
    [1e21, 10n ** 33n],
    [-0.000_55, -550_000_000n],
  ])('%d is %d atoms', (value, atoms) => {
    expect(toAtoms(value)).toBe(atoms);
  });

  it('rounds the shortest decimal once, halves away from zero', () => {
    fc.assert(
      fc.property(anyNumber, (value) => {
        const { top, bottom } = fractionOf(value);
        expect(toAtoms(value)).toBe(roundHalfAway(top * 10n ** 12n, bottom));
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('multiplies decimals without an intermediate rounding', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, anyNumber, (a, b, c) => {
        const [x, y, z] = [fractionOf(a), fractionOf(b), fractionOf(c)];
        const top = x.top * y.top * z.top * 10n ** 12n;
        expect(productAtoms(a, b, c)).toBe(roundHalfAway(top, x.bottom * y.bottom * z.bottom));
        expect(productAtoms(a, b)).toBe(roundHalfAway(x.top * y.top * 10n ** 12n, x.bottom * y.bottom));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  it('gives the nearest number back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (atoms) => {
        const value = atomsToNumber(atoms);
        expect(value).toBe(Number(`${atoms}e-12`));
      }),
      { seed: 3, numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (atoms) => {
        expect(toAtoms(atomsToNumber(BigInt(atoms)))).toBe(BigInt(atoms));
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  it('refuses what is no amount', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(() => toAtoms(value)).toThrow(RangeError);
      expect(() => productAtoms(1, value)).toThrow(RangeError);
    }
  });
});
