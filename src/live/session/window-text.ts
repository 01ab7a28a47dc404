// What does a person mean by a window such as `Sat 22:00-23:30`? A span that comes again every day or week, or one with its dates.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';

/** Times in UTC milliseconds; the end is not part of it. A span that repeats begins at `from` and every `everyMs` before and after. */
export type EntryWindow =
  | { readonly kind: 'repeated'; readonly from: number; readonly lengthMs: number; readonly everyMs: number }
  | { readonly kind: 'once'; readonly from: number; readonly until: number };

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const WEEK_MS = 7 * DAY_MS;
/** The first day of the epoch was a Thursday. */
const FIRST_SUNDAY_MS = 3 * DAY_MS;

const DAY = `(?:${WEEKDAYS.join('|')})`;
const CLOCK = String.raw`(?:[01]\d|2[0-3]):[0-5]\d`;
const INSTANT = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T${CLOCK}(?::[0-5]\d)?Z?`;
const REPEATED = String.raw`(?:${DAY} ${CLOCK}-(?:${DAY} )?|${CLOCK}-)(?:${CLOCK}|24:00)`;

/** The form of an instant, and that of a window. */
export const INSTANT_FORM = new RegExp(`^${INSTANT}$`);
export const WINDOW_FORM = new RegExp(`^(?:${REPEATED}|${INSTANT}/${INSTANT})$`);

/** Milliseconds of an instant in UTC; undefined: there is no such day. */
export function instantOf(text: string): number | undefined {
  const day = text.slice(0, 10);
  const time = INSTANT_FORM.test(text) ? Date.parse(text.endsWith('Z') ? text : `${text}Z`) : NaN;
  // A day that a month does not have moves on into the next one.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : time;
}

/** Undefined: it is none, has no length, or ends before it begins. Where the end names no weekday, it is the next such time of day. */
export function windowOf(text: string): EntryWindow | undefined {
  if (!WINDOW_FORM.test(text)) return undefined;
  if (text.includes('/')) {
    const [from, until] = text.split('/').map(instantOf);
    return from === undefined || until === undefined || until <= from ? undefined : { kind: 'once', from, until };
  }
  const [begin, end] = text.split('-').map(placeOf);
  if (begin.day === undefined) return repeated(begin.clockMs, end.clockMs, DAY_MS);
  const from = FIRST_SUNDAY_MS + begin.day * DAY_MS + begin.clockMs;
  if (end.day === undefined) {
    const overMidnight = end.clockMs < begin.clockMs ? DAY_MS : 0;
    return repeated(from, from - begin.clockMs + end.clockMs + overMidnight, WEEK_MS);
  }
  // On one and the same day the end comes after the beginning.
  if (end.day === begin.day && end.clockMs < begin.clockMs) return undefined;
  return repeated(from, FIRST_SUNDAY_MS + end.day * DAY_MS + end.clockMs, WEEK_MS);
}

function repeated(from: number, until: number, everyMs: number): EntryWindow | undefined {
  if (until === from) return undefined;
  return { kind: 'repeated', from, lengthMs: until < from ? until - from + everyMs : until - from, everyMs };
}

function placeOf(text: string): { readonly day: number | undefined; readonly clockMs: number } {
  const words = text.split(' ');
  const [hours, minutes] = (words.at(-1) ?? '').split(':').map(Number);
  const day = WEEKDAYS.indexOf(words[0]);
  return { day: day < 0 ? undefined : day, clockMs: hours * HOUR_MS + minutes * MINUTE_MS };
}
