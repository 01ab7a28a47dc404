// How wild is the next hour? Volatility that clusters (GARCH(1,1)) with hours of Student-t size.
import type { Random } from '../../domain/random.ts';

/** GARCH weights of an hour: a half-life of about a day and a half, mean variance 1. */
const SHOCK = 0.07;
const MEMORY = 0.91;
/** No hour is wilder than this many times its usual variance. */
const LARGEST_VARIANCE = 40;

/** A stream of variances, one per hour, in units of the long-run variance. */
export interface VolatilityCluster {
  /** The variance of the coming hour before its Student-t draw. */
  readonly variance: number;
  /** Takes the standardised return (unit long-run variance) that the hour made. */
  feed(standardisedReturn: number): void;
}

/** A cluster at its long-run mean. */
export function createVolatilityCluster(): VolatilityCluster {
  let variance = 1;
  return {
    get variance() {
      return variance;
    },
    feed(standardisedReturn) {
      const squared = Math.min(LARGEST_VARIANCE, standardisedReturn * standardisedReturn);
      variance = 1 - SHOCK - MEMORY + SHOCK * squared + MEMORY * variance;
    },
  };
}

/** Factor on a normal draw that makes it Student-t with 6 degrees of freedom and unit variance: sqrt(4 / chi² of 6). */
export function studentScale(random: Random): number {
  const product = (1 - random.next()) * (1 - random.next()) * (1 - random.next());
  return Math.sqrt(4 / Math.max(1e-3, -2 * Math.log(product)));
}

/** Volatility by UTC hour and weekday: quiet around 04:00 and at weekends, busy around 15:00; mean square about 1. */
export function season(hourOfDay: number, weekday: number): number {
  const daily = 1 + 0.35 * Math.cos((2 * Math.PI * (hourOfDay - 15)) / 24);
  const weekly = weekday === 0 || weekday === 6 ? 0.75 : 1.07;
  return (daily * weekly) / 1.03;
}
