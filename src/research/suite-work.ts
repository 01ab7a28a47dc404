// How much is there to do in a suite? Folds, data sets and simulations, counted before anything is built.
import { DAY_MS } from '../domain/time.ts';
import type { CandleSeries } from '../domain/candle.ts';
import { modelKeyOf, strategyOf } from './jobs.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow } from './outcome.ts';
import { planSuite } from './plan-suite.ts';
import type { VariantSettings } from './settings.ts';
import { FOLDS_PER_TASK, type SuiteInput } from './suite.ts';

export interface SymbolWork {
  readonly bars: number;
  /** Candles of every resolution; each thread has a copy of its own. */
  readonly candleBytes: number;
  readonly folds: number;
  /** Training tasks of one model key. */
  readonly trainTasks: number;
  /** Over all model keys and folds: `trainWorkOf`. */
  readonly trainWork: number;
  /** Of all test windows together. */
  readonly testDays: number;
}

export interface SuiteWork {
  readonly symbols: readonly SymbolWork[];
  /** Variants per symbol: rows of the result. */
  readonly variants: number;
  /** Simulations per symbol: the variants, and those without a meta-model. */
  readonly simulations: number;
  /** Distinct models per fold, and distinct data sets they learn from. */
  readonly modelKeys: number;
  readonly datasets: number;
  readonly tasks: number;
}

/** Six columns of doubles and one of bytes. */
const BYTES_PER_CANDLE = 49;

/** Days of training times levels of all trees: what the time of a fold grows with. */
export function trainWorkOf({ model }: VariantSettings, { trainStart, testStart }: FoldWindow): number {
  const { bags, boosting } = model;
  return ((testStart - trainStart) / DAY_MS) * bags * boosting.trees * boosting.maxDepth;
}

/** @throws PerpilotError DATA_TOO_SHORT as `planSuite` does */
export function suiteWorkOf(input: SuiteInput): SuiteWork {
  const { variants, headlineVariant, foldsPerTask = FOLDS_PER_TASK } = input;
  const { intervalMs } = input.markets[0].series;
  const byModel = [...Map.groupBy(variants, (settings) => modelKeyOf(settings, intervalMs)).values()];
  const learners = byModel.map(([settings]) => settings);
  const symbols = planSuite(input).map(({ market, windows }): SymbolWork => {
    const work = learners.map((settings) => windows.reduce((sum, window) => sum + trainWorkOf(settings, window), 0));
    return {
      bars: market.series.length,
      candleBytes: candlesOf(market).reduce((sum, { length }) => sum + length * BYTES_PER_CANDLE, 0),
      folds: windows.length,
      trainTasks: Math.ceil(windows.length / foldsPerTask),
      trainWork: work.reduce((sum, each) => sum + each, 0),
      testDays: windows.reduce((sum, { testStart, testEnd }) => sum + (testEnd - testStart) / DAY_MS, 0),
    };
  });
  const simulations = variants.length + variants.filter(({ variant }) => variant === headlineVariant).length;
  const trainTasks = symbols.reduce((sum, symbol) => sum + symbol.trainTasks, 0) * learners.length;
  return {
    symbols,
    variants: variants.length,
    simulations,
    modelKeys: learners.length,
    datasets: new Set(learners.map((settings) => datasetKeyOf(settings, intervalMs))).size,
    tasks: trainTasks + symbols.length * simulations,
  };
}

function candlesOf({ series, finer }: SymbolMarket): readonly CandleSeries[] {
  return [series, ...finer];
}

/** What the samples of a variant depend on; models of other settings may learn from the same. */
function datasetKeyOf(settings: VariantSettings, barMs: number): string {
  const { labeling, costs } = settings;
  return JSON.stringify([strategyOf(settings, barMs).schemaHash, labeling, costs]);
}
