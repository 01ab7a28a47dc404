// On which market does a bot in a process of its own trade while it is frozen and killed? Two symbols, always long.
import { FULL_COSTS, marketOf } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import type { SharedMarket } from '../exchange-simulator/both-venues.ts';

export const DEPOSIT = 100_000;
export const HOUR = 3_600_000;
export const KEY = { key: 'safety-key-0123456789', secret: 'safety-secret-abcdefghijkl' };

export function safetyMarket(): SharedMarket {
  const symbols = ['ALPHAUSDT', 'BRAVOUSDT'];
  return { ...marketOf(symbols, 500, 620), finer: symbols.map(() => []), costs: FULL_COSTS };
}

/** Positions end after a few hours, and would be opened again at once. */
export const SAFETY_PARAMS = paramsOf({
  risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 2 },
  exits: { stopFraction: 0.05, targetFraction: 0.2, maxHoldBars: 5 },
});
