// How are numbers written for the eye? With a true minus sign, thin spaces between thousands, and digits to suit their size.
import { formatNumber } from '../format-number.ts';

const NOT_AVAILABLE = 'n/a';
const THIN = '\u202F';

/** What comes out of JSON for NaN is null; both mean undefined here. */
export type Figure = number | null | undefined;

/** The value if it is a finite number. */
export function known(value: Figure): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** `value` with `digits` decimals, such as `−1 234.50`; undefined, NaN and infinities are `n/a`. */
export function numberText(value: Figure, digits = 2): string {
  const text = formatNumber(known(value), digits);
  if (text === NOT_AVAILABLE || text.includes('e')) return text;
  const [whole, fraction] = text.replace('-', '').split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, THIN);
  return `${text.startsWith('-') ? '−' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** The same with a plus sign before what is positive as printed. */
export function signedText(value: Figure, digits = 2): string {
  return signed(numberText(value, digits));
}

/** The fraction `value` in percent, such as `12.3 %`. */
export function percentText(value: Figure, digits = 2): string {
  const fraction = known(value);
  const text = numberText(fraction === undefined ? undefined : fraction * 100, digits);
  return text === NOT_AVAILABLE ? text : `${text}${THIN}%`;
}

/** The same with its sign. */
export function signedPercentText(value: Figure, digits = 2): string {
  return signed(percentText(value, digits));
}

/** Decimals with which differences of `span` percent points or units are still told apart by about three digits. */
export function digitsFor(span: number): number {
  if (!(span > 0) || !Number.isFinite(span)) return 2;
  return Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(span))));
}

function signed(text: string): string {
  return text === NOT_AVAILABLE || text.startsWith('−') || !/[1-9]/.test(text) ? text : `+${text}`;
}
