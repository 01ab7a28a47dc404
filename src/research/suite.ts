// Would this have made money, out of sample, after costs? Trains all folds, simulates every variant and its baselines, collects.
import type { JobRunner } from '../ports/job-runner.ts';
import type { ModelCard } from '../training/model-card.ts';
import { gatherAblations, type AblatedOutcome } from './ablation-plan.ts';
import { fundingScheduleOf, holdCostsOf } from './baseline-costs.ts';
import { buyAndHold, holdCurve, holdTogether, type BuyAndHold, type BuyAndHoldInput } from './buy-and-hold.ts';
import type { AblateTask, ResearchTask, ResearchTaskResult, SimulateTask } from './jobs.ts';
import type { FoldWindow, VariantOutcome } from './outcome.ts';
import { planCalendar, planSuite, type PlanInput, type SymbolPlan } from './plan-suite.ts';
import { PORTFOLIO } from './portfolio-figures.ts';
import type { VariantSettings } from './settings.ts';
import {
  ablationTasks,
  accountTaskCount,
  accountTasks,
  gatherModels,
  keptModelKeys,
  simulatingTaskCount,
  simulationTasks,
  trainingTasks,
  type PlacedPlan,
  type SymbolModels,
  type TaskInput,
} from './suite-tasks.ts';
import type { TestMetrics } from './train-folds.ts';

/**
 * Symbols that are trained while those before them are simulated: enough work for any number of threads, and no more models
 * in memory than theirs and the headline's.
 */
export const SYMBOLS_PER_BATCH = 4;

export interface SuiteInput extends PlanInput, TaskInput {
  /** Default SYMBOLS_PER_BATCH; the result does not depend on it. */
  readonly symbolsPerBatch?: number;
}

export interface SymbolBaseline {
  readonly symbol: string;
  readonly buyAndHold: BuyAndHold | undefined;
}

export interface FailedFold {
  readonly symbol: string;
  readonly fold: number;
  readonly reason: string;
}

export interface SuiteResult {
  /** Of every symbol by itself, then of the accounts over all of them. */
  readonly outcomes: readonly VariantOutcome[];
  /** The headline variant of every risk level without its meta-model. */
  readonly primaryAlone: readonly VariantOutcome[];
  /** Beside the headline variants, by symbol, risk level and part; empty where nothing was asked for. */
  readonly ablations: readonly AblatedOutcome[];
  /** The accounts over all symbols in a worse world; empty where nothing was asked for. */
  readonly accountStresses: readonly AblatedOutcome[];
  readonly baselines: readonly SymbolBaseline[];
  /** Those that the headline variants and the accounts traded with; others are not kept. */
  readonly models: readonly SymbolModels[];
  /** Of every trained model. */
  readonly cards: readonly ModelCard[];
  readonly tests: readonly TestMetrics[];
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
  const plans = planSuite(input).map((plan, symbolIndex): PlacedPlan => ({ ...plan, symbolIndex }));
  const trainings = plans.map((plan) => trainingTasks(input, plan));
  const { intervalMs } = plans[0].market.series;
  const total =
    trainings.flat().length + plans.length * simulatingTaskCount(input) + accountTaskCount(input, intervalMs);
  let done = 0;
  const advance = (): void => {
    done += 1;
    onProgress(done, total);
  };
  onProgress(0, total);

