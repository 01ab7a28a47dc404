// Which tasks does a suite consist of? Training, then simulations with the models of their symbol.
import { invariant } from '../domain/errors.ts';
import type { AblationCase, AblationPlan, AccountStressPlan } from './ablation-plan.ts';
import {
  learnersOf,
  modelKeyOf,
  type AblateTask,
  type PortfolioTask,
  type ResearchTaskResult,
  type SimulateTask,
  type StressAccountsTask,
  type TrainTask,
} from './jobs.ts';
import type { FoldWindow } from './outcome.ts';
import type { SymbolPlan } from './plan-suite.ts';
import type { VariantSettings } from './settings.ts';
import type { TrainedFold } from './train-folds.ts';

/** Folds trained by one task: small enough to share the work, large enough to share the data set. */
export const FOLDS_PER_TASK = 3;

/** Ablations simulated by one task: small enough to share the work, large enough that models seldom cross a thread's border. */
const CASES_PER_TASK = 5;

/** Accounts over all symbols simulated by one task: models of all symbols cross a thread's border with it. */
const PORTFOLIOS_PER_TASK = 2;

export interface TaskInput {
  /** At least one; no two with one configuration hash. */
  readonly variants: readonly VariantSettings[];
  /** The variant that verdicts and baselines are made for. */
  readonly headlineVariant: string;
  /** What is asked of the headline variants besides; missing: nothing. */
  readonly ablations?: readonly AblationPlan[];
  /** Accounts over all symbols, each with the models of a variant that learns the same; missing: none. */
  readonly portfolios?: readonly VariantSettings[];
  /** The accounts in a worse world; missing: none. */
  readonly accountStresses?: readonly AccountStressPlan[];
  /** Symbols are trained for the accounts, and not traded by themselves. Default false. */
  readonly isPortfolioOnly?: boolean;
  /** Folds of one training task; the result does not depend on it. */
  readonly foldsPerTask?: number;
}

/** A symbol with its place among those of the run. */
export interface PlacedPlan extends SymbolPlan {
  readonly symbolIndex: number;
}

/** The folds of one symbol, shared by all variants that learn the same. */
export interface SymbolModels {
  readonly symbol: string;
  readonly modelKey: string;
  /** One per planned window, in rising time. */
  readonly folds: readonly TrainedFold[];
}

/** The headline variant of every risk level. */
export function headlineOf({ variants, headlineVariant }: TaskInput): VariantSettings[] {
  return variants.filter(({ variant }) => variant === headlineVariant);
}

/** Models that outlive their symbol: those of the headline variants and of the accounts over all symbols. */
export function keptModelKeys(input: TaskInput, intervalMs: number): ReadonlySet<string> {
  const settings = [...headlineOf(input), ...(input.portfolios ?? [])];
  return new Set(settings.map((each) => modelKeyOf(each, intervalMs)));
}

/** Variants with one model key share their models, and those with the same boosting the task that trains them. */
export function trainingTasks(input: TaskInput, { market, windows, symbolIndex }: PlacedPlan): TrainTask[] {
  const { variants, foldsPerTask = FOLDS_PER_TASK } = input;
  return learnersOf(variants, market.series.intervalMs).flatMap((learners) =>
    parted(windows, foldsPerTask).map((part): TrainTask => ({ kind: 'train', symbolIndex, learners, windows: part })),
  );
}

/** The models that the tasks of `trainingTasks` came to, task by task. */
export function gatherModels(
  plans: readonly PlacedPlan[],
  tasks: readonly TrainTask[],
  results: readonly ResearchTaskResult[],
): SymbolModels[] {
  const gathered = new Map<string, SymbolModels & { readonly folds: TrainedFold[]; readonly planned: number }>();
  tasks.forEach(({ symbolIndex, learners }, at) => {
    const result = results[at];
    const plan = plans.find((each) => each.symbolIndex === symbolIndex);
    if (plan === undefined || result.kind !== 'train') return;
    const { market, windows } = plan;
    learners.forEach((learner, index) => {
      const modelKey = modelKeyOf(learner, market.series.intervalMs);
      const key = `${symbolIndex} ${modelKey}`;
      const own = gathered.get(key) ?? { symbol: market.symbol, modelKey, folds: [], planned: windows.length };
      gathered.set(key, own);
      own.folds.push(...result.folds[index]);
    });
  });
  return [...gathered.values()].map(({ symbol, modelKey, folds, planned }) => {
    invariant(folds.length === planned, `${symbol}: ${planned} folds were planned, ${folds.length} came back`);
    return { symbol, modelKey, folds };
  });
}

