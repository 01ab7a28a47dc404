// Where is the future cut off? At random bars, most of them in short windows that are cheap to compute again and again.
import { createRandom } from '../domain/random.ts';
import type { BarSpan } from './known-history.ts';

/** Cuts that are computed from the same bar on; each is the number of bars of the whole series that are kept. */
export interface CutWindow extends BarSpan {
  /** In (from, to]. */
  readonly cuts: readonly number[];
}

export interface CutPlanInput {
  /** Bars of the series. */
  readonly length: number;
  /** Cuts lie behind this bar. */
  readonly firstCut: number;
  readonly warmupBars: number;
  readonly cuts: number;
  readonly seed: string;
}

/** Cuts that are computed from the first bar of the series on: they see what a window cannot hold. */
const WHOLE_CUTS = 4;
const CUTS_PER_WINDOW = 10;
/** Bars of a window in which it may be cut, after the warm-up. */
const CUT_BARS = 400;

/**
 * A window that is the whole series, with a few cuts, and shorter ones at random places with the others. A window reaches
 * back far enough for a decision to be possible at each of its cuts.
 */
export function planCuts({ length, firstCut, warmupBars, cuts, seed }: CutPlanInput): CutWindow[] {
  const random = createRandom(seed);
  const lowest = Math.min(firstCut, length - 1);
  /** A random number of bars in (low, high]. */
  const between = (low: number, high: number): number => low + 1 + random.below(high - low);
  const ofWhole = Math.min(WHOLE_CUTS, cuts);
  const cutsIn = (count: number, low: number, high: number): number[] =>
    Array.from({ length: count }, () => between(low, high)).sort((a, b) => a - b);
  const windows: CutWindow[] = [{ from: 0, to: length, cuts: cutsIn(ofWhole, lowest, length - 1) }];
  for (let left = cuts - ofWhole; left > 0; left -= CUTS_PER_WINDOW) {
    const low = lowest + random.below(Math.max(1, length - 1 - CUT_BARS - lowest));
    const high = Math.min(length - 1, low + CUT_BARS);
    const from = Math.max(0, low - warmupBars);
    windows.push({ from, to: high, cuts: cutsIn(Math.min(left, CUTS_PER_WINDOW), low, high) });
  }
  return windows;
}