  const keptKeys = keptModelKeys(input, intervalMs);
  const simulated: Simulated = { outcomes: [], primaryAlone: [], ablated: [] };
  const kept: SymbolModels[] = [];
  const folds: LearntFold[] = [];
  let simulations: readonly SimulatingTask[] = [];
  for (const batch of batchesOf(plans, input.symbolsPerBatch ?? SYMBOLS_PER_BATCH)) {
    const learning = batch.flatMap(({ symbolIndex }) => trainings[symbolIndex]);
    // Training takes longest, so it begins first: what is left when threads run out of work is short.
    const results = await runner.run([...learning, ...simulations], advance);
    collect(simulated, simulations, results.slice(learning.length));
    const models = gatherModels(batch, learning, results);
    folds.push(...models.flatMap(learntFolds));
    kept.push(...models.filter(({ modelKey }) => keptKeys.has(modelKey)));
    simulations = [
      ...batch.flatMap((plan) => ablationTasks(input, plan, models)),
      ...batch.flatMap((plan) => simulationTasks(input, plan, models)),
    ];
  }
  const { outcomes, primaryAlone, ablated } = simulated;
  const calendar = planCalendar(input, plans);
  const accounts = await runner.run(accountTasks(input, { plans, calendar }, kept), advance);
  const portfolios = accounts.flatMap((result) => (result.kind === 'portfolio' ? result.outcomes : []));
  return {
    outcomes: [...outcomes, ...portfolios],
    primaryAlone,
    ablations: gatherAblations({ plans: input.ablations ?? [], simulated: ablated, outcomes, primaryAlone }),
    accountStresses: accounts.flatMap((result) => (result.kind === 'ablate' ? result.outcomes : [])),
    baselines: [
      ...(input.isPortfolioOnly === true ? [] : plans.map((plan) => baselineOf(plan, input.variants[0]))),
      ...(portfolios.length === 0 ? [] : [baselineOfAll(plans, calendar, input.variants[0])]),
    ],
    models: kept,
    cards: folds.flatMap((fold) => (fold.status === 'trained' ? [fold.card] : [])),
    tests: folds.flatMap((fold) => (fold.status === 'trained' ? [fold.test] : [])),
    failedFolds: failedOnce(folds),
  };
}

type SimulatingTask = SimulateTask | AblateTask;

/** `plans` in parts of `size`, and an empty one at the end: while it is trained, the last part is simulated. */
function batchesOf(plans: readonly PlacedPlan[], size: number): PlacedPlan[][] {
  const batches = Math.ceil(plans.length / size) + 1;
  return Array.from({ length: batches }, (_, batch) => plans.slice(batch * size, (batch + 1) * size));
}

interface Simulated {
  readonly outcomes: VariantOutcome[];
  readonly primaryAlone: VariantOutcome[];
  readonly ablated: AblatedOutcome[];
}

/** Puts every result where it belongs; the tasks are not kept, for they hold models. */
function collect(
  { outcomes, primaryAlone, ablated }: Simulated,
  tasks: readonly SimulatingTask[],
  results: readonly ResearchTaskResult[],
): void {
  tasks.forEach((task, at) => {
    const result = results[at];
    if (result.kind === 'ablate') ablated.push(...result.outcomes);
    if (task.kind !== 'simulate' || result.kind !== 'simulate') return;
    (task.settings.metaModel === 'on' ? outcomes : primaryAlone).push(result.outcome);
  });
}

/** What is kept of every fold. */
type LearntFold = { readonly symbol: string; readonly index: number } & (
  | { readonly status: 'trained'; readonly card: ModelCard; readonly test: TestMetrics }
  | { readonly status: 'failed'; readonly reason: string }
);

function learntFolds({ symbol, folds }: SymbolModels): LearntFold[] {
  return folds.map((fold) => {
    const { index } = fold.window;
    if (fold.status === 'failed') return { symbol, index, status: fold.status, reason: fold.reason };
    return { symbol, index, status: fold.status, card: fold.trained.card, test: fold.test };
  });
}

function baselineOf(plan: SymbolPlan, settings: VariantSettings): SymbolBaseline {
  return { symbol: plan.market.symbol, buyAndHold: buyAndHold(holdInput(plan, settings)) };
}

/** All symbols held together as far as the calendar goes. */
function baselineOfAll(
  plans: readonly SymbolPlan[],
  calendar: readonly FoldWindow[],
  settings: VariantSettings,
): SymbolBaseline {
  const until = calendar[calendar.length - 1].testEnd;
  const curves = plans.flatMap((plan) => {
    const input = holdInput(plan, settings);
    return holdCurve({ ...input, to: Math.min(input.to, until) }) ?? [];
  });
  return { symbol: PORTFOLIO, buyAndHold: curves.length === 0 ? undefined : holdTogether(curves) };
}

function holdInput({ market, windows }: SymbolPlan, { costs }: VariantSettings): BuyAndHoldInput {
  const { series } = market;
  const from = windows[0].testStart;
  const to = windows[windows.length - 1].testEnd;
  return { series, funding: fundingScheduleOf(market, costs), from, to, costs: holdCostsOf(costs) };
}

function failedOnce(folds: readonly LearntFold[]): FailedFold[] {
  const failed = new Map<string, FailedFold>();
  for (const fold of folds) {
    if (fold.status === 'trained') continue;
    const { symbol, index, reason } = fold;
    failed.set(`${symbol} ${index} ${reason}`, { symbol, fold: index, reason });
  }
  return [...failed.values()];
}
