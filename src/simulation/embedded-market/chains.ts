// In which state is the market or a contract, hour by hour? Markov chains with states that last.
import type { Random } from '../../domain/random.ts';

export interface ChainState {
  /** Mean stay in hours. */
  readonly meanHours: number;
  /** Drift of the log price in a year (8760 hours), natural units. */
  readonly yearlyDrift: number;
  /** Factor on the usual volatility. */
  readonly volatility: number;
  /** Odds of the states that follow, by index. */
  readonly next: readonly number[];
}

/** Rise, range, fall, crash. Over its long run the drifts about cancel out; crashes are rare, short and wild. */
export const MARKET_STATES: readonly ChainState[] = [
  { meanHours: 500, yearlyDrift: 1.3, volatility: 0.9, next: [0, 0.72, 0.2, 0.08] },
  { meanHours: 400, yearlyDrift: 0, volatility: 0.7, next: [0.55, 0, 0.42, 0.03] },
  { meanHours: 380, yearlyDrift: -1.1, volatility: 1.1, next: [0.3, 0.58, 0, 0.12] },
  { meanHours: 14, yearlyDrift: -50, volatility: 3.0, next: [0.35, 0.35, 0.3, 0] },
];

/** A contract's own fortune against the market: ahead or behind for weeks. */
export const OWN_STATES: readonly ChainState[] = [
  { meanHours: 350, yearlyDrift: 0.6, volatility: 1, next: [0, 1] },
  { meanHours: 350, yearlyDrift: -0.6, volatility: 1, next: [1, 0] },
];

/** The state in each of `hours` hours, as indices; a longer chain from the same stream begins with the shorter one. */
export function walkChain(random: Random, states: readonly ChainState[], hours: number): Uint8Array {
  const path = new Uint8Array(hours);
  let state = random.below(states.length);
  for (let hour = 0; hour < hours; hour += 1) {
    path[hour] = state;
    if (random.next() < 1 / states[state].meanHours) state = pick(random, states[state].next);
  }
  return path;
}

function pick(random: Random, odds: readonly number[]): number {
  let left = random.next();
  for (let index = 0; index < odds.length; index += 1) {
    left -= odds[index];
    if (left < 0) return index;
  }
  return odds.findLastIndex((odd) => odd > 0);
}
