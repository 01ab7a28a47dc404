// When are models trained anew? By the calendar, by age, when they no longer fit, or when the guard asks; never too often.
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { nextCronTime, type CronTimes } from './cron-times.ts';

export interface ScheduleRules {
  /** Days after the last training; null: age alone asks for nothing. */
  readonly everyDays: number | null;
  /** Times in UTC; undefined: none. */
  readonly cron: CronTimes | undefined;
  readonly onDrift: boolean;
  readonly onGuard: boolean;
  readonly minHoursBetween: number;
}

/** What is known of the past, epoch milliseconds; undefined: it never happened. */
export interface ScheduleFacts {
  /** When the last training began, whatever came of it. */
  readonly lastTraining: number | undefined;
  /** When the watch last found that a model no longer fits. */
  readonly driftSince: number | undefined;
  /** When the guard last paused trading. */
  readonly guardSince: number | undefined;
  /** When the first days of shadow of a challenger that are not settled end. */
  readonly shadowUntil?: number | undefined;
}

export type RetrainCause = 'first' | 'age' | 'calendar' | 'drift' | 'guard' | 'shadow';

/** Why models are to be trained at `now`; none: not now. Every cause that holds is named. */
export function retrainCauses(now: number, rules: ScheduleRules, facts: ScheduleFacts): RetrainCause[] {
  const { lastTraining, driftSince, guardSince } = facts;
  if (lastTraining === undefined) return ['first'];
  if (now - lastTraining < rules.minHoursBetween * HOUR_MS) return [];
  const causes: RetrainCause[] = [];
  if (rules.everyDays !== null && now - lastTraining >= rules.everyDays * DAY_MS) causes.push('age');
  const due = rules.cron === undefined ? undefined : nextCronTime(rules.cron, lastTraining);
  if (due !== undefined && due <= now) causes.push('calendar');
  // What was seen before the last training is answered by it.
  if (rules.onDrift && driftSince !== undefined && driftSince > lastTraining) causes.push('drift');
  if (facts.shadowUntil !== undefined && facts.shadowUntil <= now) causes.push('shadow');
  if (rules.onGuard && guardSince !== undefined && guardSince > lastTraining) causes.push('guard');
  return causes;
}

/** The next moment at which the calendar or the age alone will ask, epoch milliseconds; undefined: neither ever will. */
export function nextTraining(rules: ScheduleRules, lastTraining: number): number | undefined {
  const byAge = rules.everyDays === null ? undefined : lastTraining + rules.everyDays * DAY_MS;
  const byCalendar = rules.cron === undefined ? undefined : nextCronTime(rules.cron, lastTraining);
  const times = [byAge, byCalendar].filter((time) => time !== undefined);
  if (times.length === 0) return undefined;
  return Math.max(Math.min(...times), lastTraining + rules.minHoursBetween * HOUR_MS);
}
