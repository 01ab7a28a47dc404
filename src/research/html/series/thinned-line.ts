// How does a long line keep its look with fewer points? Of every stretch its lowest and its highest point stay.

/** Columns of equal length, in time order: at most about `most` points, the first and the last among them. */
export function thinnedLine(
  { xs, ys }: { readonly xs: readonly number[]; readonly ys: readonly number[] },
  most: number,
): { readonly xs: number[]; readonly ys: number[] } {
  const length = Math.max(1, Math.ceil((2 * xs.length) / Math.max(2, most)));
  const kept = new Set<number>();
  if (xs.length > 0) kept.add(0).add(xs.length - 1);
  for (let start = 0; start < xs.length; start += length) {
    let lowest = start;
    let highest = start;
    for (let at = start; at < Math.min(xs.length, start + length); at += 1) {
      if (length < 3 || !Number.isFinite(ys[at])) kept.add(at);
      if (ys[at] < ys[lowest]) lowest = at;
      if (ys[at] > ys[highest]) highest = at;
    }
    kept.add(lowest).add(highest);
  }
  const places = [...kept].toSorted((a, b) => a - b);
  return { xs: places.map((at) => xs[at]), ys: places.map((at) => ys[at]) };
}
