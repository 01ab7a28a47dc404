// Which model trades which fold? Trained inside the fold, or failed with a reason; never silently missing.
import { PerpilotError } from '../domain/errors.ts';
import { HOUR_MS } from '../domain/time.ts';
import { calibrationBins, type CalibrationBin } from '../learning/calibration-bins.ts';
import { classifierMetrics } from '../learning/classifier-metrics.ts';
import { predictEnsemble } from '../learning/ensemble.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Dataset } from '../training/dataset.ts';
import type { ModelParams } from '../training/model-params.ts';
import { createTrainer, type TrainedModel, type Trainer } from '../training/train-model.ts';
import type { FoldWindow } from './outcome.ts';

/** How much of a test window the data hold. */
export interface FoldCoverage {
  /** Candles that are there. */
  readonly candles: number;
  /** Closes at which the strategy was ready and could decide. */
  readonly decidable: number;
}

/** How the model of a fold did on the labels of its own test window, which it never saw. */
export interface TestMetrics {
  readonly samples: number;
  readonly auc: number | undefined;
  readonly brier: number | undefined;
  readonly brierSkill: number | undefined;
  /** Bins of the calibrated probability in rising order, empty ones left out. */
  readonly calibration: readonly CalibrationBin[];
}

export type TrainedFold = { readonly window: FoldWindow; readonly coverage: FoldCoverage } & (
  | { readonly status: 'trained'; readonly trained: TrainedModel; readonly test: TestMetrics }
  | { readonly status: 'failed'; readonly reason: string }
);

export interface FoldTraining {
  readonly dataset: Dataset;
  readonly windows: readonly FoldWindow[];
  /** Settings of the models, one model each per window; what they share is fitted once. */
  readonly params: readonly ModelParams[];
  readonly embargoHours: number;
  /** Seed of the whole run; every fold derives its own from it. */
  readonly seed: string;
}

/**
 * The folds of each of `params`, every window trained on data that ends before its test begins. A fold that cannot be
 * trained or tested says why.
 */
export function trainFolds({ dataset, windows, params, embargoHours, seed }: FoldTraining): TrainedFold[][] {
  const folds = windows.map((window) => {
    const { trainStart, testStart } = window;
    const coverage = coverageOf(dataset, window);
    const train = createTrainer(
      dataset,
      { start: trainStart, end: testStart, embargoMs: embargoHours * HOUR_MS },
      `${seed}/${dataset.symbol}/${trainStart}-${testStart}`,
    );
    return params.map((own) => trainFold({ dataset, window, coverage, train }, own));
  });
  return params.map((_, own) => folds.map((fold) => fold[own]));
}

interface WindowTraining {
  readonly dataset: Dataset;
  readonly window: FoldWindow;
  readonly coverage: FoldCoverage;
  readonly train: Trainer;
}

function trainFold({ dataset, window, coverage, train }: WindowTraining, params: ModelParams): TrainedFold {
  if (coverage.decidable === 0) {
    const wanted = Math.round((window.testEnd - window.testStart) / dataset.intervalMs);
    const reason = `nothing could be decided in the test window: ${coverage.candles} of ${wanted} candles are there, and the strategy needs ${dataset.warmupBars} candles without a hole before it is ready`;
    return { window, coverage, status: 'failed', reason };
  }
  try {
    const trained = train(params);
    return { window, coverage, status: 'trained', trained, test: testMetrics(dataset, window, trained.model) };
  } catch (error) {
    if (error instanceof PerpilotError && error.code === 'TRAINING_FAILED') {
      return { window, coverage, status: 'failed', reason: error.message };
    }
    throw error;
  }
}

/** Judged on every label decided in the window, also those that end after it: nothing is fitted to them. */
function testMetrics(dataset: Dataset, { testStart, testEnd }: FoldWindow, model: MetaModel): TestMetrics {
  const { label } = dataset.labels;
  const { values, columns } = dataset.x;
  const probabilities: number[] = [];
  const labels: number[] = [];
  for (let row = 0; row < dataset.time.length; row += 1) {
    if (dataset.time[row] < testStart || dataset.time[row] >= testEnd || label[row] < 0) continue;
    const probability = predictEnsemble(model.ensemble, values, row * columns);
    if (Number.isNaN(probability)) continue;
    probabilities.push(probability);
    labels.push(label[row]);
  }
  if (labels.length === 0)
    return { samples: 0, auc: undefined, brier: undefined, brierSkill: undefined, calibration: [] };
  const { auc, brier, brierSkill } = classifierMetrics(probabilities, labels);
  const calibration = calibrationBins(probabilities, labels);
  return { samples: labels.length, auc, brier, brierSkill, calibration };
}

/** Counts closes in [testStart, testEnd): what is decided at the end belongs to the next window. */
function coverageOf({ closeTime, ready }: Dataset, { testStart, testEnd }: FoldWindow): FoldCoverage {
  let candles = 0;
  let decidable = 0;
  for (let bar = 0; bar < closeTime.length; bar += 1) {
    if (closeTime[bar] < testStart || closeTime[bar] >= testEnd) continue;
    candles += 1;
    decidable += ready[bar];
  }
  return { candles, decidable };
}
