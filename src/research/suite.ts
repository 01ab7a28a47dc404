// Would this have made money, out of sample, after costs? Trains all folds, simulates every variant and its baselines, collects.
import { invariant } from '../domain/errors.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { ModelCard } from '../training/model-card.ts';
import { baselineCostsOf, fundingScheduleOf } from './baseline-costs.ts';
import { buyAndHold, type BuyAndHold } from './buy-and-hold.ts';
import { modelKeyOf, type ResearchTask, type ResearchTaskResult } from './jobs.ts';
import type { VariantOutcome } from './outcome.ts';
import { planSuite, type PlanInput, type SymbolPlan } from './plan-suite.ts';
import type { VariantSettings } from './settings.ts';
import type { TrainedFold } from './train-folds.ts';

/** Folds trained by one task: small enough to share the work, large enough to share the data set. */
export const FOLDS_PER_TASK = 3;

export interface SuiteInput extends PlanInput {
  /** At least one; no two with one configuration hash. */
  readonly variants: readonly VariantSettings[];
  /** The variant that verdicts and baselines are made for. */
  readonly headlineVariant: string;
  /** Folds of one training task; the result does not depend on it. */
  readonly foldsPerTask?: number;
}

export interface SymbolBaseline {
  readonly symbol: string;
  readonly buyAndHold: BuyAndHold | undefined;
}

/** The folds of one symbol, shared by all variants that learn the same. */
export interface SymbolModels {
  readonly symbol: string;
  readonly modelKey: string;
  /** One per planned window, in rising time. */
  readonly folds: readonly TrainedFold[];
}

export interface FailedFold {
  readonly symbol: string;
  readonly fold: number;
  readonly reason: string;
}

export interface SuiteResult {
  readonly outcomes: readonly VariantOutcome[];
  /** The headline variant of every risk level without its meta-model. */
  readonly primaryAlone: readonly VariantOutcome[];
  readonly baselines: readonly SymbolBaseline[];
  readonly models: readonly SymbolModels[];
  /** One card per trained model. */
  readonly cards: readonly ModelCard[];
  /** Every fold that failed, each reason once. */
  readonly failedFolds: readonly FailedFold[];
}

/** How many tasks are done; `total` is known before the first. */
export type SuiteProgress = (done: number, total: number) => void;

/** Runs the whole suite; the result depends neither on the runner's threads nor on the order in which tasks end. */
export async function runSuite(
  input: SuiteInput,
  runner: JobRunner<ResearchTask, ResearchTaskResult>,
  onProgress: SuiteProgress,
): Promise<SuiteResult> {
  const plans = planSuite(input);
  const trainings = plans.flatMap((plan, symbolIndex) => trainingTasks(input, plan, symbolIndex));
  const alone = input.variants
    .filter((settings) => settings.variant === input.headlineVariant)
    .map((settings): VariantSettings => ({ ...settings, metaModel: 'off' }));
  const total = trainings.length + plans.length * (input.variants.length + alone.length);
  let done = 0;
  const advance = (): void => {
    done += 1;
    onProgress(done, total);
  };
  onProgress(0, total);

  const models = gatherModels(plans, trainings, await runner.run(trainings, advance));
  const simulations = plans.flatMap((plan, symbolIndex) =>
    [...input.variants, ...alone].map((settings) => simulation(plan, symbolIndex, settings, models)),
  );
  const results = await runner.run(simulations, advance);
  const outcomesOf = (metaModel: VariantSettings['metaModel']): VariantOutcome[] =>
    results.flatMap((result, at) =>
      result.kind === 'simulate' && simulations[at].settings.metaModel === metaModel ? [result.outcome] : [],
    );
  const folds = models.flatMap(({ symbol, folds }) => folds.map((fold) => ({ symbol, fold })));
  return {
    outcomes: outcomesOf('on'),
    primaryAlone: outcomesOf('off'),
    baselines: plans.map((plan) => baselineOf(plan, input.variants[0])),
    models,
    cards: folds.flatMap(({ fold }) => (fold.status === 'trained' ? [fold.trained.card] : [])),
    failedFolds: failedOnce(folds),
  };
}

type TrainTask = ResearchTask & { readonly kind: 'train' };

/** Variants with one model key share their models: the first of them stands for all. */
function trainingTasks(input: SuiteInput, plan: SymbolPlan, symbolIndex: number): TrainTask[] {
  const { market, windows } = plan;
  const { foldsPerTask = FOLDS_PER_TASK } = input;
  const byKey = Map.groupBy(input.variants, (settings) => modelKeyOf(settings, market.series.intervalMs));
  return [...byKey.values()].flatMap(([settings]) => {
    const tasks: TrainTask[] = [];
    for (let first = 0; first < windows.length; first += foldsPerTask) {
      tasks.push({ kind: 'train', symbolIndex, settings, windows: windows.slice(first, first + foldsPerTask) });
    }
    return tasks;
  });
}

function gatherModels(
  plans: readonly SymbolPlan[],
  tasks: readonly TrainTask[],
  results: readonly ResearchTaskResult[],
): SymbolModels[] {
  const gathered = new Map<string, SymbolModels & { readonly folds: TrainedFold[]; readonly planned: number }>();
  results.forEach((result, at) => {
    const { symbolIndex, settings } = tasks[at];
    const { market, windows } = plans[symbolIndex];
    const modelKey = modelKeyOf(settings, market.series.intervalMs);
    const key = `${symbolIndex} ${modelKey}`;
    const own = gathered.get(key) ?? { symbol: market.symbol, modelKey, folds: [], planned: windows.length };
    gathered.set(key, own);
    if (result.kind === 'train') own.folds.push(...result.folds);
  });
  return [...gathered.values()].map(({ symbol, modelKey, folds, planned }) => {
    invariant(folds.length === planned, `${symbol}: ${planned} folds were planned, ${folds.length} came back`);
    return { symbol, modelKey, folds };
  });
}

function simulation(
  { market }: SymbolPlan,
  symbolIndex: number,
  settings: VariantSettings,
  models: readonly SymbolModels[],
): ResearchTask {
  const modelKey = modelKeyOf(settings, market.series.intervalMs);
  const own = models.find((each) => each.symbol === market.symbol && each.modelKey === modelKey);
  invariant(own !== undefined, `${market.symbol}: nobody trained for ${settings.riskLevel} ${settings.variant}`);
  return { kind: 'simulate', symbolIndex, settings, folds: own.folds };
}

function baselineOf({ market, windows }: SymbolPlan, { costs }: VariantSettings): SymbolBaseline {
  const { series, symbol } = market;
  const from = windows[0].testStart;
  const to = windows[windows.length - 1].testEnd;
  const funding = fundingScheduleOf(market, costs);
  return { symbol, buyAndHold: buyAndHold({ series, funding, from, to, costs: baselineCostsOf(costs) }) };
}

function failedOnce(folds: readonly { readonly symbol: string; readonly fold: TrainedFold }[]): FailedFold[] {
  const failed = new Map<string, FailedFold>();
  for (const { symbol, fold } of folds) {
    if (fold.status === 'trained') continue;
    const { reason, window } = fold;
    failed.set(`${symbol} ${window.index} ${reason}`, { symbol, fold: window.index, reason });
  }
  return [...failed.values()];
}
