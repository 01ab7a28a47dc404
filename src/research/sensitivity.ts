// How much does a result hang on each setting of a sweep? Spread per value, pairs as heat maps, and the best's neighbours.
import type { SweepDimension, SweepRecord } from './sweep.ts';
import { numberOf } from './sweep-values.ts';

/** What is looked at of one row. */
export interface SweepFigures {
  readonly sharpe: number | undefined;
  readonly profitFactor: number | undefined;
  readonly trades: number;
}

/** A row of a result at its place in the sweep: index of the value in each dimension. */
export interface SweepPoint extends SweepFigures {
  readonly place: readonly number[];
}

/** Undefined figures are left out; a spread of none is undefined. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** All points with one value of one dimension, whatever the other dimensions. */
export interface SensitivityRow {
  readonly value: string;
  readonly points: number;
  readonly sharpe: Spread | undefined;
  readonly profitFactor: Spread | undefined;
  readonly trades: Spread | undefined;
}

export interface SensitivityTable {
  readonly key: string;
  /** Numbers rising, other values in the order they were given. */
  readonly rows: readonly SensitivityRow[];
}

/** Two dimensions; each cell is the median over all points there. `sharpe[y][x]`; undefined: nothing known. */
export interface HeatMap {
  readonly xKey: string;
  readonly yKey: string;
  readonly xs: readonly string[];
  readonly ys: readonly string[];
  readonly sharpe: readonly (readonly (number | undefined)[])[];
  readonly trades: readonly (readonly (number | undefined)[])[];
}

/** A row of a result, by the hash that the sweep knows it by. */
export interface SweptRow {
  readonly configHash: string;
  readonly figures: SweepFigures;
}

/** The rows that are combinations of the sweep, at their places; others are left out. */
export function pointsOf(rows: readonly SweptRow[], { places }: SweepRecord): SweepPoint[] {
  return rows.flatMap(({ configHash, figures }) => {
    if (!Object.hasOwn(places, configHash)) return [];
    const { sharpe, profitFactor, trades } = figures;
    return [{ place: places[configHash], sharpe, profitFactor, trades }];
  });
}

/** One table per dimension. */
export function sensitivityTables(
  dimensions: readonly SweepDimension[],
  points: readonly SweepPoint[],
): SensitivityTable[] {
  return dimensions.map((dimension, at) => ({
    key: dimension.key,
    rows: axisOf(dimension).map((index) => {
      const own = points.filter(({ place }) => place[at] === index);
      return {
        value: dimension.values[index],
        points: own.length,
        sharpe: spreadOf(own.map(({ sharpe }) => sharpe)),
        profitFactor: spreadOf(own.map(({ profitFactor }) => profitFactor)),
        trades: spreadOf(own.map(({ trades }) => trades)),
      };
    }),
  }));
}

/** One map for each pair of dimensions that both have at least two values. */
export function heatMaps(dimensions: readonly SweepDimension[], points: readonly SweepPoint[]): HeatMap[] {
  const wide = dimensions.flatMap(({ values }, at) => (values.length > 1 ? [at] : []));
  return wide.flatMap((x, rank) => wide.slice(rank + 1).map((y) => heatMap(dimensions, points, [x, y])));
}

function heatMap(
  dimensions: readonly SweepDimension[],
  points: readonly SweepPoint[],
  [x, y]: readonly [number, number],
): HeatMap {
  const cells = Map.groupBy(points, ({ place }) => `${place[x]} ${place[y]}`);
  const [xAxis, yAxis] = [axisOf(dimensions[x]), axisOf(dimensions[y])];
  const grid = (pick: (point: SweepPoint) => number | undefined): (number | undefined)[][] =>
    yAxis.map((row) => xAxis.map((column) => medianOf((cells.get(`${column} ${row}`) ?? []).map(pick))));
  return {
    xKey: dimensions[x].key,
    yKey: dimensions[y].key,
    xs: xAxis.map((index) => dimensions[x].values[index]),
    ys: yAxis.map((index) => dimensions[y].values[index]),
    sharpe: grid(({ sharpe }) => sharpe),
    trades: grid(({ trades }) => trades),
  };
}

/** A place of the sweep with the medians over its points (symbols). */
export interface PlaceFigures {
  readonly place: readonly number[];
  readonly sharpe: number | undefined;
  readonly trades: number | undefined;
}

