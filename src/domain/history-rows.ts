// How do pieces of a history become one? Rows by time, each time once, what came later in place of what came before.
import type { TimeSpan } from './time-ranges.ts';

/** Rows in strictly rising time, as columns of equal length. */
export interface HistoryRows {
  readonly length: number;
  readonly time: Float64Array;
  readonly values: readonly Float64Array[];
}

/** Time, then the values. */
export type HistoryRow = readonly number[];

export interface RowCollector {
  /** Rows in any order. A time that was added before gets the new values. */
  add(rows: Iterable<HistoryRow>): void;
  addAll(rows: HistoryRows): void;
  /** Everything so far. */
  rows(): HistoryRows;
}

const FIRST_ROOM = 4_096;

/** @param width values of a row, its time not counted */
export function createRowCollector(width: number): RowCollector {
  let columns = Array.from({ length: width + 1 }, () => new Float64Array(FIRST_ROOM));
  let length = 0;
  const append = (valueAt: (column: number) => number): void => {
    if (length === columns[0].length) columns = columns.map(grown);
    for (let column = 0; column <= width; column += 1) columns[column][length] = valueAt(column);
    length += 1;
  };
  return {
    add(rows) {
      for (const row of rows) append((column) => row[column]);
    },
    addAll({ time, values, length: count }) {
      for (let index = 0; index < count; index += 1)
        append((column) => (column === 0 ? time[index] : values[column - 1][index]));
    },
    rows: () => sorted(columns, length),
  };
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

function sorted(columns: readonly Float64Array[], length: number): HistoryRows {
  const [time] = columns;
  if (isRising(time, length)) {
    const whole = columns.map((column) => column.slice(0, length));
    return { length, time: whole[0], values: whole.slice(1) };
  }
  const order = Uint32Array.from({ length }, (_, index) => index).sort((a, b) => time[a] - time[b] || a - b);
  // Of equal times, the last one added counts.
  const kept = order.filter((row, index) => index + 1 === length || time[order[index + 1]] !== time[row]);
  const taken = columns.map((column) => Float64Array.from(kept, (row) => column[row]));
  return { length: kept.length, time: taken[0], values: taken.slice(1) };
}

/** As pieces come as a rule: then nothing has to be sorted. */
function isRising(time: Float64Array, length: number): boolean {
  for (let index = 1; index < length; index += 1) if (!(time[index - 1] < time[index])) return false;
  return true;
}

/** Spans between the first and the last row in which rows at every `stepMs` are missing. */
export function holesIn({ time, length }: HistoryRows, stepMs: number): readonly TimeSpan[] {
  const holes: TimeSpan[] = [];
  for (let index = 1; index < length; index += 1) {
    const from = time[index - 1] + stepMs;
    if (from < time[index]) holes.push({ from, until: time[index] });
  }
  return holes;
}

/** A row that was stored with other values than it has now. */
export interface RevisedRow {
  readonly time: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Rows of `before` that stand in `after` with other values, in rising time. */
export function revisedRows(before: HistoryRows, after: HistoryRows): readonly RevisedRow[] {
  const revised: RevisedRow[] = [];
  let other = 0;
  for (let index = 0; index < before.length; index += 1) {
    while (other < after.length && after.time[other] < before.time[index]) other += 1;
    if (other >= after.length || after.time[other] !== before.time[index]) continue;
    if (before.values.every((column, value) => Object.is(column[index], after.values[value][other]))) continue;
    revised.push({
      time: before.time[index],
      before: before.values.map((column) => column[index]),
      after: after.values.map((column) => column[other]),
    });
  }
  return revised;
}
