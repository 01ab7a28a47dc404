// How much is there to do in a suite? Folds, data sets and simulations, counted before anything is built.
import { DAY_MS } from '../domain/time.ts';
import type { CandleSeries } from '../domain/candle.ts';
import { datasetKeyOf, learnersOf, modelKeyOf } from './jobs.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow } from './outcome.ts';
import { planSuite } from './plan-suite.ts';
import type { VariantSettings } from './settings.ts';
import { SYMBOLS_PER_BATCH, type SuiteInput } from './suite.ts';
import { accountTaskCount, FOLDS_PER_TASK, headlineOf, keptModelKeys, simulatingTaskCount } from './suite-tasks.ts';

export interface SymbolWork {
  readonly bars: number;
  /** Candles of every resolution; each thread has a copy of its own. */
  readonly candleBytes: number;
  readonly folds: number;
  /** Training tasks of one boosting. */
  readonly trainTasks: number;
  /** Over all folds of each boosting: `trainWorkOf`. */
  readonly trainWork: number;
  /** Of all test windows together. */
  readonly testDays: number;
}

export interface SuiteWork {
  readonly symbols: readonly SymbolWork[];
  /** Variants per symbol: rows of the result. */
  readonly variants: number;
  /** Simulations per symbol: the variants, those without a meta-model, what else is asked of the headline variants, and its part in accounts over all symbols. */
  readonly simulations: number;
  /** Distinct models per fold, and distinct data sets they learn from. */
  readonly modelKeys: number;
  readonly datasets: number;
  /** Models in memory at once, at most; those that share their boosting count as one. */
  readonly heldModels: number;
  readonly tasks: number;
  /** Folds whose models one simulation holds, at most: those of one symbol, or of all that share an account. */
  readonly foldsPerSimulation: number;
}

/** Six columns of doubles and one of bytes. */
const BYTES_PER_CANDLE = 49;

/** Days of training times levels of all trees: what the time of a fold grows with, however many models share the trees. */
export function trainWorkOf({ model }: VariantSettings, { trainStart, testStart }: FoldWindow): number {
  const { bags, boosting } = model;
  return ((testStart - trainStart) / DAY_MS) * bags * boosting.trees * boosting.maxDepth;
}

/** @throws PerpilotError DATA_TOO_SHORT as `planSuite` does */
export function suiteWorkOf(input: SuiteInput): SuiteWork {
  const { variants, portfolios = [], isPortfolioOnly = false, foldsPerTask = FOLDS_PER_TASK } = input;
  const { intervalMs } = input.markets[0].series;
  const groups = learnersOf(variants, intervalMs);
  const symbols = planSuite(input).map(({ market, windows }): SymbolWork => {
    const work = groups.map(([settings]) => windows.reduce((sum, window) => sum + trainWorkOf(settings, window), 0));
    return {
      bars: market.series.length,
      candleBytes: candlesOf(market).reduce((sum, { length }) => sum + length * BYTES_PER_CANDLE, 0),
      folds: windows.length,
      trainTasks: Math.ceil(windows.length / foldsPerTask),
      trainWork: work.reduce((sum, each) => sum + each, 0),
      testDays: windows.reduce((sum, { testStart, testEnd }) => sum + (testEnd - testStart) / DAY_MS, 0),
    };
  });
  const headline = headlineOf(input);
  const ablated = (input.ablations ?? []).reduce((sum, { cases }) => sum + cases.length, 0);
  const stressed = (input.accountStresses ?? []).reduce((sum, { cases }) => sum + cases.length, 0);
  const trainTasks = symbols.reduce((sum, symbol) => sum + symbol.trainTasks, 0) * groups.length;
  return {
    symbols,
    variants: variants.length,
    simulations: (isPortfolioOnly ? 0 : variants.length + headline.length) + ablated + portfolios.length + stressed,
    modelKeys: groups.reduce((sum, group) => sum + group.length, 0),
    datasets: new Set(groups.map(([settings]) => datasetKeyOf(settings, intervalMs))).size,
    heldModels: heldModelsOf(input, groups, symbols),
    tasks: trainTasks + symbols.length * simulatingTaskCount(input) + accountTaskCount(input, intervalMs),
    foldsPerSimulation: symbols.reduce(
      (folds, symbol) => (portfolios.length > 0 ? folds + symbol.folds : Math.max(folds, symbol.folds)),
      0,
    ),
  };
}

/** Of two batches all models, for one is trained while the other is simulated; of every other symbol the headline's. */
function heldModelsOf(
  input: SuiteInput,
  groups: readonly (readonly VariantSettings[])[],
  symbols: readonly SymbolWork[],
): number {
  const { symbolsPerBatch = SYMBOLS_PER_BATCH } = input;
  const { intervalMs } = input.markets[0].series;
  const headlineKeys = keptModelKeys(input, intervalMs);
  const isKept = (settings: VariantSettings): boolean => headlineKeys.has(modelKeyOf(settings, intervalMs));
  const ownGroups = groups.filter((group) => group.some(isKept)).length;
  const foldsOf = (own: readonly SymbolWork[]): number => own.reduce((sum, { folds }) => sum + folds, 0);
  const all = foldsOf(symbols) * ownGroups;
  return symbols.reduce((most, _, first) => {
    if (first % symbolsPerBatch !== 0) return most;
    const folds = foldsOf(symbols.slice(first, first + 2 * symbolsPerBatch));
    return Math.max(most, all + folds * (groups.length - ownGroups));
  }, all);
}

function candlesOf({ series, finer }: SymbolMarket): readonly CandleSeries[] {
  return [series, ...finer];
}