/** Every variant, and the headline variants without their meta-model; none where only accounts are asked for. */
export function simulationTasks(input: TaskInput, plan: PlacedPlan, models: readonly SymbolModels[]): SimulateTask[] {
  if (input.isPortfolioOnly === true) return [];
  const alone = headlineOf(input).map((settings): VariantSettings => ({ ...settings, metaModel: 'off' }));
  return [...input.variants, ...alone].map((settings) => ({
    kind: 'simulate',
    symbolIndex: plan.symbolIndex,
    settings,
    folds: foldsFor(settings, plan, models),
  }));
}

/** What is asked of the headline variants besides. */
export function ablationTasks(
  { ablations = [] }: TaskInput,
  plan: PlacedPlan,
  models: readonly SymbolModels[],
): AblateTask[] {
  const { symbolIndex } = plan;
  return ablations.flatMap(({ headline, cases }) => {
    const folds = foldsFor(headline, plan, models);
    return parted(cases, CASES_PER_TASK).map((part): AblateTask => ({
      kind: 'ablate',
      symbolIndex,
      cases: part,
      folds,
    }));
  });
}

/** How many tasks simulate one symbol, known before there are models. */
export function simulatingTaskCount(input: TaskInput): number {
  const { variants, ablations = [], isPortfolioOnly = false } = input;
  const ablating = ablations.reduce((sum, { cases }) => sum + Math.ceil(cases.length / CASES_PER_TASK), 0);
  return (isPortfolioOnly ? 0 : variants.length + headlineOf(input).length) + ablating;
}

/** The accounts over all symbols, then those in a worse world; what has the same models stands together. */
export function accountTasks(
  input: TaskInput,
  { plans, calendar }: { readonly plans: readonly PlacedPlan[]; readonly calendar: readonly FoldWindow[] },
  models: readonly SymbolModels[],
): (PortfolioTask | StressAccountsTask)[] {
  return accountGroups(input, plans[0].market.series.intervalMs).flatMap(({ account, variants, cases }) => {
    const symbols = plans.map((plan) => ({
      symbolIndex: plan.symbolIndex,
      folds: foldsFor(account, plan, models),
    }));
    return [
      ...variants.map((own): PortfolioTask => ({ kind: 'portfolio', variants: own, symbols, calendar })),
      ...cases.map((own): StressAccountsTask => ({ kind: 'stress-accounts', cases: own, symbols, calendar })),
    ];
  });
}

/** How many tasks simulate accounts over all symbols. */
export function accountTaskCount(input: TaskInput, intervalMs: number): number {
  return accountGroups(input, intervalMs).reduce((sum, { variants, cases }) => sum + variants.length + cases.length, 0);
}

interface AccountGroup {
  /** One of those that trade with the same models. */
  readonly account: VariantSettings;
  /** Task by task. */
  readonly variants: readonly (readonly VariantSettings[])[];
  readonly cases: readonly (readonly AblationCase[])[];
}

function accountGroups({ portfolios = [], accountStresses = [] }: TaskInput, intervalMs: number): AccountGroup[] {
  const keyOf = (settings: VariantSettings): string => modelKeyOf(settings, intervalMs);
  return [...Map.groupBy(portfolios, keyOf)].map(([key, own]) => {
    const stressed = accountStresses.filter(({ account }) => keyOf(account) === key);
    return {
      account: own[0],
      variants: parted(own, PORTFOLIOS_PER_TASK),
      cases: parted(
        stressed.flatMap(({ cases }) => cases),
        PORTFOLIOS_PER_TASK,
      ),
    };
  });
}

function foldsFor(
  settings: VariantSettings,
  { market }: PlacedPlan,
  models: readonly SymbolModels[],
): readonly TrainedFold[] {
  const modelKey = modelKeyOf(settings, market.series.intervalMs);
  const own = models.find((each) => each.symbol === market.symbol && each.modelKey === modelKey);
  invariant(own !== undefined, `${market.symbol}: nobody trained for ${settings.riskLevel} ${settings.variant}`);
  return own.folds;
}

/** `all` in its order, in parts of `size`; the last may be smaller. */
function parted<Item>(all: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) => all.slice(part * size, (part + 1) * size));
}
