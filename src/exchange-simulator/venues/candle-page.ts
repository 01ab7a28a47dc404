// Which candles are on a page? As many as there are, forward from the oldest or back from the newest, over holes however long.

export interface CandlePage {
  /** Open times on the grid, both inclusive, epoch milliseconds. */
  readonly oldest: number;
  readonly newest: number;
  readonly intervalMs: number;
  readonly limit: number;
  readonly isForward: boolean;
}

/** Where candles are missing, further ones take their place in the page. `served` gives those of a range in rising time. */
export function candlePage<Row>(
  { oldest, newest, intervalMs, limit, isForward }: CandlePage,
  served: (range: { readonly from: number; readonly until: number }) => readonly Row[],
): readonly Row[] {
  for (let span = (limit - 1) * intervalMs; ; span = (span + intervalMs) * 8) {
    const from = isForward ? oldest : Math.max(oldest, newest - span);
    const until = isForward ? Math.min(newest, oldest + span) : newest;
    const rows = served({ from, until });
    const isAll = isForward ? until >= newest : from <= oldest;
    if (rows.length >= limit || isAll) return isForward ? rows.slice(0, limit) : rows.slice(-limit);
  }
}