export interface Neighbourhood {
  /** The place with the highest median Sharpe ratio; the first of the grid where several have it. */
  readonly best: PlaceFigures & { readonly sharpe: number };
  /** Places one step away along one dimension, as far as they were run. */
  readonly neighbours: readonly (PlaceFigures & { readonly key: string; readonly value: string })[];
  /** Places one step away that were not run: a random search leaves holes. */
  readonly missing: number;
  /** Median Sharpe ratio of the neighbours, and how far it lies below the best (the fragility). */
  readonly neighbourMedian: number | undefined;
  readonly drop: number | undefined;
  /** Whether the best is a peak, not a plateau; undefined: no neighbour is known, or the best is not above 0. */
  readonly isPeak: boolean | undefined;
  /** Dimensions of at least three numbers at whose first or last value the best lies: a better one may lie outside. */
  readonly atEdge: readonly string[];
}

/** A best whose neighbours keep less than this share of its Sharpe ratio stands alone. */
export const PLATEAU_SHARE = 0.5;

/**
 * The best place and what lies around it. Chance makes single peaks, a real effect makes plateaus: where the median of
 * the neighbours is below PLATEAU_SHARE of the best, the best is a peak and not to be believed. Undefined without any
 * defined Sharpe ratio.
 */
export function neighbourhoodOf(
  dimensions: readonly SweepDimension[],
  points: readonly SweepPoint[],
): Neighbourhood | undefined {
  const figures = placeFigures(points);
  const best = bestOf(figures);
  if (best === undefined) return undefined;
  const around = dimensions.flatMap((dimension, at) => {
    const axis = axisOf(dimension);
    const rank = axis.indexOf(best.place[at]);
    return [rank - 1, rank + 1]
      .filter((step) => step >= 0 && step < axis.length)
      .map((step) => ({
        key: dimension.key,
        value: dimension.values[axis[step]],
        place: best.place.with(at, axis[step]),
      }));
  });
  const neighbours = around.flatMap(({ key, value, place }) => {
    const known = figures.get(place.join(' '));
    return known === undefined ? [] : [{ ...known, key, value }];
  });
  const neighbourMedian = medianOf(neighbours.map(({ sharpe }) => sharpe));
  const isJudged = neighbourMedian !== undefined && best.sharpe > 0;
  return {
    best,
    neighbours,
    missing: around.length - neighbours.length,
    neighbourMedian,
    drop: neighbourMedian === undefined ? undefined : best.sharpe - neighbourMedian,
    isPeak: isJudged ? neighbourMedian < PLATEAU_SHARE * best.sharpe : undefined,
    atEdge: dimensions.flatMap((dimension, at) => (isAtEdge(dimension, best.place[at]) ? [dimension.key] : [])),
  };
}

function placeFigures(points: readonly SweepPoint[]): Map<string, PlaceFigures> {
  const groups = Map.groupBy(points, ({ place }) => place.join(' '));
  return new Map(
    [...groups].map(([key, own]) => [
      key,
      {
        place: own[0].place,
        sharpe: medianOf(own.map(({ sharpe }) => sharpe)),
        trades: medianOf(own.map(({ trades }) => trades)),
      },
    ]),
  );
}

function bestOf(figures: ReadonlyMap<string, PlaceFigures>): Neighbourhood['best'] | undefined {
  let best: Neighbourhood['best'] | undefined;
  for (const { place, sharpe, trades } of figures.values()) {
    if (sharpe === undefined || (best !== undefined && sharpe < best.sharpe)) continue;
    if (best === undefined || sharpe > best.sharpe || comesBefore(place, best.place)) best = { place, sharpe, trades };
  }
  return best;
}

function comesBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((index, dimension) => index !== b[dimension]);
  return at >= 0 && a[at] < b[at];
}

function isAtEdge(dimension: SweepDimension, index: number): boolean {
  if (dimension.values.length < 3 || dimension.values.some((value) => numberOf(value) === undefined)) return false;
  const axis = axisOf(dimension);
  return index === axis[0] || index === axis[axis.length - 1];
}

/** Indices of the values as an axis: numbers rising, other values in the order they were given. */
function axisOf({ values }: SweepDimension): number[] {
  const numbers = values.map(numberOf);
  const indices = values.map((_, index) => index);
  if (numbers.includes(undefined)) return indices;
  return indices.toSorted((a, b) => (numbers[a] ?? NaN) - (numbers[b] ?? NaN));
}

function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const median = medianOf(values);
  if (median === undefined) return undefined;
  const known = values.filter(isKnown);
  return { median, min: Math.min(...known), max: Math.max(...known) };
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter(isKnown).toSorted((a, b) => a - b);
  if (known.length === 0) return undefined;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

const isKnown = (value: number | undefined): value is number => value !== undefined && !Number.isNaN(value);
