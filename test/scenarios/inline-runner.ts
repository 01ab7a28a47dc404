// How do tests run a research suite without threads? One task after another, in any order, by one worker or by several.
import { createRandom } from '../../src/domain/random.ts';
import type { JobRunner } from '../../src/ports/job-runner.ts';
import { createResearchWorker } from '../../src/research/jobs.ts';
import type { ResearchContext, ResearchTask, ResearchTaskResult } from '../../src/research/jobs.ts';
import type { FeatureDefinition } from '../../src/strategy/features.ts';

export interface InlineRunnerOptions {
  /** Features of a user's own, as they would be given to every thread. */
  readonly extra?: readonly FeatureDefinition[];
  /** Seed of a random order in which tasks are done; undefined: in their own. */
  readonly shuffled?: string;
  /** Workers that take turns; each has its own caches. */
  readonly workers?: number;
  /** Clones tasks and results, as the border of a thread does. */
  readonly cloned?: boolean;
}

/** A runner that does what a pool of threads does. */
export function createInlineRunner(
  context: ResearchContext,
  { extra = [], shuffled, workers = 1, cloned = false }: InlineRunnerOptions = {},
): JobRunner<ResearchTask, ResearchTaskResult> {
  const pool = Array.from({ length: workers }, () => createResearchWorker(context, extra));
  return {
    async run(tasks, onDone) {
      const results = new Array<ResearchTaskResult>(tasks.length);
      const order = tasks.map((_, index) => index);
      if (shuffled !== undefined) shuffle(order, shuffled);
      order.forEach((index, turn) => {
        const work = pool[turn % workers];
        results[index] = cloned ? structuredClone(work(structuredClone(tasks[index]))) : work(tasks[index]);
        onDone(index, results[index]);
      });
      return results;
    },
    close: async () => undefined,
  };
}

function shuffle(order: number[], seed: string): void {
  const random = createRandom(seed);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
}
