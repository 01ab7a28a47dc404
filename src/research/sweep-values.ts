// Which values does one setting of a sweep take? Texts between commas; lists stay whole, ranges are spread out.
import type { Problem } from '../domain/errors.ts';

const NUMBER = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?`;
const WHOLE_NUMBER_TEXT = new RegExp(`^${NUMBER}$`);
/** Numbers of a range begin and end with a digit, so that `1...5` is none. */
const RANGE =
  /^(?<from>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\.\.(?<to>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\/(?<count>\d+)$/;
const MOST_VALUES = 10_000;
/** Digits kept of a value inside a range: enough for any setting, few enough that 0.01 … 0.05 meets 0.03 itself. */
const RANGE_DIGITS = 12;

export interface SweepValues {
  /** YAML texts. */
  readonly values: readonly string[];
  readonly problems: readonly Problem[];
}

/** The values of `0.01,0.02`, `[1,4],[1,24]`, `true,false`, `0.01..0.05/5` or any mixture of them. */
export function readSweepValues(text: string): SweepValues {
  if (text.trim() === '') return { values: [], problems: [{ message: 'no value is given', hint: 'write key=a,b,c' }] };
  const parts = splitOutside(text);
  if (parts === undefined) {
    return { values: [], problems: [{ message: 'a bracket or quote is not closed, or closed without being opened' }] };
  }
  const problems: Problem[] = [];
  const values = parts.flatMap((part) => {
    const spread = valuesOf(part);
    if (typeof spread !== 'string') return spread;
    problems.push({ message: spread, hint: 'write FROM..TO/COUNT, such as 0.01..0.05/5' });
    return [];
  });
  if (parts.includes('')) problems.push({ message: 'there is nothing between two commas' });
  const seen = new Map<string, string>();
  for (const value of values) {
    const other = seen.get(identityOf(value));
    if (other !== undefined && value !== '') {
      problems.push({ message: other === value ? `${value} is named twice` : `${other} and ${value} are one value` });
    }
    seen.set(identityOf(value), value);
  }
  return { values, problems };
}

/** The number a value stands for; undefined: it is none. */
export function numberOf(value: string): number | undefined {
  return WHOLE_NUMBER_TEXT.test(value) ? Number(value) : undefined;
}

/** A value for names and tables: one line, no commas, no quotes. */
export function shownValue(value: string): string {
  return value
    .replaceAll(/["']/g, '')
    .replaceAll(/\s*,\s*|\s+/g, ' ')
    .trim();
}

/** Two texts with one identity would make the same configuration, or at least carry the same name. */
function identityOf(value: string): string {
  const shown = shownValue(value);
  const number = numberOf(shown);
  return number === undefined ? shown.replaceAll(/([[{]) | (?=[\]}])/g, '$1') : String(number);
}

/** The values that one text stands for, or what is wrong with it. */
function valuesOf(part: string): string[] | string {
  const range = RANGE.exec(part)?.groups;
  if (range === undefined) return part.includes('..') && /^[^[{"']/.test(part) ? `${part} is no range` : [part];
  const from = Number(range['from']);
  const to = Number(range['to']);
  const count = Number(range['count']);
  if (count < 2 || count > MOST_VALUES) return `${part}: a range has from 2 to ${MOST_VALUES} values`;
  if (from === to) return `${part}: a range begins and ends at different values`;
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return String(from);
    if (index === count - 1) return String(to);
    return String(Number((from + ((to - from) * index) / (count - 1)).toPrecision(RANGE_DIGITS)));
  });
}

const CLOSED_BY: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** Parts between commas that stand in no bracket and no quotes, trimmed; undefined: brackets or quotes do not match. */
function splitOutside(text: string): string[] | undefined {
  const parts: string[] = [];
  const open: string[] = [];
  let quote = '';
  let part = '';
  for (const character of text) {
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (CLOSED_BY[character] !== undefined) {
      open.push(CLOSED_BY[character]);
    } else if (character === ']' || character === '}') {
      if (open.pop() !== character) return undefined;
    } else if (character === ',' && open.length === 0) {
      parts.push(part.trim());
      part = '';
      continue;
    }
    part += character;
  }
  parts.push(part.trim());
  return quote === '' && open.length === 0 ? parts : undefined;
}
