// Do the planned folds and their purged samples agree with the reference, window by window?
import { foldSamples, planFolds } from '../../../src/research/fold-plan.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ input, expected }, file) => {
  const folds = planFolds({
    dataStart: input.data_start,
    barMs: input.bar_ms,
    bars: input.bars,
    trainMs: input.train_ms,
    testMs: input.test_ms,
    stepMs: input.step_ms,
    embargoMs: input.embargo_ms,
    mode: input.mode,
    keepPartial: input.keep_partial,
  });
  const decision = Array.from(
    { length: input.bars as number },
    (_, bar) => input.data_start + (bar + 1) * input.bar_ms,
  );
  const horizon = (bar: number): number =>
    Array.isArray(input.label_horizon_bars) ? input.label_horizon_bars[bar] : input.label_horizon_bars;
  const samples = { decision, labelEnd: decision.map((time, bar) => time + horizon(bar) * input.bar_ms) };
  const actual = folds
    .map((fold) => ({ fold, samples: foldSamples(fold, samples) }))
    .filter(({ samples }) => samples.train.length >= input.min_train_samples)
    .map(({ fold, samples: { train, purged, test } }, number) => ({
      fold: number,
      train_start: fold.trainStart,
      train_end: fold.testStart,
      test_start: fold.testStart,
      test_end: fold.testEnd,
      train_first: train[0],
      train_last: train.at(-1),
      train_count: train.length,
      train_contiguous: train.length > 0 && train.at(-1)! - train[0] + 1 === train.length,
      purged_count: purged.length,
      purged_indices: purged,
      test_first: test[0],
      test_last: test.at(-1),
      test_count: test.length,
    }));
  return differences({ folds: actual, fold_count: actual.length }, expected, toleranceOf(file));
};
