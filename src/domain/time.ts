// How is time counted? UTC epoch milliseconds; a crypto year has 365 days of 24 hours, here and nowhere else.

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const DAYS_PER_YEAR = 365;
export const YEAR_MS: number = DAYS_PER_YEAR * DAY_MS;

/** How many bars of `intervalMs` a year holds (hourly: 8760). */
export function barsPerYear(intervalMs: number): number {
  return YEAR_MS / intervalMs;
}

/** The UTC day number since the epoch of a time in epoch milliseconds. */
export function utcDay(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** Hour of the UTC day with its fraction, 0 <= h < 24. */
export function utcHour(time: number): number {
  return (time - utcDay(time) * DAY_MS) / HOUR_MS;
}

/** Day of the UTC week: 0 is Sunday. */
export function utcWeekday(time: number): number {
  return (utcDay(time) + 4) % 7;
}

const INTERVALS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
};

/** The interval names that candles may have, shortest first. */
export const INTERVAL_NAMES: readonly string[] = Object.keys(INTERVALS);

/** Milliseconds of an interval name such as `1h`; undefined for a name that is not one of `INTERVAL_NAMES`. */
export function parseInterval(name: string): number | undefined {
  return Object.hasOwn(INTERVALS, name) ? INTERVALS[name] : undefined;
}
