// Would this have made money, out of sample, after costs? Plans all folds, trains them, simulates every variant, collects.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { ModelCard } from '../training/model-card.ts';
import { buyAndHold } from './buy-and-hold.ts';
import { planFolds } from './fold-plan.ts';
import { modelKeyOf, type ResearchTask, type ResearchTaskResult } from './jobs.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow, VariantOutcome } from './outcome.ts';
import type { VariantSettings, WalkForwardParams } from './settings.ts';
import type { Performance } from './statistics/performance.ts';
import type { TrainedFold } from './train-folds.ts';

/** Folds trained by one task: small enough to share the work, large enough to share the data set. */
const FOLDS_PER_TASK = 3;

export interface SuiteInput {
  readonly markets: readonly SymbolMarket[];
  /** No two with one configuration hash. */
  readonly variants: readonly VariantSettings[];
  readonly walkForward: WalkForwardParams;
  /** Years of history before the end of the data, training windows included. */
  readonly years: number;
}

export interface SymbolPlan {
  readonly market: SymbolMarket;
  readonly windows: readonly FoldWindow[];
}

export interface SymbolBaseline {
  readonly symbol: string;
  readonly buyAndHold: Performance | undefined;
}

export interface SuiteResult {
  readonly outcomes: readonly VariantOutcome[];
  readonly baselines: readonly SymbolBaseline[];
  /** One card per trained model. */
  readonly cards: readonly ModelCard[];
  readonly failedFolds: readonly { readonly symbol: string; readonly fold: number; readonly reason: string }[];
}

/** How many tasks are done; `total` is known before the first. */
export type SuiteProgress = (done: number, total: number) => void;

/**
 * The test windows of every symbol within the last `years` before the end of all data. A late listing starts later, a
 * delisted symbol ends earlier.
 * @throws PerpilotError DATA_TOO_SHORT naming every symbol that has no complete fold, and what it would need
 */
export function planSuite({ markets, walkForward, years }: SuiteInput): SymbolPlan[] {
  const closes = markets.map(({ series }) => series.openTime[series.length - 1] + series.intervalMs);
  const start = Math.max(...closes) - years * 365 * DAY_MS;
  const problems: Problem[] = [];
  const plans = markets.map((market, index): SymbolPlan => {
    const { series } = market;
    const first = Math.max(start, series.openTime[0]);
    const dataStart = Math.ceil(first / DAY_MS) * DAY_MS;
    const windows = planFolds({
      dataStart,
      barMs: series.intervalMs,
      bars: Math.max(0, Math.floor((closes[index] - dataStart) / series.intervalMs)),
      trainMs: walkForward.trainDays * DAY_MS,
      testMs: walkForward.testDays * DAY_MS,
      stepMs: walkForward.stepDays * DAY_MS,
      mode: walkForward.mode,
      keepPartial: false,
    }).map(({ fold, trainStart, testStart, testEnd }) => ({ index: fold, trainStart, testStart, testEnd }));
    if (windows.length === 0) problems.push(tooShort(market, walkForward, (closes[index] - dataStart) / DAY_MS));
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

/** Runs the whole suite; the result does not depend on how many threads the runner has. */
export async function runSuite(
  input: SuiteInput,
  runner: JobRunner<ResearchTask, ResearchTaskResult>,
  onProgress: SuiteProgress,
): Promise<SuiteResult> {
  const plans = planSuite(input);
  const trainings = plans.flatMap((plan, symbolIndex) => trainingTasks(input, plan, symbolIndex));
  const total = trainings.length + plans.length * input.variants.length;
  let done = 0;
  const advance = (): void => {
    done += 1;
    onProgress(done, total);
  };
  onProgress(0, total);

  const trained = new Map<string, TrainedFold[]>();
  const trainResults = await runner.run(trainings, advance);
  trainResults.forEach((result, at) => {
    if (result.kind !== 'train') return;
    const { symbolIndex, settings } = trainings[at];
    const key = `${symbolIndex} ${modelKeyOf(settings, plans[symbolIndex].market.series.intervalMs)}`;
    trained.set(key, [...(trained.get(key) ?? []), ...result.folds]);
  });

  const simulations = plans.flatMap(({ market }, symbolIndex) =>
    input.variants.map((settings): ResearchTask => {
      const folds = trained.get(`${symbolIndex} ${modelKeyOf(settings, market.series.intervalMs)}`) ?? [];
      return { kind: 'simulate', symbolIndex, settings, folds };
    }),
  );
  const outcomes = (await runner.run(simulations, advance)).flatMap((result) =>
    result.kind === 'simulate' ? [result.outcome] : [],
  );
  return { outcomes, baselines: plans.map((plan) => baselineOf(plan, input.variants[0])), ...collect(plans, trained) };
}

function trainingTasks(input: SuiteInput, plan: SymbolPlan, symbolIndex: number): (ResearchTask & { kind: 'train' })[] {
  const { market, windows } = plan;
  const byKey = new Map(input.variants.map((settings) => [modelKeyOf(settings, market.series.intervalMs), settings]));
  return [...byKey.values()].flatMap((settings) => {
    const tasks: (ResearchTask & { kind: 'train' })[] = [];
    for (let first = 0; first < windows.length; first += FOLDS_PER_TASK) {
      tasks.push({ kind: 'train', symbolIndex, settings, windows: windows.slice(first, first + FOLDS_PER_TASK) });
    }
    return tasks;
  });
}

function baselineOf({ market, windows }: SymbolPlan, { costs }: VariantSettings): SymbolBaseline {
  const { series, funding, symbol } = market;
  const { takerFeeBps, slippageBps } = costs;
  const from = windows[0].testStart;
  const to = windows[windows.length - 1].testEnd;
  return { symbol, buyAndHold: buyAndHold({ series, funding, from, to, takerFeeBps, slippageBps }) };
}

function collect(
  plans: readonly SymbolPlan[],
  trained: ReadonlyMap<string, readonly TrainedFold[]>,
): Pick<SuiteResult, 'cards' | 'failedFolds'> {
  const cards: ModelCard[] = [];
  const failedFolds: SuiteResult['failedFolds'][number][] = [];
  for (const [key, folds] of trained) {
    const { symbol } = plans[Number(key.split(' ')[0])].market;
    for (const fold of folds) {
      if (fold.status === 'trained') cards.push(fold.trained.card);
      else failedFolds.push({ symbol, fold: fold.window.index, reason: fold.reason });
    }
  }
  return { cards, failedFolds };
}
