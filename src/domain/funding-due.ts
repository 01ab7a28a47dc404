// Which funding stamps fall due while a position is held? Those of the history, and those that the history should have had.
import type { FundingSeries } from './funding.ts';

/** A gap longer than this many prevailing intervals is a hole: stamps are missing in it. */
const HOLE_FACTOR = 1.5;

/**
 * All stamps of one symbol: the history with its holes filled in, going on at both ends with the nearest spacing.
 * A rate of NaN is missing: nobody knows it, and nobody may take it for 0.
 */
export interface FundingSchedule {
  readonly symbol: string;
  readonly time: Float64Array;
  readonly rate: Float64Array;
  /** Spacing of expected stamps before the first and after the last one (without any: multiples since the epoch). */
  readonly intervalBefore: number;
  readonly intervalAfter: number;
}

/**
 * The schedule of a history. `intervalMs` is the longest spacing a venue uses and the one expected where there is no history.
 * A gap is a hole when it is longer than 1.5 × the prevailing interval: the longer of the spacings on its two sides (so a
 * change from 1 h to 8 h is no hole), at most `intervalMs`. A hole is filled with stamps of that interval and no rate.
 * @throws RangeError unless `intervalMs` is positive and times rise strictly
 */
export function createFundingSchedule(
  symbol: string,
  history: FundingSeries | undefined,
  intervalMs: number,
): FundingSchedule {
  if (!(intervalMs > 0)) throw new RangeError(`funding interval must be positive, got ${intervalMs}`);
  const length = history?.length ?? 0;
  if (history === undefined || length === 0) {
    const none = new Float64Array(0);
    return { symbol, time: none, rate: none, intervalBefore: intervalMs, intervalAfter: intervalMs };
  }
  const gaps: number[] = [];
  for (let index = 1; index < length; index += 1) gaps.push(history.time[index] - history.time[index - 1]);
  if (gaps.some((gap) => !(gap > 0))) throw new RangeError(`funding stamps of ${symbol} do not rise strictly`);

  const time: number[] = [history.time[0]];
  const rate: number[] = [history.rate[0]];
  for (let index = 1; index < length; index += 1) {
    const prevailing = Math.min(intervalMs, Math.max(gaps[index - 2] ?? 0, gaps[index] ?? 0) || intervalMs);
    const end = history.time[index];
    if (gaps[index - 1] > HOLE_FACTOR * prevailing) {
      let expected = history.time[index - 1] + prevailing;
      for (; end - expected > prevailing / 2; expected += prevailing) {
        time.push(expected);
        rate.push(NaN);
      }
    }
    time.push(end);
    rate.push(history.rate[index]);
  }
  return {
    symbol,
    time: Float64Array.from(time),
    rate: Float64Array.from(rate),
    intervalBefore: Math.min(intervalMs, gaps[0] ?? intervalMs),
    intervalAfter: Math.min(intervalMs, gaps[length - 2] ?? intervalMs),
  };
}

/** Time of stamp `index`; indices below 0 and beyond the end are the expected ones outside the history. */
export function stampTime(schedule: FundingSchedule, index: number): number {
  const { time, intervalBefore, intervalAfter } = schedule;
  const last = time.length - 1;
  if (last < 0) return index * intervalBefore;
  if (index < 0) return time[0] + index * intervalBefore;
  return index <= last ? time[index] : time[last] + (index - last) * intervalAfter;
}

/** Rate of stamp `index` as a fraction; NaN when missing. */
export function stampRate(schedule: FundingSchedule, index: number): number {
  return index >= 0 && index < schedule.rate.length ? schedule.rate[index] : NaN;
}

/** Index of the first stamp later than `time`. */
export function stampIndexAfter(schedule: FundingSchedule, time: number): number {
  const { time: stamps, intervalBefore, intervalAfter } = schedule;
  const last = stamps.length - 1;
  if (last < 0) return Math.floor(time / intervalBefore) + 1;
  if (time < stamps[0]) return Math.floor((time - stamps[0]) / intervalBefore) + 1;
  if (time >= stamps[last]) return last + Math.floor((time - stamps[last]) / intervalAfter) + 1;
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stamps[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface DueStamp {
  readonly time: number;
  /** Fraction; NaN when missing. */
  readonly rate: number;
}

/**
 * The stamps in (opened, closed], epoch milliseconds: at equal times funding comes before fills, so who opens at a stamp does
 * not pay it and who closes at one does.
 */
export function fundingDue(schedule: FundingSchedule, opened: number, closed: number): DueStamp[] {
  const due: DueStamp[] = [];
  for (let index = stampIndexAfter(schedule, opened); stampTime(schedule, index) <= closed; index += 1) {
    due.push({ time: stampTime(schedule, index), rate: stampRate(schedule, index) });
  }
  return due;
}
