// Which pieces of a research run can be done side by side? Training folds and simulating variants, one symbol at a time.
import { hash64 } from '../domain/hash.ts';
import { invariant } from '../domain/errors.ts';
import type { FeatureDefinition } from '../strategy/features.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { createTrendStrategy } from '../strategy/trend-strategy.ts';
import { buildDataset, type Dataset } from '../training/dataset.ts';
import { assessVariant } from './assess-variant.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow, VariantOutcome } from './outcome.ts';
import type { VariantSettings } from './settings.ts';
import { simulateVariant, type ModelledFold } from './simulate-variant.ts';
import { performance } from './statistics/performance.ts';
import { trainFolds, type TrainedFold } from './train-folds.ts';

export interface TrainTask {
  readonly kind: 'train';
  readonly symbolIndex: number;
  readonly settings: VariantSettings;
  readonly windows: readonly FoldWindow[];
}

export interface SimulateTask {
  readonly kind: 'simulate';
  readonly symbolIndex: number;
  readonly settings: VariantSettings;
  readonly folds: readonly TrainedFold[];
}

export type ResearchTask = TrainTask | SimulateTask;

export type ResearchTaskResult =
  | { readonly kind: 'train'; readonly folds: readonly TrainedFold[] }
  | { readonly kind: 'simulate'; readonly outcome: VariantOutcome };

/** What every thread of a run holds in common. */
export interface ResearchContext {
  readonly markets: readonly SymbolMarket[];
  readonly seed: string;
  readonly embargoHours: number;
  readonly resamples: number;
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

/** Variants with the same key learn from the same data with the same settings, and so share their models. */
export function modelKeyOf(settings: VariantSettings, barMs: number): string {
  const { labeling, costs, model } = settings;
  return hash64(JSON.stringify([strategyOf(settings, barMs).schemaHash, labeling, costs, model]));
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
    const strategy = strategyOf(settings, market.series.intervalMs, extra);
    const { labeling, costs } = settings;
    const key = JSON.stringify([market.symbol, strategy.schemaHash, labeling, costs]);
    if (kept?.key !== key) {
      const { series, funding } = market;
      const { atrPeriod } = settings.features;
      kept = { key, dataset: buildDataset({ series, funding, strategy, labeling, costs, atrPeriod }) };
    }
    return kept.dataset;
  };

  return (task) => {
    const market = context.markets[task.symbolIndex];
    invariant(market !== undefined, `task for symbol ${task.symbolIndex} of ${context.markets.length}`);
    if (task.kind === 'train') {
      const { settings, windows } = task;
      const { embargoHours, seed } = context;
      const dataset = datasetOf(market, settings);
      return { kind: 'train', folds: trainFolds({ dataset, windows, params: settings.model, embargoHours, seed }) };
    }
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
  const modelled = folds.map((fold): ModelledFold => ({
    window: fold.window,
    model: fold.status === 'trained' ? fold.trained.model : undefined,
  }));
  const input = { market, settings, strategy, folds: modelled };
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
    resamples: context.resamples,
  });
}
