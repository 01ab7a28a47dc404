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
  const byColumn = transpose(x);
  const sorted = new Float32Array(rows);
  for (let column = 0; column < columns; column += 1) {
    const present = sortedPresent(byColumn.subarray(column * rows, (column + 1) * rows), sorted);
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
    const target = { slots, columns, column, lower, from: start[column], to: start[column + 1] - 1 };
    assignSlots(byColumn.subarray(column * rows, (column + 1) * rows), target);
  }
  return { rows, columns, slots, slotCount, start, lower, highest, hasMissing };
}

/** The values column after column as float32, without a negative zero. */
function transpose(x: Matrix): Float32Array {
  const { rows, columns, values } = x;
  const byColumn = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      byColumn[column * rows + row] = values[row * columns + column] + 0;
  }
  return byColumn;
}

/** The values that are not missing in rising order, as a view of `buffer`. */
function sortedPresent(values: Float32Array, buffer: Float32Array): Float32Array {
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    buffer[count] = value;
    count += Number(value === value);
  }
  return buffer.subarray(0, count).sort();
}

interface SlotTarget {
  readonly slots: Uint16Array | Int32Array;
  readonly columns: number;
  readonly column: number;
  readonly lower: Float32Array;
  /** First slot of the column. */
  readonly from: number;
  /** Its missing slot: one past the last bin. */
  readonly to: number;
}

function assignSlots(values: Float32Array, target: SlotTarget): void {
  const { slots, columns, column, lower, from, to } = target;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    let slot = to;
    if (value === value) {
      slot = from;
      let count = to - from;
      while (count > 1) {
        const half = count >>> 1;
        slot += half * Number(lower[slot + half] <= value);
        count -= half;
      }
    }
    slots[row * columns + column] = slot;
  }
}
