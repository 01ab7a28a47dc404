// What becomes of funding stamps when the venue changes a rate or the interval? A schedule made anew; the past stays.
import { stampIndexAfter, stampRate, stampTime } from '../../domain/funding-due.ts';
import type { FundingSchedule } from '../../domain/funding-due.ts';

/** The same stamps, with another rate at the first one after `now`. */
export function withNextRate(schedule: FundingSchedule, now: number, rate: number): FundingSchedule {
  const at = stampIndexAfter(schedule, now);
  const first = Math.min(0, at);
  const length = Math.max(schedule.time.length, at + 1) - first;
  const time = Float64Array.from({ length }, (_, index) => stampTime(schedule, first + index));
  const rates = Float64Array.from({ length }, (_, index) => stampRate(schedule, first + index));
  rates[at - first] = rate;
  // Without any history, stamps are multiples since the epoch: one of them keeps the rest where they were.
  if (schedule.time.length > 0) return { ...schedule, time, rate: rates };
  return { ...schedule, time: time.slice(at - first, at - first + 1), rate: Float64Array.of(rate) };
}

/**
 * Stamps of a new interval after `now`, at whole multiples since the epoch. Each has the rate of the next stamp of the history,
 * per stamp as it stands there.
 */
export function withInterval(schedule: FundingSchedule, now: number, intervalMs: number): FundingSchedule {
  const past = schedule.time.filter((time) => time <= now);
  const end = schedule.time.length === 0 ? now : schedule.time[schedule.time.length - 1];
  const times = [...past];
  const rates = Array.from(schedule.rate.slice(0, past.length));
  for (let time = (Math.floor(now / intervalMs) + 1) * intervalMs; time <= end; time += intervalMs) {
    times.push(time);
    rates.push(stampRate(schedule, stampIndexAfter(schedule, time - 1)));
  }
  const { symbol, intervalBefore } = schedule;
  const isEmpty = times.length === 0;
  return {
    symbol,
    time: Float64Array.from(times),
    rate: Float64Array.from(rates),
    intervalBefore: isEmpty ? intervalMs : intervalBefore,
    intervalAfter: intervalMs,
  };
}
