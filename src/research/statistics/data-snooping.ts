// Does the best of many strategies beat its benchmark after the search? White's reality check and Hansen's SPA.
import { areReturnsConstant, mean, sampleDeviation } from './moments.ts';
import { permutationPValue } from './p-values.ts';

export interface DataSnooping {
  /** Largest sqrt(T) times mean excess return. */
  readonly realityCheckStatistic: number;
  readonly realityCheckP: number;
  /** Largest studentised mean excess return, at least 0. */
  readonly spaStatistic: number;
  /** Recentred for strategies that are not clearly worse than the benchmark: the one to quote. */
  readonly spaPConsistent: number;
  readonly spaPLower: number;
  readonly spaPUpper: number;
}

/**
 * Tests that no strategy beats the benchmark. `excessReturns` holds per strategy the returns over the benchmark per period,
 * `indices` the resamples of their rows. Strategies whose excess does not vary cannot be studentised and enter the reality check only.
 * Undefined without strategies, resamples or at least three rows.
 */
export function dataSnoopingTests(
  excessReturns: readonly ArrayLike<number>[],
  indices: readonly ArrayLike<number>[],
): DataSnooping | undefined {
  const rows = excessReturns.length === 0 ? 0 : excessReturns[0].length;
  if (rows < 3 || indices.length === 0) return undefined;
  const root = Math.sqrt(rows);
  const threshold = Math.sqrt(2 * Math.log(Math.log(rows)));
  const best = {
    check: -Infinity,
    spa: 0,
    checks: new Float64Array(indices.length).fill(-Infinity),
    consistent: new Float64Array(indices.length),
    lower: new Float64Array(indices.length),
    upper: new Float64Array(indices.length),
  };
  for (const excess of excessReturns) {
    const centre = mean(excess) ?? 0;
    const deviation = areReturnsConstant(excess) ? undefined : sampleDeviation(excess);
    best.check = Math.max(best.check, root * centre);
    if (deviation !== undefined) best.spa = Math.max(best.spa, (root * centre) / deviation);
    for (const [draw, resample] of indices.entries()) {
      const resampled = meanOfRows(excess, resample);
      best.checks[draw] = Math.max(best.checks[draw], root * (resampled - centre));
      if (deviation === undefined) continue;
      const scale = root / deviation;
      const recentred = centre * scale > -threshold ? centre : 0;
      best.consistent[draw] = Math.max(best.consistent[draw], scale * (resampled - recentred));
      best.lower[draw] = Math.max(best.lower[draw], scale * (resampled - Math.max(centre, 0)));
      best.upper[draw] = Math.max(best.upper[draw], scale * (resampled - centre));
    }
  }
  return {
    realityCheckStatistic: best.check,
    realityCheckP: permutationPValue(best.check, best.checks),
    spaStatistic: best.spa,
    spaPConsistent: permutationPValue(best.spa, best.consistent),
    spaPLower: permutationPValue(best.spa, best.lower),
    spaPUpper: permutationPValue(best.spa, best.upper),
  };
}

function meanOfRows(values: ArrayLike<number>, rows: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i += 1) sum += values[rows[i]];
  return sum / rows.length;
}
