// Which pieces of a research run can be done side by side? Training folds and simulating variants, of one symbol or of all.
import { hash64 } from '../domain/hash.ts';
import { invariant } from '../domain/errors.ts';
import type { FeatureDefinition } from '../strategy/features.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { createTrendStrategy } from '../strategy/trend-strategy.ts';
import { buildDataset, type Dataset } from '../training/dataset.ts';
import { assessAblation, type AblatedOutcome, type AblationCase } from './ablation-plan.ts';
import { assessPortfolio } from './assess-portfolio.ts';
import { assessVariant } from './assess-variant.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow, PortfolioOutcome, VariantOutcome } from './outcome.ts';
import { PORTFOLIO } from './portfolio-figures.ts';
import type { VariantSettings } from './settings.ts';
import { simulatePortfolio, type ModelledFold, type TradedSymbol } from './simulate-portfolio.ts';
import { simulateVariant } from './simulate-variant.ts';
import { performance } from './statistics/performance.ts';
import { trainFolds, type TrainedFold } from './train-folds.ts';

export interface TrainTask {
  readonly kind: 'train';
  readonly symbolIndex: number;
  /** At least one, of one data set; each is trained for, and what they share is fitted once. */
  readonly learners: readonly VariantSettings[];
  readonly windows: readonly FoldWindow[];
}

export interface SimulateTask {
  readonly kind: 'simulate';
  readonly symbolIndex: number;
  readonly settings: VariantSettings;
  readonly folds: readonly TrainedFold[];
}

/** Simulations with the same models and nothing but figures as their result: together they cross a thread's border once. */
export interface AblateTask {
  readonly kind: 'ablate';
  readonly symbolIndex: number;
  readonly cases: readonly AblationCase[];
  readonly folds: readonly TrainedFold[];
}

/** Accounts over all symbols, with the same models: together they cross a thread's border once. */
export interface PortfolioTask {
  readonly kind: 'portfolio';
  readonly variants: readonly VariantSettings[];
  /** In any order. */
  readonly symbols: readonly { readonly symbolIndex: number; readonly folds: readonly TrainedFold[] }[];
  readonly calendar: readonly FoldWindow[];
}

/** The same accounts in a worse world. */
export interface StressAccountsTask extends Omit<PortfolioTask, 'kind' | 'variants'> {
  readonly kind: 'stress-accounts';
  readonly cases: readonly AblationCase[];
}

export type ResearchTask = TrainTask | SimulateTask | AblateTask | PortfolioTask | StressAccountsTask;

export type ResearchTaskResult =
  /** The folds of each learner. */
  | { readonly kind: 'train'; readonly folds: readonly (readonly TrainedFold[])[] }
  | { readonly kind: 'simulate'; readonly outcome: VariantOutcome }
  | { readonly kind: 'ablate'; readonly outcomes: readonly AblatedOutcome[] }
  | { readonly kind: 'portfolio'; readonly outcomes: readonly PortfolioOutcome[] };

/** What every thread of a run holds in common. */
export interface ResearchContext {
  readonly markets: readonly SymbolMarket[];
  readonly seed: string;
  readonly embargoHours: number;
}

/** The strategy of a variant; `extra` features of a user's own are appended. */
export function strategyOf(
  settings: VariantSettings,
  barMs: number,
  extra: readonly FeatureDefinition[] = [],
): Strategy {
  const { features, primary, regime } = settings;
  return createTrendStrategy({ barMs, features, primary, regime }, extra);
}

/** What the samples of a variant depend on, within one symbol. */
export function datasetKeyOf(settings: VariantSettings, barMs: number): string {
  const { labeling, costs } = settings;
  return hash64(JSON.stringify([strategyOf(settings, barMs).schemaHash, labeling, costs]));
}

/** Variants with the same key learn from the same data with the same settings, and so share their models. */
export function modelKeyOf(settings: VariantSettings, barMs: number): string {
  return hash64(JSON.stringify([datasetKeyOf(settings, barMs), settings.model]));
}

/**
 * Whom to train for: the first variant of every model key. Those that share data set and boosting stand together, for
 * boosting is most of the work.
 */
export function learnersOf(variants: readonly VariantSettings[], barMs: number): VariantSettings[][] {
  const byModel = Map.groupBy(variants, (settings) => modelKeyOf(settings, barMs));
  const learners = [...byModel.values()].map(([first]) => first);
  return [...Map.groupBy(learners, (settings) => boostingKeyOf(settings, barMs)).values()];
}

function boostingKeyOf(settings: VariantSettings, barMs: number): string {
  const { validationFraction, sampleWeights, classWeights, bags, boosting } = settings.model;
  const rows = [datasetKeyOf(settings, barMs), validationFraction, sampleWeights, classWeights];
  return JSON.stringify([...rows, bags, boosting]);
}

/**
 * A function that does tasks. It keeps the last data set it has built: tasks come symbol by symbol, so folds share it, and
 * memory does not grow with the number of symbols.
 */
