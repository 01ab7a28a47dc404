// What stands around a chart? Grid, labels and a name; the drawing inside stretches with the page, the text does not.
import { markup, type Content, type Markup } from '../markup.ts';
import { UNITS, type Scale } from './scale.ts';

/** Beyond this the text of a mark would reach over the border of the chart. */
const END = 0.985 * UNITS;

export interface AxisTick {
  readonly at: number;
  readonly text: string;
  /** Left out where the chart is narrow. */
  readonly isMinor?: boolean;
}

export interface FrameSpec {
  /** What the chart shows, for people who do not see it. */
  readonly label: string;
  /** CSS pixels. */
  readonly height: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly xTicks: readonly AxisTick[];
  readonly yTicks: readonly AxisTick[];
  /** A value of y that gets a heavier line, such as zero. */
  readonly base?: number;
  /** Words at the top of the chart, each centred on a value of x. */
  readonly notes?: readonly { readonly at: number; readonly text: string }[];
  /** Name of the unit in which a page script may read values off the lines; undefined: it does not. */
  readonly readAs?: 'percent' | 'number';
}

/** A chart: `body` is drawn in chart units (0 to 1000 both ways, y downwards) with strokes that keep their width. */
export function frame(spec: FrameSpec, body: Content): Markup {
  const { x, y, xTicks, yTicks, base } = spec;
  const reading =
    spec.readAs === undefined
      ? undefined
      : markup` data-read="${spec.readAs}" data-x="${x.low} ${x.high}" data-y="${y.low} ${y.high}"`;
  const across = yTicks.filter(({ at }) => isInside(y, at));
  const along = xTicks.filter(({ at }) => isInside(x, at));
  return markup`<div class="plot"${reading}><svg role="img" aria-label="${spec.label}" width="100%" height="${spec.height}">
<g class="grid">${across.map(({ at }) => ruleAcross(share(y, at), ''))}${base === undefined ? undefined : ruleAcross(share(y, base), 'base')}</g>
<svg class="drawing" width="100%" height="100%" viewBox="0 0 ${UNITS} ${UNITS}" preserveAspectRatio="none">${body}</svg>
<g class="labels">${across.map((tick) => markup`<text class="y" x="0" y="${share(y, tick.at)}" dx="-8" dy="4">${tick.text}</text>`)}${along.map(
    (tick) =>
      markup`<text class="x${tick.isMinor === true ? ' minor' : ''}${x.at(tick.at) > END ? ' end' : ''}" x="${share(x, tick.at)}" y="100%" dy="18">${tick.text}</text>`,
  )}${(spec.notes ?? []).map(({ at, text }) => markup`<text class="x note" x="${share(x, at)}" y="16">${text}</text>`)}</g></svg></div>`;
}

/** A full-width line at the value of a scale. */
function ruleAcross(y: string, kind: string): Markup {
  return markup`<line class="${kind}" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
}

function isInside(scale: Scale, value: number): boolean {
  const at = scale.at(value);
  return at >= -0.5 && at <= UNITS + 0.5;
}

function share(scale: Scale, value: number): string {
  return `${round(scale.at(value) / 10, 2)}%`;
}

/** `value` as short decimal text, for coordinates. */
export function round(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)) + 0);
}
