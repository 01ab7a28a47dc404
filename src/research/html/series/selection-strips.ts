// Who was selected when, and with which share of the risk? Every symbol's part of each stretch of time, between 0 and 1.
import type { AccountRebalance } from '../report-data.ts';

/** One symbol over all stretches; 0: it was not selected in one. */
export interface Strip {
  readonly symbol: string;
  /** Share of the stretch's rebalances at which it was selected. */
  readonly selected: readonly number[];
  /** Mean over the stretch's rebalances; not selected counts as 0. */
  readonly weight: readonly number[];
  /** The same of its part in the variance of the whole; where that is not known, 0. */
  readonly risk: readonly number[];
}

export interface Strips {
  readonly from: number;
  readonly to: number;
  /** Stretches of equal length; fewer than wanted where there are fewer rebalances. */
  readonly stretches: number;
  /** In the order of `symbols`. */
  readonly rows: readonly Strip[];
}

/** At most `count` stretches from the first rebalance to `until`; undefined without rebalances before it. */
export function selectionStrips(
  rebalances: readonly AccountRebalance[],
  symbols: readonly string[],
  { until, count }: { readonly until: number; readonly count: number },
): Strips | undefined {
  const known = rebalances.filter(({ time }) => time < until);
  if (known.length === 0) return undefined;
  const from = known[0].time;
  const stretches = Math.max(1, Math.min(count, known.length));
  const stretchOf = (time: number): number =>
    Math.min(stretches - 1, Math.floor(((time - from) / (until - from)) * stretches));
  const decided = new Array<number>(stretches).fill(0);
  for (const { time } of known) decided[stretchOf(time)] += 1;
  const rows = symbols.map((symbol): Strip => {
    const sums = { selected: [...decided].fill(0), weight: [...decided].fill(0), risk: [...decided].fill(0) };
    for (const { time, selected, weights, risks } of known) {
      const place = selected.indexOf(symbol);
      if (place < 0) continue;
      const at = stretchOf(time);
      sums.selected[at] += 1;
      sums.weight[at] += weights[place] ?? 0;
      sums.risk[at] += risks?.[place] ?? 0;
    }
    const mean = (values: readonly number[]): number[] =>
      values.map((value, at) => (decided[at] > 0 ? value / decided[at] : 0));
    return { symbol, selected: mean(sums.selected), weight: mean(sums.weight), risk: mean(sums.risk) };
  });
  return { from, to: until, stretches, rows };
}
