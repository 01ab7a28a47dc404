// Which windows does a run train and test on? Every symbol's folds within the wanted years, or what its history lacks.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import { planFolds } from './fold-plan.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow } from './outcome.ts';
import type { WalkForwardParams } from './settings.ts';

export interface PlanInput {
  readonly markets: readonly SymbolMarket[];
  readonly walkForward: WalkForwardParams;
  /** Years of history before the end of all data, training windows included. */
  readonly years: number;
}

export interface SymbolPlan {
  readonly market: SymbolMarket;
  /** At least one, in rising time. */
  readonly windows: readonly FoldWindow[];
}

/**
 * The test windows of every symbol within the last `years` before the end of all data. A late listing starts later. A
 * symbol whose candles end before the others' was delisted: its last window is kept although it is not full, since
 * leaving out how it ended would flatter every result.
 * @throws PerpilotError DATA_TOO_SHORT naming every symbol that has no complete fold, and what it would need
 */
export function planSuite({ markets, walkForward, years }: PlanInput): SymbolPlan[] {
  const closes = markets.map(({ series }) => series.openTime[series.length - 1] + series.intervalMs);
  const end = Math.max(...closes);
  const start = end - years * 365 * DAY_MS;
  const problems: Problem[] = [];
  const plans = markets.map((market, index): SymbolPlan => {
    const { series } = market;
    const dataStart = Math.ceil(Math.max(start, series.openTime[0]) / DAY_MS) * DAY_MS;
    const days = Math.max(0, (closes[index] - dataStart) / DAY_MS);
    const windows = planFolds({
      dataStart,
      barMs: series.intervalMs,
      bars: Math.floor((days * DAY_MS) / series.intervalMs),
      trainMs: walkForward.trainDays * DAY_MS,
      testMs: walkForward.testDays * DAY_MS,
      stepMs: walkForward.stepDays * DAY_MS,
      mode: walkForward.mode,
      keepPartial: closes[index] < end,
    }).map(({ fold, trainStart, testStart, testEnd }) => ({ index: fold, trainStart, testStart, testEnd }));
    if (windows.length === 0) problems.push(tooShort(market, walkForward, days));
    return { market, windows };
  });
  if (problems.length > 0) throw new PerpilotError('DATA_TOO_SHORT', problems);
  return plans;
}

function tooShort({ symbol }: SymbolMarket, { trainDays, testDays }: WalkForwardParams, days: number): Problem {
  return {
    message: `${symbol}: ${days.toFixed(1)} days of candles in the wanted span, one fold needs ${trainDays + testDays} (${trainDays} to train, ${testDays} to test)`,
    hint: 'ask for more years, store more history, or shorten walk_forward.train_days and test_days',
  };
}
