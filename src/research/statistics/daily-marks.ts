// What did each whole UTC day return? Equity at UTC midnights; partial days are dropped.
import { DAY_MS, utcDay } from '../../domain/time.ts';

/** Simple returns between successive UTC midnights found in `time` (epoch milliseconds, rising), as many as there are whole days. */
export function dailyReturns(time: Float64Array, equity: Float64Array): Float64Array {
  let marks = 0;
  for (let i = 0; i < time.length; i += 1) if (isMidnight(time[i])) marks += 1;
  const returns = new Float64Array(Math.max(0, marks - 1));
  let previous = Number.NaN;
  let seen = 0;
  for (let i = 0; i < time.length; i += 1) {
    if (!isMidnight(time[i])) continue;
    if (seen > 0) returns[seen - 1] = equity[i] / previous - 1;
    previous = equity[i];
    seen += 1;
  }
  return returns;
}

/** Without the remainder operator, which is slow for doubles of this size. */
function isMidnight(time: number): boolean {
  return utcDay(time) * DAY_MS === time;
}
