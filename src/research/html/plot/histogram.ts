// How are values spread? Equal bins on round borders, one of which is zero, so that gains and losses never share a bin.
import { niceTicks } from './ticks.ts';

export interface Bin {
  /** [from, to); the last bin holds its upper border too. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The finite `values` in about `wanted` bins; every one of them is counted exactly once. */
export function histogram(values: readonly number[], wanted: number): Bin[] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [];
  const low = finite.reduce((least, value) => Math.min(least, value), 0);
  const high = finite.reduce((most, value) => Math.max(most, value), 0);
  const [width, first, bins] = layout(low, high, wanted);
  const counts = new Array<number>(bins).fill(0);
  for (const value of finite) {
    const bin = Math.floor(value / width) - first;
    counts[Math.min(bins - 1, Math.max(0, bin))] += 1;
  }
  return counts.map((count, index) => ({ from: (first + index) * width, to: (first + index + 1) * width, count }));
}

/** Width of a bin, and index and number of bins, such that bin 0 starts at zero. */
function layout(low: number, high: number, wanted: number): readonly [width: number, first: number, bins: number] {
  if (!(high > low)) return [1, 0, 1];
  const ticks = niceTicks(0, high - low, wanted);
  const width = ticks.length > 1 ? ticks[1] - ticks[0] : high - low;
  const first = Math.floor(low / width);
  const last = Math.ceil(high / width);
  return [width, first, Math.max(1, last - first)];
}
