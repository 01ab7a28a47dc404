// Which part of the candles is in sight? Bars as fractions from the left border to the right, and how they move.

// The page carries these functions as text: they must not refer to anything but each other.

/** Bar `n` covers [n, n + 1). */
export interface Viewport {
  readonly from: number;
  readonly to: number;
}

/** The window moved and shrunk to lie within `bars` bars, at least 12 bars wide where there are so many. */
export function clampViewport({ from, to }: Viewport, bars: number): Viewport {
  const width = Math.min(Math.max(to - from, Math.min(12, bars)), bars);
  const start = Math.min(Math.max(0, (from + to - width) / 2), bars - width);
  return { from: start, to: start + width };
}

/** The window after `factor` times as many bars are shown, with the bar `anchor` staying where it is. */
export function zoomViewport(
  view: Viewport,
  change: { readonly factor: number; readonly anchor: number },
  bars: number,
): Viewport {
  const { factor, anchor } = change;
  const widest = (view.to - view.from) * factor;
  // Beyond the limits nothing may move.
  if (factor > 1 && view.to - view.from >= bars) return view;
  if (factor < 1 && widest < 12) return view;
  return clampViewport(
    { from: anchor - (anchor - view.from) * factor, to: anchor + (view.to - anchor) * factor },
    bars,
  );
}

/** The window moved by a share of its width; positive is later. */
export function moveViewport({ from, to }: Viewport, share: number, bars: number): Viewport {
  const step = (to - from) * share;
  return clampViewport({ from: from + step, to: to + step }, bars);
}

/** A window in which the stretch of bars takes about the middle third. */
export function viewportAround(first: number, last: number, bars: number): Viewport {
  const margin = Math.max(30, last - first);
  return clampViewport({ from: first - margin, to: last + 1 + margin }, bars);
}

/** The bar that a time lies in: the last one that opens at or before it, 0 before all. */
export function barAtTime(openTime: Float64Array, time: number): number {
  let low = 0;
  let high = openTime.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTime[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** How many bars are drawn as one, so that each candle has at least `pixels` of room. */
export function barsPerCandle({ from, to }: Viewport, width: number, pixels: number): number {
  return Math.max(1, Math.ceil(((to - from) * pixels) / Math.max(1, width)));
}

/** Lowest low and highest high of the bars in sight, with room above and below; [0, 1] without bars. */
export function priceRange(
  { low, high }: { readonly low: Float64Array; readonly high: Float64Array },
  { from, to }: Viewport,
  include: readonly number[],
): readonly [low: number, high: number] {
  let least = Infinity;
  let most = -Infinity;
  for (let bar = Math.max(0, Math.floor(from)); bar < Math.min(low.length, Math.ceil(to)); bar += 1) {
    if (low[bar] < least) least = low[bar];
    if (high[bar] > most) most = high[bar];
  }
  for (const price of include) {
    if (price < least) least = price;
    if (price > most) most = price;
  }
  if (!(least <= most)) return [0, 1];
  const room = most > least ? (most - least) * 0.06 : 1;
  return [least - room, most + room];
}
