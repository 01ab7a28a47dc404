// Which market and which signals does the crash campaign trade? Both processes make the same from the seed.
import type { EngineParams } from '../../src/engine/state.ts';
import type { SharedMarket } from '../scenarios/exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../scenarios/engine/random-backtest.ts';
import { paramsOf, type Script } from '../scenarios/engine/scripted-bot.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
export const DEPOSIT = 100_000;

export function crashMarket(seed: number, hours: number): SharedMarket {
  const begin = 3_000 + (seed % 50) * 100;
  return { ...marketOf(SYMBOLS, begin, begin + hours), finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
}

export const crashScript = (seed: number): Script => randomScript(`crash/${seed}`, 3);

export const CRASH_PARAMS: EngineParams = paramsOf({
  risk: {
    maxLeverage: 10,
    basePositionFraction: 0.05,
    maxPositionFraction: 0.05,
    maxOpenPositions: 4,
    cooldownHours: 2,
  },
  exits: { stopFraction: 0.018, targetFraction: 0.02, maxHoldBars: 5, exitOnOppositeSignal: true },
});
