// How does the shipped strategy trade a frozen market? As research does it, without a meta-model or with trained ones.
import { settingsOf } from '../../../src/cli/compose-variants.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import type { FoldWindow } from '../../../src/research/outcome.ts';
import type { VariantSettings } from '../../../src/research/settings.ts';
import type { ModelledFold } from '../../../src/research/simulate-portfolio.ts';
import { simulateVariant } from '../../../src/research/simulate-variant.ts';
import { trainFolds } from '../../../src/research/train-folds.ts';
import { buildDataset, type Dataset } from '../../../src/training/dataset.ts';
import { frozenMarket, type MarketName } from './frozen-markets.ts';
import type { FinishedRun } from './frozen-figures.ts';

export interface VariantRun {
  readonly market: MarketName;
  /** Default: moderate. */
  readonly riskLevel?: 'conservative' | 'moderate' | 'aggressive';
  /** Settings over the shipped ones, as `--set` takes them. */
  readonly set?: readonly string[];
  /** Trains the meta-model anew for each of two windows; default: the primary signal trades alone. */
  readonly trained?: boolean;
  /** Default: worst. */
  readonly ambiguity?: 'worst' | 'best';
}

/** Few and small trees: they are deterministic as many large ones are. */
export const QUICK = ['model.boosting.trees=15', 'model.bags=1', 'model.min_train_samples=50'];

/** Runs the strategy from day 35, when it is warm, to day 125. */
export function runVariant(run: VariantRun): FinishedRun {
  const { riskLevel = 'moderate', set = [], trained = false, ambiguity = 'worst' } = run;
  const market = frozenMarket(run.market);
  const loaded = loadConfig({ riskLevel, overrides: trained ? [...QUICK, ...set] : set });
  const settings = { ...settingsOf(riskLevel, loaded), metaModel: trained ? 'on' : 'off' } as const;
  const strategy = strategyOf(settings, market.series.intervalMs);
  const windows = [testWindow(market, 0, [95, 115]), testWindow(market, 1, [115, 135])];
  const folds = trained
    ? trainedFolds(market, settings, windows)
    : [{ window: testWindow(market, 0, [35, 125]), model: undefined }];
  const result = simulateVariant({ market, settings, strategy, folds, ambiguity });
  return { result, orders: [], data: [market] };
}

/** One model for each window; where windows touch, models change and positions end at the border. */
export function trainedFolds(
  market: SymbolMarket,
  settings: VariantSettings,
  windows: readonly FoldWindow[],
): ModelledFold[] {
  const dataset = datasetOf(market, settings);
  const [folds] = trainFolds({ dataset, windows, params: [settings.model], embargoHours: 0, seed: 'frozen' });
  return folds.map((fold) => {
    if (fold.status === 'failed') throw new Error(`fold ${fold.window.index}: ${fold.reason}`);
    return { window: fold.window, model: fold.trained.model };
  });
}

/** Days from the market's beginning, after two months of training as far as there are so many. */
export function testWindow({ series }: SymbolMarket, index: number, [from, to]: readonly [number, number]): FoldWindow {
  const start = series.openTime[0];
  const testStart = start + from * DAY_MS;
  return { index, trainStart: Math.max(start, testStart - 60 * DAY_MS), testStart, testEnd: start + to * DAY_MS };
}

const datasets = new Map<string, Dataset>();

/** Runs that learn from the same samples share them. */
function datasetOf(market: SymbolMarket, settings: VariantSettings): Dataset {
  const { labeling, costs, features } = settings;
  const { series, funding, dataHash } = market;
  const strategy = strategyOf(settings, series.intervalMs);
  const key = JSON.stringify([dataHash, strategy.schemaHash, labeling, costs, features]);
  const { atrPeriod } = features;
  const dataset = datasets.get(key) ?? buildDataset({ series, funding, strategy, labeling, costs, atrPeriod });
  datasets.set(key, dataset);
  return dataset;
}
