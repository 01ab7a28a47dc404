// Which funding stamps fall due, which of them are missing, and who pays at the border?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFundingSchedule, fundingDue, stampIndexAfter, stampTime } from './funding-due.ts';
import type { FundingSeries } from './funding.ts';

const HOUR = 3_600_000;
const START = 1_717_200_000_000;

function history(hours: readonly number[], rate = 0.0001): FundingSeries {
  const time = Float64Array.from(hours, (hour) => START + hour * HOUR);
  return { symbol: 'X', length: time.length, time, rate: time.map(() => rate) };
}

/** Hours after START of the stamps in (from, to], missing ones negative. */
function dueHours(hours: readonly number[], from: number, to: number): number[] {
  const schedule = createFundingSchedule('X', history(hours), 8 * HOUR);
  return fundingDue(schedule, START + from * HOUR, START + to * HOUR).map(
    ({ time, rate }) => ((time - START) / HOUR) * (Number.isNaN(rate) ? -1 : 1),
  );
}

describe('funding that is due', () => {
  it('belongs to those who held before the stamp: (opened, closed]', () => {
    const schedule = createFundingSchedule('X', history([0, 8, 16, 24]), 8 * HOUR);
    const count = (opened: number, closed: number): number => fundingDue(schedule, opened, closed).length;
    const stamp = START + 8 * HOUR;
    expect(count(stamp - 1, stamp)).toBe(1);
    expect(count(stamp, stamp + 1)).toBe(0);
    expect(count(stamp - 1, stamp - 1)).toBe(0);
    expect(count(stamp, stamp + 8 * HOUR)).toBe(1);
    expect(count(stamp, stamp + 8 * HOUR - 1)).toBe(0);
  });

  it.each([
    ['a hole of one stamp', [0, 8, 24, 32], [8, -16, 24, 32]],
    ['a hole of three stamps', [0, 8, 40, 48], [8, -16, -24, -32, 40, 48]],
    ['a change to a shorter interval', [0, 8, 16, 20, 24, 28], [8, 16, 20, 24, 28]],
    ['a change from 1 h to 8 h', [5, 6, 7, 8, 16, 24], [6, 7, 8, 16, 24]],
    ['a hole between 4 h and 1 h', [0, 4, 16, 17, 18], [4, -8, -12, 16, 17, 18]],
    ['spacings that no venue has', [0, 16, 32], [-8, 16, -24, 32]],
  ])('%s', (_, stamps, due) => {
    expect(dueHours(stamps, stamps[0], stamps.at(-1)!)).toEqual(due);
  });

  it('goes on before and after the history with missing rates', () => {
    expect(dueHours([16, 20, 24], 3, 33)).toEqual([-4, -8, -12, 16, 20, 24, -28, -32]);
    expect(dueHours([16], 0, 32)).toEqual([-8, 16, -24, -32]);
    expect(dueHours([], 0, 17)).toEqual([-8, -16]);
  });

  it('takes a NaN rate for a missing one', () => {
    const series = history([0, 8, 16]);
    series.rate[1] = NaN;
    const due = fundingDue(createFundingSchedule('X', series, 8 * HOUR), START, START + 16 * HOUR);
    expect(due.map(({ rate }) => rate)).toEqual([NaN, 0.0001]);
  });

  it('finds the next stamp by a search that agrees with counting', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { maxLength: 20 }),
        fc.integer({ min: -50 * HOUR, max: 150 * HOUR }),
        (hours, offset) => {
          const schedule = createFundingSchedule('X', history(hours.sort((a, b) => a - b)), 8 * HOUR);
          const index = stampIndexAfter(schedule, START + offset);
          expect(stampTime(schedule, index)).toBeGreaterThan(START + offset);
          expect(stampTime(schedule, index - 1)).toBeLessThanOrEqual(START + offset);
        },
      ),
      { seed: 7, numRuns: 1000 },
    );
  });

  it('refuses a history out of order and an interval of nothing', () => {
    expect(() => createFundingSchedule('X', history([8, 8]), 8 * HOUR)).toThrow(RangeError);
    expect(() => createFundingSchedule('X', undefined, 0)).toThrow(RangeError);
  });
});
