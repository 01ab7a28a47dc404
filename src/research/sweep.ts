// Which combinations of settings does a sweep try? A grid over the named settings and their values, or a random part of it.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { createRandom } from '../domain/random.ts';
import { readSweepValues, shownValue } from './sweep-values.ts';

/** One setting and the values it takes. */
export interface SweepDimension {
  /** Dotted name: `labeling.profit_barrier`. */
  readonly key: string;
  /** YAML texts in the order they were given, ranges spread out; no two alike. At least one. */
  readonly values: readonly string[];
}

/** One value for every dimension. */
export interface Combination {
  /** Short and without commas, such as `profit_barrier=0.01/ema.fast=9`; no two combinations of a sweep share one. */
  readonly name: string;
  /** Index of the value in each dimension. */
  readonly place: readonly number[];
  /** `labeling.profit_barrier=0.01`, one of each dimension. */
  readonly overrides: readonly string[];
}

/** What a result keeps of its sweep: plain data. */
export interface SweepRecord {
  readonly dimensions: readonly SweepDimension[];
  /** By configuration hash: index of the value in each dimension. */
  readonly places: Readonly<Record<string, readonly number[]>>;
}

/** More combinations than this are never built. */
export const MOST_COMBINATIONS = 100_000;

/**
 * The dimensions of `--sweep` texts such as `labeling.profit_barrier=0.01,0.02,0.03`, `features.return_hours=[1,4],[1,24]`
 * or `risk.confidence_threshold=0.55..0.7/4` (4 values at equal distances). Whether such settings exist is not asked here.
 * @throws PerpilotError ARGUMENT_INVALID with every problem of every text
 */
export function readDimensions(texts: readonly string[]): SweepDimension[] {
  const problems: Problem[] = texts.length === 0 ? [{ message: 'nothing is swept', where: '--sweep' }] : [];
  const dimensions: SweepDimension[] = [];
  for (const text of texts) {
    const where = `--sweep ${text}`;
    const equals = text.indexOf('=');
    const key = (equals < 0 ? text : text.slice(0, equals)).trim();
    const read = readSweepValues(equals < 0 ? '' : text.slice(equals + 1));
    if (key === '') problems.push({ message: 'no setting is named', where, hint: 'write key=value,value' });
    for (const problem of read.problems) problems.push({ ...problem, message: `${key}: ${problem.message}`, where });
    const other = dimensions.find((dimension) => overlap(dimension.key, key));
    if (other !== undefined) {
      const message = other.key === key ? `${key} is swept twice` : `${key} and ${other.key} are one inside the other`;
      problems.push({ message, where });
    }
    dimensions.push({ key, values: read.values });
  }
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
  return dimensions;
}

/** Whether two dotted names are one setting, or one is a section that holds the other. */
export function overlap(key: string, other: string): boolean {
  return key === other || key.startsWith(`${other}.`) || other.startsWith(`${key}.`);
}

/** How many combinations the whole grid has; nothing is built. */
export function countCombinations(dimensions: readonly SweepDimension[]): number {
  return dimensions.reduce((product, { values }) => product * values.length, dimensions.length === 0 ? 0 : 1);
}

/**
 * Every combination; the last dimension changes fastest.
 * @throws PerpilotError ARGUMENT_INVALID when there is none, or more than MOST_COMBINATIONS
 */
export function gridCombinations(dimensions: readonly SweepDimension[]): Combination[] {
  refuseUnbuildable(countCombinations(dimensions), dimensions, 'draw some of them: --sweep-sample N');
  let places: number[][] = [[]];
  for (const { values } of dimensions) {
    places = places.flatMap((place) => values.map((_, index) => [...place, index]));
  }
  return named(dimensions, places);
}

/**
 * `count` distinct combinations drawn uniformly by `seed`, in the order of the grid. A larger `count` with the same seed
 * keeps every combination of a smaller one.
 * @throws PerpilotError ARGUMENT_INVALID when there are none, or fewer than `count`
 */
export function sampleCombinations(
  dimensions: readonly SweepDimension[],
  count: number,
  seed: number | string,
): Combination[] {
  const total = countCombinations(dimensions);
  refuseUnbuildable(Math.min(count, total), dimensions, `at most ${MOST_COMBINATIONS} can be drawn`);
  if (!Number.isInteger(count) || count < 1 || count > total) {
    throw new PerpilotError('ARGUMENT_INVALID', [
      {
        message: `${count} combinations cannot be drawn from ${total}`,
        where: '--sweep-sample',
        hint: total === count ? 'leave it out' : `a whole number from 1 to ${total} is needed`,
      },
    ]);
  }
  if (count === total) return gridCombinations(dimensions);
  const random = createRandom(`${seed}/sweep`);
  const drawn = new Map<string, number[]>();
  while (drawn.size < count) {
    const place = dimensions.map(({ values }) => random.below(values.length));
    drawn.set(place.join(' '), place);
  }
  return named(dimensions, [...drawn.values()].toSorted(byPlace));
}

function refuseUnbuildable(wanted: number, dimensions: readonly SweepDimension[], hint: string): void {
  if (wanted >= 1 && wanted <= MOST_COMBINATIONS) return;
  const sizes = dimensions.map(({ values }) => values.length).join(' × ');
  const message = wanted < 1 ? 'the sweep has no combination' : `${sizes} values make too many combinations`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--sweep', ...(wanted < 1 ? {} : { hint }) }]);
}

function byPlace(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((index, dimension) => index !== b[dimension]);
  return at < 0 ? 0 : a[at] - b[at];
}

function named(dimensions: readonly SweepDimension[], places: readonly (readonly number[])[]): Combination[] {
  const labels = shortKeys(dimensions.map(({ key }) => key));
  return places.map((place) => ({
    name: dimensions.map(({ values }, at) => `${labels[at]}=${shownValue(values[place[at]])}`).join('/'),
    place,
    overrides: dimensions.map(({ key, values }, at) => `${key}=${values[place[at]]}`),
  }));
}

/** The shortest ends of dotted names, in whole parts, that no other name shares. */
export function shortKeys(keys: readonly string[]): string[] {
  return keys.map((key) => {
    const parts = key.split('.');
    for (let from = parts.length - 1; from > 0; from -= 1) {
      const end = parts.slice(from).join('.');
      const isOwn = keys.every((other) => other === key || (other !== end && !other.endsWith(`.${end}`)));
      if (isOwn) return end;
    }
    return key;
  });
}
