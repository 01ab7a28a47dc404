// Which market and which signals does the crash campaign trade? Both processes make the same from the seed.
import type { Instrument } from '../../src/domain/instrument.ts';
import type { EngineParams, EngineSetup } from '../../src/engine/state.ts';
import type { SharedMarket } from '../scenarios/exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../scenarios/engine/random-backtest.ts';
import { paramsOf, scripted } from '../scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../scenarios/portfolio-market.ts';

const HOUR = 3_600_000;
const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
export const DEPOSIT = 100_000;

/** `hours` of four contracts; the market goes on for some hours after them, so that the bot can come to rest. */
export function crashMarket(seed: number, hours: number): SharedMarket {
  const begin = 3_000 + (seed % 50) * 100;
  return { ...marketOf(SYMBOLS, begin, begin + hours + 6), finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
}

const TRADING: EngineParams = paramsOf({
  risk: {
    maxLeverage: 10,
    basePositionFraction: 0.05,
    maxPositionFraction: 0.05,
    maxOpenPositions: 4,
    cooldownHours: 2,
  },
  exits: { stopFraction: 0.018, targetFraction: 0.02, maxHoldBars: 5, exitOnOppositeSignal: true },
});

/** Every third month is traded with the portfolio layer, whose rebalances add to positions and take from them. */
const REBALANCING: EngineParams = {
  ...paramsOf({
    risk: { maxLeverage: 3, basePositionFraction: 0.05, maxPositionFraction: 0.2, maxOpenPositions: 4 },
    exits: { stopFraction: 0.03, targetFraction: 0.04, maxHoldBars: 30 },
    sizing: { volatilityTarget: false },
  }),
  portfolio: portfolioParams({
    crossSectional: { topK: 3, rebalanceIntervalHours: 4, allocation: 'inverse_volatility', sharpeLookbackDays: 1 },
    covariance: { lookbackDays: 1, shrinkage: 0 },
    rebalancing: { noTradeBand: 0.05, increase: true },
  }),
};

export const isRebalanced = (seed: number): boolean => seed % 3 === 0;

export function crashSetup(seed: number, instruments: readonly Instrument[]): EngineSetup {
  return {
    barMs: HOUR,
    initialEquity: DEPOSIT,
    params: isRebalanced(seed) ? REBALANCING : TRADING,
    strategy: scripted(randomScript(`crash/${seed}`, isRebalanced(seed) ? 2 : 3)),
    symbols: instruments.map((instrument) => ({ instrument, hasFunding: true })),
  };
}
