// Is a stored funding history fit for use, and what is odd in it? Reports everything, repairs only the venue's clock jitter.
import { counted, createPlaceList, findingOf } from './data-finding.ts';
import type { Finding } from './data-finding.ts';
import type { FundingSeries } from './funding.ts';
import { fundingGaps, fundingRegimes } from './funding-intervals.ts';
import { isPlausibleTime, isoTime } from './iso-time.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts';

export type FundingFault =
  | 'empty'
  | 'missing-value'
  | 'implausible-time'
  | 'off-minute'
  | 'disorder'
  | 'duplicate'
  | 'implausible-rate'
  | 'off-hour'
  | 'funding-gap'
  | 'extreme-rate'
  | 'rate-in-percent'
  | 'not-covering'
  | 'jitter'
  | 'interval-change';

/** A venue's clock may be so late or early (ms); a stamp within is rounded to the minute. */
const JITTER_MS = SECOND_MS;
/** No venue ever charged so much at one stamp. */
const IMPOSSIBLE_RATE = 0.5;
/** Rates from here on are real only in a squeeze (the usual cap is 2 to 3 %). */
const EXTREME_RATE = 0.01;
/** A median rate of this size says that the file holds per cent: 0.01 instead of 0.0001. */
const PERCENT_MEDIAN = 0.004;

/** The nearest whole minute when `time` is within one second of it, else `time`. */
export function roundStamp(time: number): number {
  const minute = Math.round(time / MINUTE_MS) * MINUTE_MS;
  return Math.abs(time - minute) <= JITTER_MS ? minute : time;
}

/** The same history with its stamps on the whole minute where they are within one second of it. */
export function roundFundingStamps(series: FundingSeries): FundingSeries {
  return { ...series, time: series.time.map(roundStamp) };
}

/** Every stamp that may not be used, by fault; judged after rounding. Empty when the history may be used. */
export function fundingFaults(series: FundingSeries): readonly Finding<FundingFault>[] {
  if (series.length === 0)
    return [{ kind: 'empty', severity: 'error', count: 1, summary: 'the file holds no rows', places: [] }];
  const missing = createPlaceList();
  const implausible = createPlaceList();
  const offMinute = createPlaceList();
  const disorder = createPlaceList();
  const duplicate = createPlaceList();
  const impossible = createPlaceList();
  const seen = new Set<number>();
  let before = -Infinity;
  for (let row = 0; row < series.length; row += 1) {
    const rate = series.rate[row];
    const time = roundStamp(series.time[row]);
    if (!Number.isFinite(time) || !Number.isFinite(rate)) {
      missing.add({ row, time }, () => `funding_time is ${time}, funding_rate is ${rate}`);
      continue;
    }
    if (!isPlausibleTime(time)) implausible.add({ row, time }, () => `funding_time ${time}`);
    else if (time % MINUTE_MS !== 0) offMinute.add({ row, time }, () => `${time % MINUTE_MS} ms after the minute`);
    if (seen.has(time)) duplicate.add({ row, time }, () => 'the same stamp stands before');
    else if (time < before) disorder.add({ row, time }, () => `after ${isoTime(before)}`);
    seen.add(time);
    before = time;
    if (Math.abs(rate) >= IMPOSSIBLE_RATE) impossible.add({ row, time }, () => `rate ${rate}`);
  }
  const report = (kind: FundingFault, list: typeof missing, what: string): readonly Finding<FundingFault>[] =>
    findingOf(kind, 'error', { list, summary: `${counted(list.count, 'stamp')} ${what}` });
  return [
    ...report('missing-value', missing, 'with null, NaN or infinite values'),
    ...report('implausible-time', implausible, 'that are no UTC time in milliseconds between 2009 and 2100'),
    ...report('off-minute', offMinute, 'more than one second from a whole minute'),
    ...report('disorder', disorder, 'earlier than the one before'),
    ...report('duplicate', duplicate, 'that occur before'),
    ...report('implausible-rate', impossible, `of ${IMPOSSIBLE_RATE * 100} % or more`),
  ];
}

/** The span of candles that a funding history should cover: first open and last close, epoch milliseconds. */
export interface CoveredSpan {
  readonly from: number;
  readonly to: number;
}

