// Do the probabilities of all folds come true? Their bins put together, in groups that hold enough cases to say so.
import { mergedBins } from '../../../learning/calibration-bins.ts';
import type { CalibrationBin } from '../report-data.ts';

/** Fewer cases in a group say nothing. */
const SMALLEST_GROUP = 100;
/** Neither does a group of so few among many. */
const SMALLEST_SHARE = 1 / 40;

/** Bins of many models as bins of all their cases, in rising probability; one of too few cases joins its neighbour. */
export function groupedBins(bins: readonly CalibrationBin[]): CalibrationBin[] {
  const merged = mergedBins(bins);
  const cases = merged.reduce((sum, { count }) => sum + count, 0);
  const wanted = Math.max(SMALLEST_GROUP, cases * SMALLEST_SHARE);
  const groups: CalibrationBin[] = [];
  let open: CalibrationBin | undefined;
  for (const bin of merged) {
    open = open === undefined ? bin : joined(open, bin);
    if (open.count < wanted) continue;
    groups.push(open);
    open = undefined;
  }
  if (open === undefined) return groups;
  const last = groups.pop();
  return [...groups, last === undefined ? open : joined(last, open)];
}

function joined(a: CalibrationBin, b: CalibrationBin): CalibrationBin {
  const count = a.count + b.count;
  return { predicted: (a.predicted * a.count + b.predicted * b.count) / count, count, won: a.won + b.won };
}
