// How strong is the colour of a cell? By its value against the largest of its table; the number always stands in it.
import { markup, type Content, type Markup } from '../markup.ts';

export interface HeatCell {
  /** Undefined: an empty cell. */
  readonly value: number | undefined;
  readonly content: Content;
}

/** The largest absolute value of a table, against which its colours are measured. */
export function heatLimit(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((most, value) => {
    const size = value === undefined || !Number.isFinite(value) ? 0 : Math.abs(value);
    return Math.max(most, size);
  }, 0);
}

/** A table cell: gains in one colour, losses in another, from nothing at zero to full strength at `limit`. */
export function heatCell({ value, content }: HeatCell, limit: number): Markup {
  if (value === undefined || !Number.isFinite(value)) return markup`<td class="empty">${content}</td>`;
  const strength = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
  const kind = value > 0 ? 'heat gain' : value < 0 ? 'heat loss' : 'heat';
  return markup`<td class="${kind}" style="--heat:${Math.round(strength * 70)}%">${content}</td>`;
}
