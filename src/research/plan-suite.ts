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

export interface ShortMarket {
  readonly market: SymbolMarket;
  /** What it has and what one fold needs. */
  readonly reason: string;
}

/** The symbols with at least one window, and those that have too little history for one. */
export interface PlannedMarkets {
  readonly plans: readonly SymbolPlan[];
  readonly short: readonly ShortMarket[];
}

/** The plan of every symbol. @throws PerpilotError DATA_TOO_SHORT naming every symbol that has no complete fold */
export function planSuite(input: PlanInput): readonly SymbolPlan[] {
  const { plans, short } = planMarkets(input);
  if (short.length > 0) {
    throw new PerpilotError(
      'DATA_TOO_SHORT',
      short.map(({ market: { symbol }, reason }): Problem => ({
        message: `${symbol}: ${reason}`,
        hint: TOO_SHORT_HINT,
      })),
    );
  }
  return plans;
}

/**
 * The test windows of every symbol within the last `years` before the end of all data. A late listing starts later. A
 * symbol whose candles end before the others' was delisted: its last window is kept although it is not full, since
 * leaving out how it ended would flatter every result. One without a complete fold is told apart with what it would need.
 */
export function planMarkets({ markets, walkForward, years }: PlanInput): PlannedMarkets {
  const closes = markets.map(({ series }) => series.openTime[series.length - 1] + series.intervalMs);
  const end = Math.max(...closes);
  const start = end - years * 365 * DAY_MS;
  const plans: SymbolPlan[] = [];
  const short: ShortMarket[] = [];
  markets.forEach((market, index) => {
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
    if (windows.length === 0) short.push({ market, reason: tooShort(walkForward, days) });
    else plans.push({ market, windows });
  });
  return { plans, short };
}

/**
 * The windows that the account of all symbols is told by: those of the symbol whose tests begin first, on to the end of all
 * data, as far as they are whole. A symbol that was listed later keeps the windows that its models were trained for.
 */
export function planCalendar({ walkForward }: PlanInput, plans: readonly SymbolPlan[]): readonly FoldWindow[] {
  const begin = Math.min(...plans.map(({ windows }) => windows[0].testStart));
  const end = Math.max(
    ...plans.map(({ market: { series } }) => series.openTime[series.length - 1] + series.intervalMs),
  );
  const { intervalMs } = plans[0].market.series;
  const dataStart = begin - walkForward.trainDays * DAY_MS;
  return planFolds({
    dataStart,
    barMs: intervalMs,
    bars: Math.floor((end - dataStart) / intervalMs),
    trainMs: walkForward.trainDays * DAY_MS,
    testMs: walkForward.testDays * DAY_MS,
    stepMs: walkForward.stepDays * DAY_MS,
    mode: walkForward.mode,
    keepPartial: false,
  }).map(({ fold, trainStart, testStart, testEnd }) => ({ index: fold, trainStart, testStart, testEnd }));
}

const TOO_SHORT_HINT = 'ask for more years, store more history, or shorten walk_forward.train_days and test_days';

function tooShort({ trainDays, testDays }: WalkForwardParams, days: number): string {
  return `${days.toFixed(1)} days of candles in the wanted span, one fold needs ${trainDays + testDays} (${trainDays} to train, ${testDays} to test)`;
}
