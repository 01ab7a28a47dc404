// Does a place of a sweep stand alone? What the adjacent values of each setting earned beside it.
import type { CalibrationRow } from './calibrate-run.ts';
import { PLATEAU_SHARE, sensitivityTables } from './sensitivity.ts';
import type { SweepDimension, SweepRecord } from './sweep.ts';

/** The adjacent values of one setting in one sweep. */
export interface Neighbours {
  readonly key: string;
  /** One step down and up, as far as they were run; Sharpe ratio: median over the symbols. */
  readonly around: readonly { readonly value: string; readonly sharpe: number | undefined }[];
  readonly median: number | undefined;
  /** Whether the median keeps PLATEAU_SHARE of the place's own Sharpe ratio, where that is above 0; undefined: no neighbour is known. */
  readonly holds: boolean | undefined;
}

/** One entry per setting of at least two values. `rows`: those of one risk level of the run that made the sweep. */
export function neighboursOf(
  rows: readonly CalibrationRow[],
  { dimensions, places }: SweepRecord,
  configHash: string,
): Neighbours[] {
  if (!Object.hasOwn(places, configHash)) return [];
  const place = places[configHash];
  const sharpes = new Map<string, number | undefined>();
  for (const [hash, own] of Map.groupBy(rows, (row) => row.configHash)) {
    if (Object.hasOwn(places, hash)) sharpes.set(places[hash].join(' '), medianOf(own.map(({ sharpe }) => sharpe)));
  }
  const own = sharpes.get(place.join(' '));
  return axesOf(dimensions).flatMap((axis, at): Neighbours[] => {
    if (axis.length < 2) return [];
    const { key, values } = dimensions[at];
    const rank = axis.indexOf(place[at]);
    const around = [rank - 1, rank + 1].flatMap((step) => {
      if (step < 0 || step >= axis.length) return [];
      const beside = place.with(at, axis[step]).join(' ');
      return sharpes.has(beside) ? [{ value: values[axis[step]], sharpe: sharpes.get(beside) }] : [];
    });
    const median = medianOf(around.map(({ sharpe }) => sharpe));
    const holds = median === undefined ? undefined : !(own !== undefined && own > 0) || median >= PLATEAU_SHARE * own;
    return [{ key, around, median, holds }];
  });
}

/** Indices of the values of each dimension in the order of the sensitivity tables. */
function axesOf(dimensions: readonly SweepDimension[]): number[][] {
  return sensitivityTables(dimensions, []).map(({ rows }, at) =>
    rows.map(({ value }) => dimensions[at].values.indexOf(value)),
  );
}

/** Middle of the defined values; undefined: there are none. */
export function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  if (known.length === 0) return undefined;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}
