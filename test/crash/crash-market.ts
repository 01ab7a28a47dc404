// Which market and which signals does the crash campaign trade, and what else is on in a month? Both processes make the same from the seed.
import type { Instrument } from '../../src/domain/instrument.ts';
import { createRandom } from '../../src/domain/random.ts';
import type { EngineParams, EngineSetup } from '../../src/engine/state.ts';
import { DEFAULT_RULES } from '../../src/live/session/default-rules.ts';
import type { SessionRules } from '../../src/live/session/session-setup.ts';
import type { SharedMarket } from '../scenarios/exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../scenarios/engine/random-backtest.ts';
import { paramsOf, scripted } from '../scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../scenarios/portfolio-market.ts';

const HOUR = 3_600_000;
const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
export const DEPOSIT = 100_000;

/** What is on in a month besides plain trading. */
export interface Habits {
  /** The portfolio layer, whose rebalances add to positions and take from them. */
  readonly rebalances: boolean;
  /** Stops that trail. */
  readonly trails: boolean;
  /** Entries rest at the touch first. */
  readonly rests: boolean;
  /** Hours without entries every day, and around large payments of funding. */
  readonly shuts: boolean;
  /** Somebody throws kill switch and pause now and then, and rules of the bot may. */
  readonly switches: boolean;
}

export function habitsOf(seed: number): Habits {
  const random = createRandom(`crash/habits/${seed}`);
  const draw = (): boolean => random.next() < 0.35;
  return { rebalances: seed % 3 === 0, trails: draw(), rests: draw(), shuts: draw(), switches: draw() };
}

/** `hours` of four contracts; the market goes on for some hours after them, so that the bot can come to rest. */
export function crashMarket(seed: number, hours: number): SharedMarket {
  const begin = 3_000 + (seed % 50) * 100;
  return { ...marketOf(SYMBOLS, begin, begin + hours + 6), finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
}

/** So far below the best price a stop that trails lies. */
const TRAILING = 0.012;

const tradingParams = (trails: boolean): EngineParams =>
  paramsOf({
    risk: {
      maxLeverage: 10,
      basePositionFraction: 0.05,
      maxPositionFraction: 0.05,
      maxOpenPositions: 4,
      cooldownHours: 2,
    },
    exits: {
      stopFraction: 0.018,
      targetFraction: 0.02,
      trailingFraction: trails ? TRAILING : undefined,
      maxHoldBars: 5,
      exitOnOppositeSignal: true,
    },
  });

const rebalancingParams = (trails: boolean): EngineParams => ({
  ...paramsOf({
    risk: { maxLeverage: 3, basePositionFraction: 0.05, maxPositionFraction: 0.2, maxOpenPositions: 4 },
    exits: {
      stopFraction: 0.03,
      targetFraction: 0.04,
      trailingFraction: trails ? 2 * TRAILING : undefined,
      maxHoldBars: 30,
    },
    sizing: { volatilityTarget: false },
  }),
  portfolio: portfolioParams({
    crossSectional: { topK: 3, rebalanceIntervalHours: 4, allocation: 'inverse_volatility', sharpeLookbackDays: 1 },
    covariance: { lookbackDays: 1, shrinkage: 0 },
    rebalancing: { noTradeBand: 0.05, increase: true },
  }),
});

export function crashSetup(seed: number, instruments: readonly Instrument[]): EngineSetup {
  const { rebalances, trails } = habitsOf(seed);
  return {
    barMs: HOUR,
    initialEquity: DEPOSIT,
    params: rebalances ? rebalancingParams(trails) : tradingParams(trails),
    strategy: scripted(randomScript(`crash/${seed}`, rebalances ? 2 : 3)),
    symbols: instruments.map((instrument) => ({ instrument, hasFunding: true })),
  };
}

/** From 09:30 for two hours every day. */
const LUNCH = { kind: 'repeated', from: 9.5 * HOUR, lengthMs: 2 * HOUR, everyMs: 24 * HOUR } as const;

export function crashRules(seed: number): SessionRules {
  const { rests, shuts } = habitsOf(seed);
  return {
    ...DEFAULT_RULES,
    ...(rests
      ? { entries: { orders: 'limit-then-market', restMs: 5_000, postOnly: seed % 2 === 0, maxSlippageBps: 50 } }
      : {}),
    ...(shuts ? { entryWindows: { ...DEFAULT_RULES.entryWindows, windows: [LUNCH], fundingAbove: 0.0002 } } : {}),
  };
}
