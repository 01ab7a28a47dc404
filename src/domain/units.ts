// Which numbers may not be mixed up? Branded numbers with constructors that refuse NaN, infinity and values out of range.

declare const unit: unique symbol;
type Branded<Name extends string> = number & { readonly [unit]: Name };

export type Price = Branded<'Price'>;
export type Quantity = Branded<'Quantity'>;
export type Fraction = Branded<'Fraction'>;
export type EpochMs = Branded<'EpochMs'>;

function finite(value: number, name: string): number {
  if (!Number.isFinite(value)) throw new RangeError(`${name} must be a finite number, got ${value}`);
  return value;
}

function above(value: number, lowest: number, name: string): number {
  if (finite(value, name) < lowest) throw new RangeError(`${name} must be at least ${lowest}, got ${value}`);
  return value;
}

/** A price in quote currency per unit; positive. @throws RangeError on NaN, infinity, zero or less */
export function price(value: number): Price {
  if (!(finite(value, 'price') > 0)) throw new RangeError(`price must be above 0, got ${value}`);
  return value as Price;
}

/** An unsigned quantity in base units. @throws RangeError on NaN, infinity or less than 0 */
export const quantity = (value: number): Quantity => above(value, 0, 'quantity') as Quantity;

/** A fraction, 0.01 = 1 %; may be negative. @throws RangeError on NaN or infinity */
export const fraction = (value: number): Fraction => finite(value, 'fraction') as Fraction;

/** UTC milliseconds since 1970. @throws RangeError on NaN, infinity, a fraction of a millisecond or a negative time */
export function epochMs(value: number): EpochMs {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`time must be whole milliseconds, got ${value}`);
  return value as EpochMs;
}

/** Basis points as a plain factor: 5.5 bps is 0.00055. */
export const bpsToFraction = (value: number): number => value / 10_000;
