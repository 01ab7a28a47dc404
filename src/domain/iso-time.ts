// How is an instant written for people? As ISO 8601 in UTC, without a runtime's date type.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, utcDay } from './time.ts';

const FIRST_PLAUSIBLE = 1_230_768_000_000;
const LAST_PLAUSIBLE = 4_102_444_800_000;

/** A whole number of UTC milliseconds from 2009 (there was no crypto market before) to 2100; seconds or microseconds fail. */
export function isPlausibleTime(time: number): boolean {
  return Number.isInteger(time) && time >= FIRST_PLAUSIBLE && time < LAST_PLAUSIBLE;
}

/** `2024-03-01 09:00`, with seconds or milliseconds only where there are some; a number that is no date prints as it is. */
export function isoTime(time: number): string {
  if (!Number.isInteger(time) || Math.abs(time) > 8.64e15) return String(time);
  const rest = time - utcDay(time) * DAY_MS;
  const minutes = `${two(rest / HOUR_MS)}:${two((rest % HOUR_MS) / MINUTE_MS)}`;
  const seconds = rest % MINUTE_MS === 0 ? '' : `:${two((rest % MINUTE_MS) / SECOND_MS)}`;
  const milliseconds = rest % SECOND_MS === 0 ? '' : `.${String(rest % SECOND_MS).padStart(3, '0')}`;
  return `${isoDate(time)} ${minutes}${seconds}${milliseconds}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** `2024-03-01`. Civil calendar from day numbers: years of 400-year eras that begin in March. */
export function isoDate(time: number): string {
  const shifted = utcDay(time) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}
