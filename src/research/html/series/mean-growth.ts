// How would an equal account for every symbol have grown? The mean of their growth, each from its own first day to its last.
import type { DailyCurve } from '../report-data.ts';

/**
 * Mean of equity over its first value, on every day that any of the curves knows. Before its first day an account stands
 * at 1, after its last one at what it ended with. Empty without curves.
 */
export function meanGrowth(
  curves: readonly Pick<DailyCurve, 'days' | 'equity'>[],
): Pick<DailyCurve, 'days' | 'equity'> {
  const known = curves.filter(({ equity }) => equity.length > 0 && equity[0] > 0);
  const days = [...new Set(known.flatMap((curve) => curve.days))].toSorted((a, b) => a - b);
  const sums = new Array<number>(days.length).fill(0);
  for (const curve of known) {
    let next = 0;
    let growth = 1;
    for (const [index, day] of days.entries()) {
      if (next < curve.days.length && curve.days[next] === day) {
        growth = curve.equity[next] / curve.equity[0];
        next += 1;
      }
      sums[index] += growth;
    }
  }
  return { days, equity: sums.map((sum) => sum / known.length) };
}
