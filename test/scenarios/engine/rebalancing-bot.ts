// How are the tests of rebalances written? A scripted bot under the portfolio layer, fed with prices that move by steps.
import type { PortfolioParams } from '../../../src/portfolio/portfolio-params.ts';
import type { Rebalance } from '../../../src/portfolio/rebalance.ts';
import { A, B, botOf, paramsOf, type Bot, type BotSetup, type Prices, type Settings } from './scripted-bot.ts';

/** No resting exit is near, and nothing is held too long. */
export const PATIENT: Settings = {
  exits: { stopFraction: 0.4, targetFraction: undefined, maxHoldBars: 1_000 },
  sizing: { volatilityTarget: false },
};

/** A bot of two symbols under the portfolio layer that always wants to be long, unless told otherwise. */
export function botWith(portfolio: PortfolioParams, more: Partial<BotSetup> = {}, settings: Settings = PATIENT): Bot {
  const instruments = more.instruments ?? [A, B];
  const script = more.script ?? (() => ({ signal: 1 as const }));
  return botOf({ calmBars: 0, ...more, script, instruments, params: { ...paramsOf(settings), portfolio } });
}

/** What was decided at every rebalance so far. */
export const rebalancesOf = (bot: Bot): Rebalance[] =>
  bot.notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));

/** Feeds bars that move by what `steps` says for each hour, from 100 on. */
export function feed(
  bot: Bot,
  hours: number,
  steps: (hour: number) => readonly number[],
  last: number[] = [100, 100],
): number[] {
  for (let hour = 0; hour < hours; hour += 1) {
    const bars = steps(hour).map((step, index): Prices => {
      const open = last[index];
      last[index] = open * (1 + step);
      return [open, Math.max(open, last[index]), Math.min(open, last[index]), last[index]];
    });
    bot.bar(...bars);
  }
  return last;
}

/** Up and down by turns, by 0.3 %. */
export const wave = (hour: number): number => (hour % 2 === 0 ? 0.003 : -0.003);
