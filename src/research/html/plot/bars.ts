// How is an amount drawn as a bar? From a base line to its value, alone with the number as its tool tip or as one of many.
import { markup, type Content, type Markup } from '../markup.ts';
import { round } from './frame.ts';
import type { Scale } from './scale.ts';

export interface Bar {
  /** Borders on the x scale. */
  readonly from: number;
  readonly to: number;
  /** Values on the y scale; either may be the larger. */
  readonly base: number;
  readonly value: number;
  /** Class that gives its colour. */
  readonly kind: string;
  readonly title: Content;
}

/** A bar; nothing for a value that is not finite. */
export function barMark(bar: Bar, x: Scale, y: Scale): Markup {
  if (!Number.isFinite(bar.value)) return markup``;
  const [left, right] = [x.at(bar.from), x.at(bar.to)];
  const [start, end] = [y.at(bar.base), y.at(bar.value)];
  const top = Math.min(start, end);
  return markup`<rect class="bar ${bar.kind}" x="${round(left, 2)}" y="${round(top, 2)}" width="${round(Math.max(0, right - left), 2)}" height="${round(Math.max(0, Math.abs(end - start)), 2)}"><title>${bar.title}</title></rect>`;
}

/** A rectangle as path commands, in chart units. */
export function boxPath([left, right]: readonly [number, number], [bottom, top]: readonly [number, number]): string {
  return `M${round(left, 1)} ${round(bottom, 1)}H${round(right, 1)}V${round(top, 1)}H${round(left, 1)}Z`;
}
