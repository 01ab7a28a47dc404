// Where on a chart does a value lie? A straight line from values to chart units, and the range of values to show.

/** Side of the square that every chart is drawn on; the page stretches it. */
export const UNITS = 1000;

/** Maps `low` to `start` and `high` to `end`, in chart units. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Chart units of a value; values outside the range lie outside the chart. */
  readonly at: (value: number) => number;
}

/** From the left border to the right one. A range without width puts everything into the middle. */
export function horizontal(low: number, high: number): Scale {
  return linear(low, high, { start: 0, end: UNITS });
}

/** From the bottom to the top: the larger, the higher. */
export function vertical(low: number, high: number): Scale {
  return linear(low, high, { start: UNITS, end: 0 });
}

function linear(low: number, high: number, { start, end }: { readonly start: number; readonly end: number }): Scale {
  const span = high - low;
  const factor = span > 0 && Number.isFinite(span) ? (end - start) / span : 0;
  const middle = (start + end) / 2;
  return { low, high, at: (value) => (factor === 0 ? middle : start + (value - low) * factor) };
}

/** Share of a logarithmic scale from 1 to `high` that `count` reaches: 0 for nothing, a visible rest for 1. */
export function logShare(count: number, high: number): number {
  if (!(count > 0) || !(high > 0)) return 0;
  return Math.min(1, Math.log1p(count) / Math.log1p(high));
}

/** The range of the finite `values`, with `margin` of its width added on both sides and the values of `include` inside. */
export function rangeOf(
  values: Iterable<number>,
  { margin = 0.05, include = [] }: { readonly margin?: number; readonly include?: readonly number[] } = {},
): readonly [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [from, to] = [low, high];
  for (const value of include) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return [0, 1];
  if (low === high) return low === 0 ? [-1, 1] : [low - Math.abs(low) / 2, low + Math.abs(low) / 2];
  const pad = (high - low) * margin;
  // A border that was asked for, such as zero, gets no margin.
  return [low < from ? low : low - pad, high > to ? high : high + pad];
}
