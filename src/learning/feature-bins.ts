// Which bin does each feature value fall into? Cuts per feature, and the whole table as slot numbers of a histogram.
import type { Matrix } from './matrix.ts';
import { binBounds } from './quantile-cuts.ts';

/** `histogram`: at most `maxBins` bins per feature by quantiles. `exact`: one bin per distinct value. */
export type CutRule = 'histogram' | 'exact';

/** A binned table. The slots of feature f are `start[f]` to `start[f + 1]`; the last of them takes the missing values. */
export interface BinnedFeatures {
  readonly rows: number;
  readonly columns: number;
  /** Row-major slot of each value: the index into a histogram over all features. */
  readonly slots: Uint16Array | Int32Array;
  readonly slotCount: number;
  readonly start: Int32Array;
  /** Lowest value of each slot as float32 (missing slots: NaN). */
  readonly lower: Float32Array;
  /** Highest value of each feature as float32; NaN for a feature that is always missing. */
  readonly highest: Float32Array;
  /** 1 where a feature is missing in at least one row. */
  readonly hasMissing: Uint8Array;
}

/** Bins every column of `x`. Values are compared as float32; `maxBins` is at least 2 and not used by `exact`. */
export function binFeatures(x: Matrix, rule: CutRule, maxBins: number): BinnedFeatures {
  const { rows, columns } = x;
  const start = new Int32Array(columns + 1);
  const highest = new Float32Array(columns);
  const hasMissing = new Uint8Array(columns);
  const lowerOfColumn: Float32Array[] = [];
  const sorted = new Float32Array(rows);
  for (let column = 0; column < columns; column += 1) {
    const present = sortedColumn(x, column, sorted);
    const lower = binBounds(present, rule === 'exact' ? Infinity : maxBins);
    lowerOfColumn.push(lower);
    highest[column] = present.length === 0 ? NaN : present[present.length - 1];
    hasMissing[column] = present.length < rows ? 1 : 0;
    start[column + 1] = start[column] + lower.length + 1;
  }
  const slotCount = start[columns];
  const lower = new Float32Array(slotCount).fill(NaN);
  lowerOfColumn.forEach((bounds, column) => lower.set(bounds, start[column]));
  const slots = slotCount <= 65_536 ? new Uint16Array(rows * columns) : new Int32Array(rows * columns);
  for (let column = 0; column < columns; column += 1) {
    assignSlots(x, column, { slots, lower, from: start[column], to: start[column + 1] - 1 });
  }
  return { rows, columns, slots, slotCount, start, lower, highest, hasMissing };
}

/** The present values of a column in rising order, as a view of `buffer`. */
function sortedColumn(x: Matrix, column: number, buffer: Float32Array): Float32Array {
  let count = 0;
  for (let index = column; index < x.values.length; index += x.columns) {
    const value = x.values[index];
    if (Number.isNaN(value)) continue;
    buffer[count] = value + 0;
    count += 1;
  }
  return buffer.subarray(0, count).sort();
}

interface SlotTarget {
  readonly slots: Uint16Array | Int32Array;
  readonly lower: Float32Array;
  /** First slot of the column. */
  readonly from: number;
  /** Its missing slot: one past the last bin. */
  readonly to: number;
}

function assignSlots(x: Matrix, column: number, target: SlotTarget): void {
  const { values, columns } = x;
  const { slots, lower, from, to } = target;
  for (let index = column; index < values.length; index += columns) {
    const value = Math.fround(values[index]);
    let slot = to;
    if (value === value) {
      slot = from;
      let count = to - from;
      while (count > 1) {
        const half = count >>> 1;
        if (lower[slot + half] <= value) slot += half;
        count -= half;
      }
    }
    slots[index] = slot;
  }
}
