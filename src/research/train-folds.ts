// Which model trades which fold? Trained inside the fold, or failed with a reason; never silently missing.
import { PerpilotError } from '../domain/errors.ts';
import { HOUR_MS } from '../domain/time.ts';
import type { Dataset } from '../training/dataset.ts';
import type { ModelParams } from '../training/model-params.ts';
import { trainModel, type TrainedModel } from '../training/train-model.ts';
import type { FoldWindow } from './outcome.ts';

export type TrainedFold = { readonly window: FoldWindow } & (
  | { readonly status: 'trained'; readonly trained: TrainedModel }
  | { readonly status: 'failed'; readonly reason: string }
);

export interface FoldTraining {
  readonly dataset: Dataset;
  readonly windows: readonly FoldWindow[];
  readonly params: ModelParams;
  readonly embargoHours: number;
  /** Seed of the whole run; every fold derives its own from it. */
  readonly seed: string;
}

/** Trains every window on data that ends before its test begins. A fold that cannot be trained says why. */
export function trainFolds({ dataset, windows, params, embargoHours, seed }: FoldTraining): TrainedFold[] {
  return windows.map((window): TrainedFold => {
    try {
      const trained = trainModel(
        dataset,
        { start: window.trainStart, end: window.testStart, embargoMs: embargoHours * HOUR_MS },
        { params, seed: `${seed}/${dataset.symbol}/fold-${window.index}` },
      );
      return { window, status: 'trained', trained };
    } catch (error) {
      if (error instanceof PerpilotError && error.code === 'TRAINING_FAILED') {
        return { window, status: 'failed', reason: error.message };
      }
      throw error;
    }
  });
}
