// How is a series drawn as a line? As one path that breaks where a value is undefined.
import { markup, trusted, type Markup } from '../markup.ts';
import { round } from './frame.ts';
import type { Scale } from './scale.ts';

export interface Line {
  readonly name: string;
  /** Class that gives colour and dashes, such as `s0`. */
  readonly kind: string;
  /** Rising. */
  readonly xs: readonly number[];
  /** NaN: undefined, the line breaks. */
  readonly ys: readonly number[];
}

/** Path commands through all defined points, in chart units; points inside a flat stretch say nothing and are left out. */
export function linePath({ xs, ys }: Pick<Line, 'xs' | 'ys'>, x: Scale, y: Scale): string {
  const heights = ys.map((value) => (Number.isFinite(value) ? round(y.at(value), 2) : undefined));
  let path = '';
  heights.forEach((height, index) => {
    if (height === undefined) return;
    const [before, after] = [heights[index - 1], heights[index + 1]];
    if (before === height && after === height) return;
    path += `${before === undefined ? 'M' : 'L'}${round(x.at(xs[index]), 1)} ${height}`;
  });
  return path;
}

/** The line as an element that carries its name. */
export function lineMark(line: Line, x: Scale, y: Scale): Markup {
  return markup`<path class="line ${line.kind}" data-name="${line.name}" d="${trusted(linePath(line, x, y))}"/>`;
}

/** The surface between a line and the value `base`, where all values are defined. */
export function areaMark(
  line: Line,
  { x, y, base }: { readonly x: Scale; readonly y: Scale; readonly base: number },
): Markup {
  const { xs } = line;
  if (xs.length === 0) return markup``;
  const floor = round(y.at(base), 2);
  const path = `${linePath(line, x, y)}L${round(x.at(xs[xs.length - 1]), 1)} ${floor}L${round(x.at(xs[0]), 1)} ${floor}Z`;
  return markup`<path class="area ${line.kind}" d="${trusted(path)}"/>`;
}

/** Round points that keep their shape however the chart is stretched. `width` is the diameter in CSS pixels. */
export function pointMark(at: { readonly x: number; readonly y: number }, kind: string, width: number): Markup {
  return markup`<path class="point ${kind}" stroke-width="${round(width, 1)}" d="M${round(at.x, 1)} ${round(at.y, 2)}h0"/>`;
}
