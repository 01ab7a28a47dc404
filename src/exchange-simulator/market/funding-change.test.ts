// Does a changed rate or interval touch the stamps to come only?
import { describe, expect, it } from 'vitest';
import { fundingEvery, HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { createFundingSchedule, fundingDue, stampIndexAfter, stampTime } from '../../domain/funding-due.ts';
import { withInterval, withNextRate } from './funding-change.ts';

const schedule = createFundingSchedule(
  SYMBOL,
  fundingEvery(8 * HOUR, (index) => index / 1_000, 20),
  8 * HOUR,
);
const none = createFundingSchedule(SYMBOL, undefined, 8 * HOUR);
const end = stampTime(schedule, 19);

describe('another rate at the next stamp', () => {
  it('changes that stamp alone', () => {
    const changed = withNextRate(schedule, START, 0.05);
    const at = stampIndexAfter(schedule, START);
    expect(fundingDue(changed, START, START + 8 * HOUR)).toEqual([{ time: START + 8 * HOUR, rate: 0.05 }]);
    expect([...changed.time]).toEqual([...schedule.time]);
    expect([...changed.rate].filter((_, index) => index !== at)).toEqual(
      [...schedule.rate].filter((_, index) => index !== at),
    );
  });

  it('can be a stamp beyond the history, before it, or without any', () => {
    for (const [base, now] of [
      [schedule, end + 20 * HOUR],
      [schedule, START - 200 * HOUR],
      [none, START + HOUR],
    ] as const) {
      const next = stampTime(base, stampIndexAfter(base, now));
      const changed = withNextRate(base, now, -0.02);
      expect(fundingDue(changed, now, next)).toEqual([{ time: next, rate: -0.02 }]);
      const later = fundingDue(changed, next, next + 30 * HOUR).map(({ time }) => time);
      expect(later).toEqual(fundingDue(base, next, next + 30 * HOUR).map(({ time }) => time));
    }
  });
});

describe('another interval', () => {
  it('puts stamps at its multiples, each with the rate of the next one in the history', () => {
    const changed = withInterval(schedule, START + HOUR, 4 * HOUR);
    expect(fundingDue(changed, START - 8 * HOUR, START)).toEqual(fundingDue(schedule, START - 8 * HOUR, START));
    const [first, second, third] = fundingDue(changed, START + HOUR, START + 12 * HOUR);
    expect([first.time, second.time, third.time]).toEqual([START + 4 * HOUR, START + 8 * HOUR, START + 12 * HOUR]);
    expect([first.rate, second.rate, third.rate]).toEqual([0.011, 0.011, 0.012]);
  });

  it('goes on beyond the history and without one', () => {
    for (const base of [schedule, none]) {
      const changed = withInterval(base, end, HOUR);
      expect(stampTime(changed, stampIndexAfter(changed, end + 30 * HOUR))).toBe(end + 31 * HOUR);
    }
  });
});
