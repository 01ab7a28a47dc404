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

/** Height of the line through [x0, y0, x1, y1, ...], rising in x, at `x`; beyond its ends that of the end, NaN without points. */
export function heightAt(points: readonly number[], x: number): number {
  const last = points.length - 2;
  if (last < 0) return NaN;
  if (x <= points[0]) return points[1];
  for (let at = 2; at <= last; at += 2) {
    if (points[at] < x) continue;
    const share = (x - points[at - 2]) / (points[at] - points[at - 2]);
    return points[at - 1] + share * (points[at + 1] - points[at - 1]);
  }
  return points[last + 1];
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
  const day = Math.round((from + (x / 1000) * (to - from)) / 86_400_000) * 86_400_000;
  const place = ((day - from) / (to - from)) * 1000;
  const words = lines.map(({ name, points }) => {
    const value = high - (heightAt(points, place) / 1000) * (high - low);
    return `${name} ${kit.plainText(isPercent ? value * 100 : value, digits)}${isPercent ? ' %' : ''}`;
  });
  readout.textContent = [kit.minuteText(day).slice(0, 10), ...words].join('   ');
  hair.setAttribute('d', `M${place} 0V1000`);
}
