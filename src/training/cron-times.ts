// When does a cron expression come true? Minute, hour, day of the month, month and day of the week, in UTC, as cron reads them.
import { DAY_MS, HOUR_MS, MINUTE_MS, utcDay, utcWeekday } from '../domain/time.ts';
import { isoDate } from '../domain/iso-time.ts';

export interface CronTimes {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0: Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Day of the month or day of the week is enough, since both are named. */
  readonly eitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: ['', ...MONTHS] },
  { name: 'day of the week', least: 0, most: 7, names: WEEKDAYS },
];
/** Nothing that comes true at all is further away: 29 February on a given weekday. */
const FURTHEST_DAYS = 366 * 41;

/** What an expression means, or what is wrong with it. */
export function parseCron(text: string): CronTimes | string {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return `has ${parts.length} fields instead of ${FIELDS.length}`;
  const sets: Set<number>[] = [];
  for (const [index, field] of FIELDS.entries()) {
    const values = valuesOf(parts[index].toLowerCase(), field);
    if (typeof values === 'string') return values;
    sets.push(values);
  }
  const [minutes, hours, days, months, weekdays] = sets;
  if (weekdays.delete(7)) weekdays.add(0);
  const eitherDay = !parts[2].startsWith('*') && !parts[4].startsWith('*');
  return { minutes, hours, days, months, weekdays, eitherDay };
}

/** The first time after `after` at which it comes true, epoch milliseconds; undefined: it never does (30 February). */
export function nextCronTime(cron: CronTimes, after: number): number | undefined {
  const start = (Math.floor(after / MINUTE_MS) + 1) * MINUTE_MS;
  const firstDay = utcDay(start);
  for (let day = firstDay; day <= firstDay + FURTHEST_DAYS; day += 1) {
    if (!isDay(cron, day * DAY_MS)) continue;
    const from = Math.max(start, day * DAY_MS);
    for (let time = from; time < (day + 1) * DAY_MS; time += MINUTE_MS) {
      const hour = Math.floor((time % DAY_MS) / HOUR_MS);
      if (!cron.hours.has(hour)) time += HOUR_MS - (time % HOUR_MS) - MINUTE_MS;
      else if (cron.minutes.has((time % HOUR_MS) / MINUTE_MS)) return time;
    }
  }
  return undefined;
}

function isDay({ days, months, weekdays, eitherDay }: CronTimes, time: number): boolean {
  const [, month, day] = isoDate(time).split('-').map(Number);
  if (!months.has(month)) return false;
  const [byMonth, byWeek] = [days.has(day), weekdays.has(utcWeekday(time))];
  return eitherDay ? byMonth || byWeek : byMonth && byWeek;
}

/** `*`, `5`, `1-5`, `mon-fri`, each with `/2`, and lists of them with commas. */
function valuesOf(text: string, field: Field): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/.exec(part);
    const wrong = `${part} is no ${field.name}`;
    if (match === null) return wrong;
    const [, first, last, step] = match;
    const from = first === undefined ? field.least : numberOf(first, field);
    const open = first === undefined || step !== undefined;
    const until = last === undefined ? (open ? field.most : from) : numberOf(last, field);
    const by = step === undefined ? 1 : Number(step);
    if (from === undefined || until === undefined || from > until || by < 1) return wrong;
    for (let value = from; value <= until; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 && text !== '' ? named : /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
