// How is a number written on the wire? As a plain decimal that loses nothing, never with an exponent.
import { ATOM_DECIMALS, type Atoms } from '../../domain/money.ts';
import { decimalsOf } from '../../domain/instrument.ts';

/** Exact money without trailing zeros: 1500000000000 atoms are `1.5`. */
export function atomsText(atoms: Atoms): string {
  const digits = (atoms < 0n ? -atoms : atoms).toString().padStart(ATOM_DECIMALS + 1, '0');
  const whole = digits.slice(0, -ATOM_DECIMALS);
  const fraction = digits.slice(-ATOM_DECIMALS).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return atoms < 0n ? `-${text}` : text;
}

/** The shortest decimal that reads back as the same double: 1e-7 is `0.0000001`. @throws RangeError on NaN and infinity */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`a finite number is needed, got ${value}`);
  const text = String(value);
  const at = text.indexOf('e');
  if (at < 0) return text === '-0' ? '0' : text;
  const exponent = Number(text.slice(at + 1));
  const sign = text.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = text.slice(sign.length, at).split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}

/** A value on a grid with all decimals of its step: 0.5 on steps of 0.001 is `0.500`. */
export function stepText(value: number, step: number): string {
  return value.toFixed(Math.min(100, decimalsOf(step)));
}
