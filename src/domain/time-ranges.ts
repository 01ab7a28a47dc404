// Which spans of time are left when others are taken away? Half-open spans in rising order that neither touch nor overlap.

/** `from` inclusive, `until` exclusive, epoch milliseconds. */
export interface TimeSpan {
  readonly from: number;
  readonly until: number;
}

/** The same time in as few spans as possible, in rising order; empty and reversed ones are left out. */
export function mergedSpans(spans: readonly TimeSpan[]): readonly TimeSpan[] {
  const merged: TimeSpan[] = [];
  for (const span of spans.filter(({ from, until }) => from < until).toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.until)
      merged[merged.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    else merged.push(span);
  }
  return merged;
}

/** What of `wanted` lies in none of `taken`. */
export function spansWithout(wanted: readonly TimeSpan[], taken: readonly TimeSpan[]): readonly TimeSpan[] {
  const cuts = mergedSpans(taken);
  return mergedSpans(wanted).flatMap((span) => {
    const left: TimeSpan[] = [];
    let from = span.from;
    for (const cut of cuts) {
      if (cut.until <= from || cut.from >= span.until) continue;
      if (cut.from > from) left.push({ from, until: cut.from });
      from = Math.max(from, cut.until);
    }
    if (from < span.until) left.push({ from, until: span.until });
    return left;
  });
}

/** Neighbours with less than `distance` between them as one; the rest as they are. */
export function joinedSpans(spans: readonly TimeSpan[], distance: number): readonly TimeSpan[] {
  const widened = spans.map(({ from, until }) => ({ from, until: until + distance }));
  return mergedSpans(widened).map(({ from, until }) => ({ from, until: until - distance }));
}
