// What do the commands below `perpilot models` do to the record of who trades? Promote, roll back, prune and restore.
import { PerpilotError } from '../domain/errors.ts';
import type { ModelStore, ModelVersion, Registry } from '../ports/model-store.ts';
import { judgeCandidates } from '../renewal/judge-candidates.ts';
import type { ContestResult } from '../renewal/judge-challengers.ts';
import { artefactFacts } from '../training/model-artefact.ts';
import { promoted, prunable, refused, rolledBack, withdrawn, type Candidate } from '../training/registry-changes.ts';
import { composeTraining, type TrainingOptions } from './compose-training.ts';
import { knownModels, versionOf } from './open-models.ts';

export interface PromoteOptions extends TrainingOptions {
  readonly force: boolean;
  readonly reason?: string;
}

export interface PromotionAnswer {
  readonly promoted: boolean;
  readonly candidates: readonly Candidate[];
  /** Undefined: promoted by force, without a contest. */
  readonly contest: ContestResult | undefined;
  readonly revision: number;
}

/** Promotes models after the gate, or by a person's word. */
export async function promoteModels(
  store: ModelStore,
  words: readonly string[],
  { options, signal }: { readonly options: PromoteOptions; readonly signal: AbortSignal },
): Promise<PromotionAnswer> {
  const candidates = await candidatesOf(store, words);
  const by = 'person';
  if (options.force) {
    const reasons = [`without the gate: ${reasonOf(options.reason)}`];
    const next = await store.change((registry) => promoted(registry, candidates, { at: Date.now(), by, reasons }));
    return { promoted: true, candidates, contest: undefined, revision: next.revision };
  }
  const symbols = candidates.map(({ symbol }) => symbol);
  const ground = await composeTraining({ ...options, symbols }, signal);
  return decide(store, candidates, {
    by,
    judge: (registry) => judgeCandidates(store, ground, { registry, candidates }),
  });
}

/** Promotes the candidates or refuses them, as the contest says; either is recorded with all reasons. */
export async function decide(
  store: ModelStore,
  candidates: readonly Candidate[],
  { by, judge }: { readonly by: string; readonly judge: (registry: Registry) => Promise<ContestResult> },
): Promise<PromotionAnswer> {
  const before = await store.registry();
  const contest = await judge(before);
  const { passed, checks } = contest.verdict;
  const reasons = checks.map(({ holds, says }) => `${holds ? 'for' : 'against'}: ${says}`);
  const cause = { at: Date.now(), by, reasons };
  const next = await store.change((registry) => {
    if (registry.revision !== before.revision) throw changedMeanwhile(store);
    return passed ? promoted(registry, candidates, cause) : refused(registry, candidates, cause);
  });
  return { promoted: passed, candidates, contest, revision: next.revision };
}

function changedMeanwhile({ place }: ModelStore): PerpilotError {
  const problem = {
    message: 'who trades was changed while the models were judged',
    where: place,
    hint: 'judge them again',
  };
  return new PerpilotError('MODEL_REFUSED', [problem]);
}

async function candidatesOf(store: ModelStore, words: readonly string[]): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const word of words) {
    const version = await versionOf(store, word);
    const { symbol } = artefactFacts(await store.read(version)).card;
    const other = candidates.find((each) => each.symbol === symbol);
    if (other !== undefined) {
      throw new PerpilotError('ARGUMENT_INVALID', `${word}: another model of ${symbol} is named too`);
    }
    candidates.push({ symbol, version });
  }
  return candidates;
}

/** Goes back to the champion before, or leaves the symbol without one. */
export async function rollBack(
  store: ModelStore,
  symbol: string,
  { withdraw, reason }: { readonly withdraw: boolean; readonly reason?: string },
): Promise<Registry> {
  const cause = { at: Date.now(), by: 'person', reasons: [reasonOf(reason)] };
  const before = await store.registry();
  if (!before.slots.some((slot) => slot.symbol === symbol)) {
    const hint = `there are ${before.slots.map((slot) => slot.symbol).join(', ') || 'none'}`;
    throw new PerpilotError('MODEL_MISSING', [{ message: `no model of ${symbol} was ever recorded`, hint }]);
  }
  return store.change((registry) =>
    withdraw ? withdrawn(registry, symbol, cause) : rolledBack(registry, symbol, cause),
  );
}

/** Removes archived models but the newest `keep`, and returns those that are gone. */
export async function pruneModels(store: ModelStore, keep: number): Promise<readonly ModelVersion[]> {
  const { models } = await knownModels(store);
  const gone = prunable(
    await store.registry(),
    models.map(({ version }) => version),
    keep,
  );
  await store.remove(gone);
  return gone;
}

/** Brings back a backup; without a revision what is damaged is mended, and who trades stays as it is. */
export async function restoreModels(
  store: ModelStore,
  revision: number | undefined,
  reason: string | undefined,
): Promise<Registry> {
  return store.restore(revision, { at: Date.now(), by: 'person', reason: reasonOf(reason) });
}

function reasonOf(reason: string | undefined): string {
  return reason ?? 'by command';
}
