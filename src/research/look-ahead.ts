// Does anything look into the future, or remember where it began? Columns on cut data must equal those on all data.
import { createRandom } from '../domain/random.ts';

/** Named columns with one entry per bar; NaN: undefined. */
export type NamedColumns = Readonly<Record<string, ArrayLike<number>>>;

/** The first bar at which a column on cut data differs from the same column on all data. */
export interface Mismatch {
  readonly column: string;
  /** Bars kept, or the bar the late start began at. */
  readonly cut: number;
  /** Bar of the whole series. */
  readonly bar: number;
  readonly onCut: number;
  readonly onAll: number;
}

/** The first bar before `cut` at which each column differs in any bit, for the columns that do; NaN equals NaN. */
export function mismatchesBefore(cut: number, onCut: NamedColumns, onAll: NamedColumns): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [column, all] of Object.entries(onAll)) {
    const part = onCut[column];
    for (let bar = 0; bar < cut; bar += 1) {
      const seen = part?.[bar] ?? NaN;
      if (Object.is(seen, all[bar])) continue;
      mismatches.push({ column, cut, bar, onCut: seen, onAll: all[bar] });
      break;
    }
  }
  return mismatches;
}

/** Whether two values agree to `tolerance`, relative to the larger of 1 and `reference`; undefined agrees with undefined. */
export function agrees(value: number, reference: number, tolerance: number): boolean {
  return Object.is(value, reference) || Math.abs(value - reference) <= tolerance * Math.max(1, Math.abs(reference));
}

/**
 * Truncates the future at random points. `compute(bars)` returns the columns computed from the first `bars` bars alone;
 * every value before the cut must be the same, bit for bit, as with all `length` bars. Returns the first mismatch of every
 * column and cut; none: nothing looks ahead.
 */
export function findLookAhead(input: {
  readonly length: number;
  readonly cuts: number;
  readonly seed: string | number;
  readonly compute: (bars: number) => NamedColumns;
}): Mismatch[] {
  const { length, compute } = input;
  const random = createRandom(input.seed);
  const all = compute(length);
  const mismatches: Mismatch[] = [];
  for (let index = 0; index < input.cuts; index += 1) {
    const cut = 1 + random.below(length - 1);
    mismatches.push(...mismatchesBefore(cut, compute(cut), all));
  }
  return mismatches;
}

/**
 * Begins at random later points. `compute(start)` returns the columns over bars `start`..`length - 1` alone; from
 * `warmupOf(column)` bars after the start on they must equal those of the whole history to `tolerance` (relative to the
 * larger of 1 and the value). Returns the first mismatch of every column and start.
 */
export function findWarmUpErrors(input: {
  readonly length: number;
  readonly starts: number;
  readonly seed: string | number;
  readonly tolerance: number;
  readonly compute: (start: number) => NamedColumns;
  readonly warmupOf: (column: string) => number;
}): Mismatch[] {
  const { length, compute, warmupOf, tolerance } = input;
  const random = createRandom(input.seed);
  const all = compute(0);
  const mismatches: Mismatch[] = [];
  for (let index = 0; index < input.starts; index += 1) {
    const start = 1 + random.below(Math.floor(length / 2));
    const part = compute(start);
    for (const column of Object.keys(all)) {
      for (let bar = start + warmupOf(column) - 1; bar < length; bar += 1) {
        const onCut = part[column]?.[bar - start] ?? NaN;
        const onAll = all[column][bar];
        if (agrees(onCut, onAll, tolerance)) continue;
        mismatches.push({ column, cut: start, bar, onCut, onAll });
        break;
      }
    }
  }
  return mismatches;
}