/** Everything odd in `series`, errors first; `candles`: the span of the symbol's candles where there are any. */
export function checkFunding(
  series: FundingSeries,
  candles: CoveredSpan | undefined,
): readonly Finding<FundingFault>[] {
  const faults = fundingFaults(series);
  const order = Array.from({ length: series.length }, (_, row) => row)
    .filter((row) => isPlausibleTime(roundStamp(series.time[row])))
    .sort((a, b) => series.time[a] - series.time[b]);
  const times = Float64Array.from(new Set(order.map((row) => roundStamp(series.time[row]))));
  return [
    ...faults,
    ...offHour(times),
    ...holes(times),
    ...rates(series),
    ...coverage(times, candles),
    ...jitter(series),
    ...intervalChanges(times),
  ];
}

function offHour(times: Float64Array): readonly Finding<FundingFault>[] {
  const list = createPlaceList();
  for (const time of times) if (time % HOUR_MS !== 0) list.add({ time }, () => 'not on the hour');
  return findingOf('off-hour', 'warning', { list, summary: `${counted(list.count, 'stamp')} not on the hour` });
}

function holes(times: Float64Array): readonly Finding<FundingFault>[] {
  const list = createPlaceList();
  for (const gap of fundingGaps(times))
    list.add({ time: gap.from, count: gap.missing }, () => `${counted(gap.missing, 'stamp')} missing`);
  return findingOf('funding-gap', 'warning', { list, summary: `${counted(list.count, 'hole')} in the stamps` });
}

function rates(series: FundingSeries): readonly Finding<FundingFault>[] {
  const list = createPlaceList();
  for (let row = 0; row < series.length; row += 1) {
    const size = Math.abs(series.rate[row]);
    if (size >= EXTREME_RATE && size < IMPOSSIBLE_RATE)
      list.add({ row, time: series.time[row] }, () => `rate ${series.rate[row]}`);
  }
  const median = series.rate.map(Math.abs).toSorted()[series.length >> 1] ?? 0;
  const inPercent: readonly Finding<FundingFault>[] =
    median >= PERCENT_MEDIAN
      ? [
          {
            kind: 'rate-in-percent',
            severity: 'warning',
            count: 1,
            summary: `the median rate is ${median}: fractions are expected, this looks like per cent`,
            places: [],
          },
        ]
      : [];
  const summary = `${counted(list.count, 'rate')} of ${EXTREME_RATE * 100} % or more`;
  return [...findingOf<FundingFault>('extreme-rate', 'warning', { list, summary }), ...inPercent];
}

/** Candles before the first or after the last stamp by more than a day (stamps of the last interval may be yet to come). */
function coverage(times: Float64Array, candles: CoveredSpan | undefined): readonly Finding<FundingFault>[] {
  if (candles === undefined || times.length === 0) return [];
  const list = createPlaceList();
  const first = times[0];
  const last = times[times.length - 1];
  if (first - candles.from > DAY_MS)
    list.add({ time: candles.from }, () => `no rates for the first ${days(first - candles.from)} days of the candles`);
  if (candles.to - last > DAY_MS)
    list.add({ time: last }, () => `no rates for the last ${days(candles.to - last)} days of the candles`);
  return findingOf('not-covering', 'warning', { list, summary: 'the rates do not cover all candles' });
}

function days(span: number): string {
  return (span / DAY_MS).toFixed(1);
}

function jitter(series: FundingSeries): readonly Finding<FundingFault>[] {
  const list = createPlaceList();
  let largest = 0;
  for (let row = 0; row < series.length; row += 1) {
    const time = series.time[row];
    const distance = Math.abs(time - roundStamp(time));
    if (!(distance > 0)) continue;
    largest = Math.max(largest, distance);
    list.add({ row, time }, () => `${distance} ms off the minute`);
  }
  const summary = `${counted(list.count, 'stamp')} up to ${largest} ms off the minute; rounded for use`;
  return findingOf('jitter', 'note', { list, summary });
}

function intervalChanges(times: Float64Array): readonly Finding<FundingFault>[] {
  const regimes = fundingRegimes(times);
  if (regimes.length < 2) return [];
  const list = createPlaceList();
  for (const regime of regimes)
    list.add(
      { time: regime.from, count: regime.stamps },
      () => `every ${regime.intervalMs / HOUR_MS} h from ${isoTime(regime.from)} to ${isoTime(regime.to)}`,
    );
  const hours = [...new Set(regimes.map((regime) => regime.intervalMs / HOUR_MS))].sort((a, b) => a - b);
  const summary = `the funding interval changes ${counted(regimes.length - 1, 'time')}: ${hours.join(', ')} h`;
  return findingOf('interval-change', 'note', { list, summary });
}