export function createResearchWorker(
  context: ResearchContext,
  extra: readonly FeatureDefinition[] = [],
): (task: ResearchTask) => ResearchTaskResult {
  let kept: { readonly key: string; readonly dataset: Dataset } | undefined;
  const datasetOf = (market: SymbolMarket, settings: VariantSettings): Dataset => {
    const key = `${market.symbol} ${datasetKeyOf(settings, market.series.intervalMs)}`;
    if (kept?.key !== key) {
      const { series, funding } = market;
      const strategy = strategyOf(settings, series.intervalMs, extra);
      const { labeling, costs } = settings;
      const { atrPeriod } = settings.features;
      kept = { key, dataset: buildDataset({ series, funding, strategy, labeling, costs, atrPeriod }) };
    }
    return kept.dataset;
  };

  return (task) => {
    if (task.kind === 'portfolio') return { kind: 'portfolio', outcomes: simulatePortfolios(context, task, extra) };
    if (task.kind === 'stress-accounts') return { kind: 'ablate', outcomes: stressAccounts(context, task, extra) };
    const market = context.markets[task.symbolIndex];
    invariant(market !== undefined, `task for symbol ${task.symbolIndex} of ${context.markets.length}`);
    if (task.kind === 'train') {
      const { learners, windows } = task;
      const { embargoHours, seed } = context;
      const dataset = datasetOf(market, learners[0]);
      const params = learners.map(({ model }) => model);
      return { kind: 'train', folds: trainFolds({ dataset, windows, params, embargoHours, seed }) };
    }
    if (task.kind === 'ablate') return { kind: 'ablate', outcomes: ablate(market, task, extra) };
    return { kind: 'simulate', outcome: simulateAndAssess(context, market, task, extra) };
  };
}

function simulateAndAssess(
  context: ResearchContext,
  market: SymbolMarket,
  task: SimulateTask,
  extra: readonly FeatureDefinition[],
): VariantOutcome {
  const { settings, folds } = task;
  const strategy = strategyOf(settings, market.series.intervalMs, extra);
  const input = { market, settings, strategy, folds: folds.map(modelled) };
  const result = simulateVariant({ ...input, ambiguity: 'worst' });
  const isAmbiguous = result.state.roundTrips.some((trade) => trade.ambiguous);
  const best = isAmbiguous ? simulateVariant({ ...input, ambiguity: 'best' }).curve : undefined;
  return assessVariant({
    market,
    settings,
    folds,
    result,
    bestTotalReturn: best === undefined ? undefined : performance({ ...best, trades: [] }).totalReturn,
    seed: context.seed,
  });
}

function modelled(fold: TrainedFold): ModelledFold {
  return { window: fold.window, model: fold.status === 'trained' ? fold.trained.model : undefined };
}

function ablate(
  market: SymbolMarket,
  { cases, folds }: AblateTask,
  extra: readonly FeatureDefinition[],
): AblatedOutcome[] {
  return cases.map((each) => {
    const { settings, delayBars } = each;
    const strategy = strategyOf(settings, market.series.intervalMs, extra);
    const input = { market, settings, strategy, folds: folds.map(modelled), delayBars };
    return assessAblation(each, market.symbol, {
      from: folds[0].window.testStart,
      to: folds[folds.length - 1].window.testEnd,
      result: simulateVariant({ ...input, ambiguity: 'worst' }),
    });
  });
}

function simulatePortfolios(
  context: ResearchContext,
  task: PortfolioTask,
  extra: readonly FeatureDefinition[],
): PortfolioOutcome[] {
  const { calendar } = task;
  const { placed, symbols } = placedSymbols(context, task);
  return task.variants.map((settings) => {
    const strategy = strategyOf(settings, placed[0].market.series.intervalMs, extra);
    const input = { symbols, settings, strategy, calendar };
    const result = simulatePortfolio({ ...input, ambiguity: 'worst' });
    const isAmbiguous = result.state.roundTrips.some((trade) => trade.ambiguous);
    const best = isAmbiguous ? simulatePortfolio({ ...input, ambiguity: 'best' }).curve : undefined;
    const bestTotalReturn = best === undefined ? undefined : performance({ ...best, trades: [] }).totalReturn;
    return assessPortfolio({ symbols: placed, calendar, settings, result, bestTotalReturn });
  });
}

function stressAccounts(
  context: ResearchContext,
  task: StressAccountsTask,
  extra: readonly FeatureDefinition[],
): AblatedOutcome[] {
  const { calendar } = task;
  const { placed, symbols } = placedSymbols(context, task);
  return task.cases.map((each) => {
    const { settings, delayBars } = each;
    const strategy = strategyOf(settings, placed[0].market.series.intervalMs, extra);
    const result = simulatePortfolio({ symbols, settings, strategy, calendar, delayBars, ambiguity: 'worst' });
    const [from, to] = [calendar[0].testStart, calendar[calendar.length - 1].testEnd];
    return assessAblation(each, PORTFOLIO, { from, to, result });
  });
}

/** The symbols of an account with their markets; as they are traded, and with all that is known of their folds. */
function placedSymbols(
  { markets }: ResearchContext,
  { symbols }: Pick<PortfolioTask, 'symbols'>,
): {
  readonly placed: readonly { readonly market: SymbolMarket; readonly folds: readonly TrainedFold[] }[];
  readonly symbols: readonly TradedSymbol[];
} {
  const placed = symbols.map(({ symbolIndex, folds }) => {
    const market = markets[symbolIndex];
    invariant(market !== undefined, `task for symbol ${symbolIndex} of ${markets.length}`);
    return { market, folds };
  });
  return { placed, symbols: placed.map(({ market, folds }) => ({ market, folds: folds.map(modelled) })) };
}
