// What did a candle touch first, and when? Stored finer candles inside it decide, the finest first.
import type { BarExit, RestingExits } from '../domain/bar-exit.ts';
import { barExit } from '../domain/bar-exit.ts';
import { firstBarAtOrAfter } from '../domain/candle.ts';
import type { Candle, CandleSeries } from '../domain/candle.ts';

/** An exit with the span in which it happened: at one instant (a gap at an open) or somewhere up to `latest`. Epoch milliseconds. */
export interface LocatedExit {
  readonly exit: BarExit;
  readonly earliest: number;
  readonly latest: number;
}

/**
 * Walks the finer candles inside `candle` with the same exit rule, resolution by resolution, the finest first.
 * Returns the first exit that one of them decides alone. Undefined: no resolution decides, because its candles are missing before
 * the exit, hold no exit at all, or one of them again holds both an adverse exit and the target.
 */
export function locateExit(
  finer: readonly CandleSeries[],
  exits: RestingExits,
  at: { readonly candle: Candle; readonly entryBar: boolean },
): LocatedExit | undefined {
  for (const series of finer) {
    const located = walk(series, exits, at);
    if (located !== undefined) return located;
  }
  return undefined;
}

function walk(
  series: CandleSeries,
  exits: RestingExits,
  { candle, entryBar }: { readonly candle: Candle; readonly entryBar: boolean },
): LocatedExit | undefined {
  if (series.intervalMs >= candle.closeTime - candle.openTime) return undefined;
  const first = firstBarAtOrAfter(series, candle.openTime);
  for (let index = first, expected = candle.openTime; expected < candle.closeTime; index += 1) {
    if (index >= series.length || series.openTime[index] !== expected) return undefined;
    const bar = { open: series.open[index], high: series.high[index], low: series.low[index] };
    const exit = barExit(exits, bar, entryBar && index === first);
    expected += series.intervalMs;
    if (exit === undefined) continue;
    if (exit.ambiguous) return undefined;
    const earliest = expected - series.intervalMs;
    return { exit, earliest, latest: exit.how === 'gap' ? earliest : expected - 1 };
  }
  return undefined;
}

/** The series in the order they are asked, whatever order they were given in. */
export function finestFirst(series: readonly CandleSeries[]): readonly CandleSeries[] {
  return [...series].sort((a, b) => a.intervalMs - b.intervalMs);
}
