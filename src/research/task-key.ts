// What does the result of a task depend on? Its key is a hash over all of it: equal keys, equal results.
import { toExactJson } from '../domain/exact-json.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { sha256Hex } from '../domain/sha256.ts';
import { modelKeyOf, type ResearchContext, type ResearchTask, type ResearchTaskResult } from './jobs.ts';
import type { KeyedParts } from './resuming-runner.ts';
import type { TrainedFold } from './train-folds.ts';

const FORMAT = 'perpilot-task-2';

/**
 * Gives every task of a run a key of 64 hexadecimal digits: code version, data, settings, windows, seed and kind of task.
 * Training tasks are known by the model keys that variants share, so a wider sweep finds the models of a narrower one.
 */
export function createTaskKeys(codeVersion: string, context: ResearchContext): (task: ResearchTask) => string {
  const { markets, seed, embargoHours } = context;
  return (task) => {
    if (task.kind === 'portfolio' || task.kind === 'stress-accounts') {
      const own = task.symbols.map(({ symbolIndex, folds }) => {
        const { symbol, dataHash } = markets[symbolIndex];
        return [symbol, dataHash, folds.map(foldIdentity)];
      });
      const what = task.kind === 'portfolio' ? task.variants : task.cases;
      return keyOf([FORMAT, codeVersion, seed, task.kind, what, task.calendar, own]);
    }
    const { symbol, dataHash, series } = markets[task.symbolIndex];
    const common = [FORMAT, codeVersion, symbol, dataHash, seed];
    if (task.kind === 'train') {
      const modelKeys = task.learners.map((settings) => modelKeyOf(settings, series.intervalMs));
      return keyOf([...common, 'train', modelKeys, task.windows, embargoHours]);
    }
    const what = task.kind === 'ablate' ? task.cases : task.settings;
    return keyOf([...common, task.kind, what, task.folds.map(foldIdentity)]);
  };
}

/** The tasks of a run with what they are kept as: what is trained together, model by model, so that any run finds its own. */
export function createTaskParts(
  codeVersion: string,
  context: ResearchContext,
): KeyedParts<ResearchTask, ResearchTaskResult> {
  return {
    keyOf: createTaskKeys(codeVersion, context),
    split(task) {
      if (task.kind !== 'train') return [task];
      return task.learners.map((learner) => ({ ...task, learners: [learner] }));
    },
    cut(result) {
      if (result.kind !== 'train') return [result];
      return result.folds.map((folds) => ({ kind: 'train', folds: [folds] }));
    },
    join(parts) {
      const [first] = parts;
      if (first.kind !== 'train') return first;
      return { kind: 'train', folds: parts.flatMap((part) => (part.kind === 'train' ? part.folds : [])) };
    },
  };
}

/** A model's id is the hash of its content, so the model itself need not be hashed again. */
function foldIdentity({ window, coverage, ...fold }: TrainedFold): unknown {
  return [window, coverage, fold.status === 'trained' ? fold.trained.model.id : fold.reason];
}

function keyOf(identity: unknown): string {
  return sha256Hex([new TextEncoder().encode(toExactJson(identity))]);
}

/** What a folder of kept tasks was made with. */
export interface KeptRun {
  readonly codeVersion: string;
  readonly symbols: readonly { readonly symbol: string; readonly dataHash: string }[];
}

/**
 * Other code or data would find none of the kept tasks and silently begin anew: that is said instead.
 * @throws PerpilotError MANIFEST_MISMATCH with everything that differs
 */
export function refuseOtherRun(kept: KeptRun, now: KeptRun, where: string): void {
  const problems: Problem[] = [];
  const hint = 'give another folder to begin anew';
  if (kept.codeVersion !== now.codeVersion) {
    const message = `the kept tasks were made with code ${kept.codeVersion}, this is ${now.codeVersion}`;
    problems.push({ message, where, hint });
  }
  for (const { symbol, dataHash } of now.symbols) {
    const then = kept.symbols.find((each) => each.symbol === symbol)?.dataHash;
    if (then === undefined || then === dataHash) continue;
    const message = `${symbol}: the kept tasks were made from other data (${then.slice(0, 16)}, now ${dataHash.slice(0, 16)})`;
    problems.push({ message, where, hint });
  }
  if (problems.length > 0) throw new PerpilotError('MANIFEST_MISMATCH', problems);
}
