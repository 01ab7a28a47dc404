// What do the values of a fault script mean? Spans such as 10m, moments, and parameters within their bounds.
import { isPlausibleTime } from '../../domain/iso-time.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { ParameterValue } from './fault-entry.ts';
import type { ParameterRule } from './fault-row.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** A value, or what is wrong with what stands there. */
export type ReadValue<Value> = { readonly value: Value } | { readonly problem: string; readonly hint?: string };

/** Milliseconds of a span: 250ms, 2s, 10m, 6h or 1d; the number may have decimals. */
export function readSpan(written: unknown): ReadValue<number> {
  const parts = typeof written === 'string' ? /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/.exec(written.trim()) : null;
  const spanMs = parts === null ? NaN : Number(parts[1]) * UNITS[parts[2]];
  if (spanMs > 0 && Number.isFinite(spanMs)) return { value: spanMs };
  return { problem: `${shown(written)} is no span of time`, hint: 'write 250ms, 2s, 10m, 6h or 1d' };
}

/** Epoch milliseconds of a moment, written as ISO 8601 in UTC, or as the number itself. */
export function readMoment(written: unknown): ReadValue<number> {
  const hint = 'write 2024-01-03T04:00:00Z';
  const text = written instanceof Date ? written.toISOString() : written;
  if (typeof text === 'number') {
    return isPlausibleTime(text) ? { value: text } : { problem: `${text} is no time in epoch milliseconds`, hint };
  }
  const form = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?:Z|\+00:00)?)?$/;
  const parts = typeof text === 'string' ? form.exec(text.trim()) : null;
  const time = parts === null ? NaN : Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}Z`);
  return isPlausibleTime(time) ? { value: time } : { problem: `${shown(written)} is no moment`, hint };
}

/** A parameter by its rule. */
export function readParameter(rule: ParameterRule, written: unknown): ReadValue<ParameterValue> {
  switch (rule.kind) {
    case 'flag':
      return typeof written === 'boolean'
        ? { value: written }
        : { problem: `${shown(written)} is neither true nor false` };
    case 'span':
      return typeof written === 'number'
        ? { problem: `${written} has no unit`, hint: 'write 10m or 6h' }
        : readSpan(written);
    case 'word':
      return readWord(rule, written);
    default:
      return readNumber(rule, written);
  }
}

function readWord({ words }: ParameterRule, written: unknown): ReadValue<string> {
  if (typeof written !== 'string') return { problem: `${shown(written)} is no word` };
  if (words === undefined) {
    const isName = /^[A-Za-z0-9_-]{1,24}$/.test(written);
    return isName ? { value: written } : { problem: `${shown(written)} is not 1 to 24 of A-Z, a-z, 0-9, - and _` };
  }
  if (words.includes(written)) return { value: written };
  const [near] = nearestNames(written, words, 1);
  const hint = near === undefined ? `one of ${words.join(', ')}` : `did you mean ${near}?`;
  return { problem: `there is no ${shown(written)}`, hint };
}

function readNumber({ kind, min = -Infinity, max = Infinity }: ParameterRule, written: unknown): ReadValue<number> {
  if (typeof written !== 'number' || !Number.isFinite(written)) return { problem: `${shown(written)} is no number` };
  if (kind === 'whole' && !Number.isInteger(written)) return { problem: `${written} is not whole` };
  if (written < min) return { problem: `${written} is below ${min}` };
  return written > max ? { problem: `${written} is above ${max}` } : { value: written };
}

/** A value as a sentence can show it. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
