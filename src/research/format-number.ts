// How is a number printed in a report? With fixed digits, and `n/a` where it is undefined.

/** `value` with `digits` decimals; undefined, NaN and infinities print `n/a`, minus zero prints without its sign. */
export function formatNumber(value: number | undefined, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return 'n/a';
  const text = value.toFixed(digits);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** The fraction `value` in percent, such as `12.34 %`. */
export function formatPercent(value: number | undefined, digits = 2): string {
  const text = formatNumber(value === undefined ? undefined : value * 100, digits);
  return text === 'n/a' ? text : `${text} %`;
}
