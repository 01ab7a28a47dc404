// What is the value of each line under the pointer? Read off the drawn paths, so that the page holds no number twice.
import type { minuteText, plainText } from './trade-list.ts';
import type { Page, PageElement, PageEvent } from './page-types.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

export interface ReadKit {
  readonly minuteText: typeof minuteText;
  readonly plainText: typeof plainText;
}

/** The points of a path of moves and lines, as [x0, y0, x1, y1, ...]. */
export function pathPoints(path: string): number[] {
  return path
    .split(/[ML ]/)
    .filter((part) => part !== '')
    .map(Number);
}

/** Index of the point nearest to `x` in [x0, y0, x1, y1, ...], rising in x; −1 without points. */
export function nearestPoint(points: readonly number[], x: number): number {
  let best = -1;
  for (let at = 0; at < points.length; at += 2) {
    if (best < 0 || Math.abs(points[at] - x) < Math.abs(points[best] - x)) best = at;
  }
  return best;
}

/** Lets every chart that says so tell its values while the pointer is over it. */
export function startLineReading(page: Page, kit: ReadKit): void {
  for (const plot of page.document.querySelectorAll('.plot[data-read]')) {
    const readout = plot.closest('figure')?.querySelector('.readout') ?? null;
    const drawing = plot.querySelector('.drawing');
    if (readout === null || drawing === null) continue;
    const lines = [...plot.querySelectorAll('.line')].map((line) => ({
      name: line.getAttribute('data-name') ?? '',
      points: pathPoints(line.getAttribute('d') ?? ''),
    }));
    const hair = page.document.createElementNS('http://www.w3.org/2000/svg', 'path');
    hair.setAttribute('class', 'hair');
    drawing.append(hair);
    plot.addEventListener('pointermove', (event) => readLines(plot, { readout, hair, lines, kit }, event));
    plot.addEventListener('pointerleave', () => {
      readout.textContent = '';
      hair.setAttribute('d', '');
    });
  }
}

export function readLines(
  plot: PageElement,
  parts: {
    readonly readout: PageElement;
    readonly hair: PageElement;
    readonly lines: readonly { readonly name: string; readonly points: readonly number[] }[];
    readonly kit: ReadKit;
  },
  { clientX = 0 }: PageEvent,
): void {
  const { readout, hair, lines, kit } = parts;
  const box = plot.getBoundingClientRect();
  const x = Math.max(0, Math.min(1000, ((clientX - box.left) / Math.max(1, box.width)) * 1000));
  const [from, to] = (plot.dataset['x'] ?? '').split(' ').map(Number);
  const [low, high] = (plot.dataset['y'] ?? '').split(' ').map(Number);
  const isPercent = plot.dataset['read'] === 'percent';
  const span = (high - low) * (isPercent ? 100 : 1);
  // A drawn point is exact to a hundred-thousandth of the axis: no more digits than that.
  const digits = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(Math.max(span, 1e-9)))));
  let place = x;
  const words = lines.map(({ name, points }) => {
    const at = nearestPoint(points, x);
    if (at < 0) return `${name} n/a`;
    place = points[at];
    const value = high - (points[at + 1] / 1000) * (high - low);
    return `${name} ${kit.plainText(isPercent ? value * 100 : value, digits)}${isPercent ? ' %' : ''}`;
  });
  const day = Math.round((from + (place / 1000) * (to - from)) / 86_400_000) * 86_400_000;
  readout.textContent = [kit.minuteText(day).slice(0, 10), ...words].join('   ');
  hair.setAttribute('d', `M${place} 0V1000`);
}
