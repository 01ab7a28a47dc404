// How is a share over time drawn as a strip? Boxes in one colour, the stronger the larger the share.
import { markup, trusted, type Markup } from '../markup.ts';
import { boxPath } from './bars.ts';
import { UNITS } from './scale.ts';

/** Strengths that are told apart; each is one path, however many boxes it has. */
const STEPS = 5;
const HEIGHT = 10;

export interface StripLook {
  readonly kind: string;
  /** What it shows, for people who do not see it. */
  readonly label: string;
  /** The value in full colour. */
  readonly most: number;
}

/** `values` from 0 up side by side over the whole width; 0 is left empty, neighbours of one strength are one box. */
export function heatStrip(values: readonly number[], { kind, label, most }: StripLook): Markup {
  const steps = values.map((value) => (value > 0 ? Math.min(STEPS, Math.ceil((value / most) * STEPS)) : 0));
  const at = (index: number): number => (index / values.length) * UNITS;
  const paths = Array.from({ length: STEPS }, (_, below) => {
    let path = '';
    steps.forEach((step, index) => {
      if (step !== below + 1 || steps[index - 1] === step) return;
      let end = index + 1;
      while (steps[end] === step) end += 1;
      path += boxPath([at(index), at(end)], [HEIGHT, 0]);
    });
    return path === ''
      ? ''
      : markup`<path class="bar ${kind}" fill-opacity="${(below + 1) / STEPS}" d="${trusted(path)}"/>`;
  });
  return markup`<svg width="100%" height="14" viewBox="0 0 ${UNITS} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${paths}</svg>`;
}
