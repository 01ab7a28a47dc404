// What moves all contracts together? One common factor in five-minute steps: drift by regime, clustered volatility.
import type { Random } from '../../domain/random.ts';
import { HOUR_MS, barsPerYear, utcHour, utcWeekday } from '../../domain/time.ts';
import { MARKET_STATES, walkChain } from './chains.ts';
import { MARKET_START, STEPS_PER_HOUR } from './market-spec.ts';
import { createVolatilityCluster, season, studentScale } from './volatility-cluster.ts';

/** Usual volatility of the factor in a year. */
export const YEARLY_VOLATILITY = 0.55;
export const HOURS_PER_YEAR: number = barsPerYear(HOUR_MS);

export interface MarketFactor {
  readonly hours: number;
  /** Log return without drift per five-minute step, `STEPS_PER_HOUR` per hour. */
  readonly shocks: Float64Array;
  /** Drift of the log price per hour. */
  readonly drift: Float64Array;
  /** Volatility of each hour as a factor on the usual one, season and regime included. */
  readonly level: Float64Array;
}

/** The factor over `hours` hours from the market's start; a longer one begins with the shorter one. */
export function createMarketFactor(random: Random, hours: number): MarketFactor {
  const states = walkChain(random.fork('states'), MARKET_STATES, hours);
  const steps = random.fork('steps');
  const shocks = new Float64Array(hours * STEPS_PER_HOUR);
  const drift = new Float64Array(hours);
  const level = new Float64Array(hours);
  const cluster = createVolatilityCluster();
  const hourly = YEARLY_VOLATILITY / Math.sqrt(HOURS_PER_YEAR);
  for (let hour = 0; hour < hours; hour += 1) {
    const time = MARKET_START + hour * HOUR_MS;
    const state = MARKET_STATES[states[hour]];
    const calm = season(utcHour(time), utcWeekday(time)) * state.volatility;
    const scale = Math.sqrt(cluster.variance) * studentScale(steps);
    const step = (hourly * calm * scale) / Math.sqrt(STEPS_PER_HOUR);
    let sum = 0;
    for (let index = hour * STEPS_PER_HOUR; index < (hour + 1) * STEPS_PER_HOUR; index += 1) {
      shocks[index] = step * steps.normal();
      sum += shocks[index];
    }
    cluster.feed(sum / (hourly * calm));
    drift[hour] = state.yearlyDrift / HOURS_PER_YEAR;
    level[hour] = calm * scale;
  }
  return { hours, shocks, drift, level };
}
