// Which windows does walk-forward train and test on, and which samples may each of them use?
import { invariant } from '../domain/errors.ts';

/** Times are UTC epoch milliseconds, lengths are milliseconds. */
export interface FoldPlanTask {
  /** Open time of the first bar. */
  readonly dataStart: number;
  readonly barMs: number;
  readonly bars: number;
  readonly trainMs: number;
  readonly testMs: number;
  /** From one test window's start to the next; shorter than `testMs`, test windows overlap. */
  readonly stepMs: number;
  /** Gap before each test window, on top of the labels' own ends. Default 0. */
  readonly embargoMs?: number;
  /** `rolling`: training windows of equal length; `anchored`: all begin at the start of the data. */
  readonly mode: 'rolling' | 'anchored';
  /** Keeps a last test window that the end of the data cuts off. */
  readonly keepPartial: boolean;
}

/** Training on [trainStart, testStart), testing on [testStart, testEnd). */
export interface Fold {
  /** Number from 0. */
  readonly fold: number;
  readonly trainStart: number;
  readonly testStart: number;
  readonly testEnd: number;
  readonly embargoMs: number;
}

/** All folds whose test window lies in the data, oldest first; none when the data are too short. */
export function planFolds(task: FoldPlanTask): Fold[] {
  const { dataStart, trainMs, testMs, stepMs } = task;
  const embargoMs = task.embargoMs ?? 0;
  invariant(stepMs > 0 && testMs > 0 && trainMs > 0, 'training, test and step length must be above 0');
  invariant(embargoMs >= 0, 'the embargo must be at least 0');
  const dataEnd = dataStart + task.bars * task.barMs;
  const folds: Fold[] = [];
  for (let fold = 0; ; fold += 1) {
    const testStart = dataStart + trainMs + fold * stepMs;
    const testEnd = testStart + testMs;
    if (testStart >= dataEnd || (testEnd > dataEnd && !task.keepPartial)) break;
    const trainStart = task.mode === 'anchored' ? dataStart : testStart - trainMs;
    folds.push({ fold, trainStart, testStart, testEnd: Math.min(testEnd, dataEnd), embargoMs });
  }
  return folds;
}

/** Whether some moments are tested more than once: then results must not be chained into one equity curve. */
export function testWindowsOverlap(folds: readonly Fold[]): boolean {
  return folds.some((fold, index) => index > 0 && fold.testStart < folds[index - 1].testEnd);
}

/** Decision time and end of the label of each sample, epoch milliseconds; a sample is decided at a bar's close. */
export interface SampleTimes {
  readonly decision: ArrayLike<number>;
  /** The last moment the label looks at; at least the decision time. */
  readonly labelEnd: ArrayLike<number>;
}

/** Sample indices, each list rising. */
export interface FoldSamples {
  readonly train: readonly number[];
  /** Decided in the training window, but the label ends (with the embargo) after the test window has begun. */
  readonly purged: readonly number[];
  readonly test: readonly number[];
}

/**
 * Sorts samples into a fold. Trained is what is decided in [trainStart, testStart) and whose label end plus embargo is at
 * most testStart (a price at testStart is known then); tested what is decided in [testStart, testEnd).
 */
export function foldSamples(fold: Fold, samples: SampleTimes): FoldSamples {
  const train: number[] = [];
  const purged: number[] = [];
  const test: number[] = [];
  for (let index = 0; index < samples.decision.length; index += 1) {
    const time = samples.decision[index];
    if (time >= fold.testStart) {
      if (time < fold.testEnd) test.push(index);
    } else if (time >= fold.trainStart) {
      const isKnown = samples.labelEnd[index] + fold.embargoMs <= fold.testStart;
      if (isKnown) train.push(index);
      else purged.push(index);
    }
  }
  return { train, purged, test };
}

/** The samples that a fold may train on: `foldSamples(…).train`. */
export function purgedTrainIndices(fold: Fold, samples: SampleTimes): readonly number[] {
  return foldSamples(fold, samples).train;
}
