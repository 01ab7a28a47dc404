// How is money counted exactly? As whole atoms of 1e-12 quote currency in a bigint.

/** Whole multiples of 1e-12 quote currency (or of a base unit, where a quantity is counted). */
export type Atoms = bigint;

/** Decimal places of an atom. */
export const ATOM_DECIMALS = 12;

const TEN_TO: readonly number[] = [1, 1e3, 1e6, 1e9, 1e12];
const LARGEST_FIFTEEN_DIGITS = 999_999_999_999_999;
const POWERS: readonly bigint[] = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent));

/** 10^exponent. */
const powerOfTen = (exponent: number): bigint => POWERS[exponent] ?? 10n ** BigInt(exponent);

interface Decimal {
  readonly digits: bigint;
  /** value = digits × 10^-places */
  readonly places: number;
}

/**
 * The decimal that a number stands for: the shortest one that reads back as the same double. So 50000.1 means 50000.1,
 * as the exchange wrote it, not the binary value beside it.
 */
function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new RangeError(`money needs a finite number, got ${value}`);
  // A decimal of at most 15 digits is the shortest one of its double.
  for (let index = 0; index < TEN_TO.length; index += 1) {
    const scaled = Math.round(value * TEN_TO[index]);
    if (Math.abs(scaled) > LARGEST_FIFTEEN_DIGITS) break;
    if (scaled / TEN_TO[index] === value) return { digits: BigInt(scaled), places: 3 * index };
  }
  const [mantissa, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * powerOfTen(-places), places: 0 };
}

/** `numerator / denominator` to the nearest whole number, halves away from zero; `denominator` is positive. */
function nearestQuotient(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return (numerator < 0n ? numerator - half : numerator + half) / denominator;
}

function atomsOf(digits: bigint, places: number): Atoms {
  return places <= ATOM_DECIMALS
    ? digits * powerOfTen(ATOM_DECIMALS - places)
    : nearestQuotient(digits, powerOfTen(places - ATOM_DECIMALS));
}

/**
 * A number as atoms. The one rounding of money: the shortest decimal of the number, rounded to 12 places, halves away from zero.
 * @throws RangeError on NaN and infinity
 */
export function toAtoms(value: number): Atoms {
  const { digits, places } = decimalOf(value);
  return atomsOf(digits, places);
}

/** The nearest double to an amount of atoms. */
export function atomsToNumber(atoms: Atoms): number {
  const near = Number(atoms);
  if (Number.isSafeInteger(near)) return near / 1e12;
  const digits = (atoms < 0n ? -atoms : atoms).toString().padStart(ATOM_DECIMALS + 1, '0');
  const value = Number(`${digits.slice(0, -ATOM_DECIMALS)}.${digits.slice(-ATOM_DECIMALS)}`);
  return atoms < 0n ? -value : value;
}

/**
 * The exact product of the decimals of two or three numbers, rounded once to atoms (halves away from zero):
 * quantity × price is a notional, quantity × price × rate a fee or a funding payment.
 * @throws RangeError on NaN and infinity
 */
export function productAtoms(first: number, second: number, third = 1): Atoms {
  const a = decimalOf(first);
  const b = decimalOf(second);
  if (third === 1) return atomsOf(a.digits * b.digits, a.places + b.places);
  const c = decimalOf(third);
  return atomsOf(a.digits * b.digits * c.digits, a.places + b.places + c.places);
}
