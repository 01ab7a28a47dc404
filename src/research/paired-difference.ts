// Did one account do better than another on the same days? The mean daily difference with what chance makes of it.
import { DAYS_PER_YEAR } from '../domain/time.ts';
import { meanBlockOf } from './day-resamples.ts';
import { bootstrapInterval } from './statistics/bootstrap-interval.ts';
import { mean } from './statistics/moments.ts';
import { permutationPValue } from './statistics/p-values.ts';

/** With fewer days on which two accounts differ, nothing is said about chance. */
export const MIN_DAYS_APART = 20;

/** Days that differ by less than this share of the largest difference are rounding of quantities, not another trade. */
const SHARE_THAT_COUNTS = 0.01;

export interface DifferenceInterval {
  readonly low: number;
  readonly high: number;
}

export interface PairedDifference {
  /** Days on which the two differ. */
  readonly daysApart: number;
  /** Mean daily difference times 365: fraction of equity a year. */
  readonly perYear: number | undefined;
  /** 95 % percentile interval of `perYear`; undefined with fewer than MIN_DAYS_APART days apart. */
  readonly interval: DifferenceInterval | undefined;
  /** Two-sided, of the hypothesis that the mean difference is 0; undefined as the interval. */
  readonly pValue: number | undefined;
}

/** `whole` less `other`, day by day. @throws RangeError for series of other lengths: they are not of the same days */
export function dailyDifference(whole: ArrayLike<number>, other: ArrayLike<number>): Float64Array {
  if (whole.length !== other.length) {
    throw new RangeError(`${whole.length} and ${other.length} daily returns are not of the same days`);
  }
  return Float64Array.from({ length: whole.length }, (_, day) => whole[day] - other[day]);
}

/** How often each resample of days draws each of `length` days. */
export function drawsOf(resamples: readonly Int32Array[], length: number): readonly Uint16Array[] {
  return resamples.map((days) => {
    const draws = new Uint16Array(length);
    for (let i = 0; i < days.length; i += 1) draws[days[i]] += 1;
    return draws;
  });
}

/**
 * What stands behind a series of daily differences. Each of `draws` says how often a resample holds each day: drawing a day
 * draws both accounts of that day, so what moves both alike cancels out. The p-value asks how often a mean difference moved
 * to 0 strays as far as the one seen.
 */
export function pairedDifference(difference: Float64Array, draws: readonly Uint16Array[]): PairedDifference {
  const daysApart = countDaysApart(difference);
  const daily = mean(difference);
  const estimate = daily === undefined ? undefined : daily * DAYS_PER_YEAR;
  if (estimate === undefined || daysApart < MIN_DAYS_APART) {
    return { daysApart, perYear: estimate, interval: undefined, pValue: undefined };
  }
  const replicates = replicatesOf(difference, draws);
  const strayed = replicates.map((replicate) => Math.abs(replicate - estimate));
  const bounds = bootstrapInterval(estimate, replicates, 0.95);
  return {
    daysApart,
    perYear: estimate,
    interval: bounds === undefined ? undefined : { low: bounds.percentile[0], high: bounds.percentile[1] },
    pValue: permutationPValue(Math.abs(estimate), strayed),
  };
}

/** Mean block for several differences of the same days: the longest that one of them asks for. */
export function sharedBlockOf(differences: readonly Float64Array[]): number {
  return Math.max(1, ...differences.map(meanBlockOf));
}

function countDaysApart(difference: Float64Array): number {
  const largest = difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return difference.reduce(
    (count, value) => count + (value !== 0 && Math.abs(value) >= SHARE_THAT_COUNTS * largest ? 1 : 0),
    0,
  );
}

/** The yearly mean of every resample. Most days hold no difference, so only the others are summed. */
function replicatesOf(difference: Float64Array, draws: readonly Uint16Array[]): Float64Array {
  const days = Int32Array.from([...difference.keys()].filter((day) => difference[day] !== 0));
  return Float64Array.from(draws, (drawn) => {
    let sum = 0;
    for (let i = 0; i < days.length; i += 1) sum += drawn[days[i]] * difference[days[i]];
    return (sum / difference.length) * DAYS_PER_YEAR;
  });
}
