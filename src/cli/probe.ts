// How fast is this machine at this run? One fold trained and one variant simulated on its threads before it starts.
import { serialize } from 'node:v8';
import { invariant } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import type { JobRunner } from '../ports/job-runner.ts';
import type { ProbeFigures } from '../research/forecast.ts';
import { learnersOf, modelKeyOf, type ResearchTask, type ResearchTaskResult } from '../research/jobs.ts';
import { planSuite } from '../research/plan-suite.ts';
import type { VariantSettings } from '../research/settings.ts';
import { trainWorkOf } from '../research/suite-work.ts';
import type { SuiteInput } from '../research/suite.ts';
import type { TrainedFold } from '../research/train-folds.ts';

export interface ProbeOptions {
  /** The pool of the run itself: the threads that are started here go on working in it. */
  readonly runner: JobRunner<ResearchTask, ResearchTaskResult>;
  /** Threads that do the same side by side, so that what they cost each other is measured too: at most one per core. */
  readonly threads: number;
  /** Milliseconds of a clock that only rises. */
  readonly now: () => number;
  /** Bytes that the process holds now. */
  readonly residentBytes: number;
}

/** Enough to tell data sets apart, too little to change how long they take. */
const OTHER_COSTS = 1e-9;

/**
 * Measures with the first symbol, its last window and the headline variant, trained beside those that share its boosting.
 * Everything is done twice and timed the second time: threads run code slowly until they know it.
 */
export async function probe(input: SuiteInput, options: ProbeOptions): Promise<ProbeFigures> {
  const [{ market, windows }] = planSuite(input);
  const settings = input.variants.find(({ variant }) => variant === input.headlineVariant) ?? input.variants[0];
  const window = windows[windows.length - 1];
  const timed = async (
    task: ResearchTask,
  ): Promise<{ readonly seconds: number; readonly result: ResearchTaskResult }> => {
    const startedAt = options.now();
    const [result] = await options.runner.run(new Array<ResearchTask>(options.threads).fill(task), () => undefined);
    return { seconds: (options.now() - startedAt) / 1_000, result };
  };
  const { intervalMs } = market.series;
  const keyOf = (own: VariantSettings): string => modelKeyOf(own, intervalMs);
  const groups = learnersOf(input.variants, intervalMs);
  const learners = groups.find((group) => group.some((own) => keyOf(own) === keyOf(settings))) ?? [settings];
  const training = (own: readonly VariantSettings[]): ResearchTask => ({
    kind: 'train',
    symbolIndex: 0,
    learners: own,
    windows: [window],
  });
  const cold = await timed(training(learners.map(otherData)));
  const withDataset = await timed(training(learners));
  const trained = await timed(training(learners));
  const own = learners.findIndex((each) => keyOf(each) === keyOf(settings));
  const fold = foldOf(trained.result, own);
  const folds = windows.map((each): TrainedFold => ({ ...fold, window: each }));
  const simulation: ResearchTask = { kind: 'simulate', symbolIndex: 0, settings, folds };
  const coldSimulation = await timed(simulation);
  const simulated = await timed(simulation);
  const testDays = windows.reduce((sum, { testStart, testEnd }) => sum + (testEnd - testStart) / DAY_MS, 0);
  return {
    startSeconds:
      atLeastZero(cold.seconds - withDataset.seconds) + atLeastZero(coldSimulation.seconds - simulated.seconds),
    datasetSecondsPerBar: atLeastZero(withDataset.seconds - trained.seconds) / market.series.length,
    trainSecondsPerWork: trained.seconds / trainWorkOf(settings, window),
    simulateSecondsPerDay: simulated.seconds / testDays,
    columns: fold.status === 'trained' ? fold.trained.card.features.length : 0,
    modelBytes: serialize(fold).length,
    outcomeBytes: serialize(simulated.result).length,
    residentBytes: options.residentBytes,
  };
}

function otherData(settings: VariantSettings): VariantSettings {
  const { costs } = settings;
  return { ...settings, costs: { ...costs, takerFeeBps: costs.takerFeeBps + OTHER_COSTS } };
}

function foldOf(result: ResearchTaskResult, learner: number): TrainedFold {
  invariant(result.kind === 'train' && result.folds[learner].length === 1, 'one fold was to be trained');
  return result.folds[learner][0];
}

/** A measured difference may come out below zero on a busy machine. */
function atLeastZero(seconds: number): number {
  return Math.max(0, seconds);
}
