// What does `perpilot train` do? Trains every symbol, keeps what came out, and names it challenger.
import type { ModelVersion } from '../ports/model-store.ts';
import { trainSymbols, type TrainedSymbol } from '../renewal/train-symbols.ts';
import { artefactToText } from '../training/model-artefact.ts';
import { challenged, slotOf } from '../training/registry-changes.ts';
import { composeTraining, type TrainingOptions } from './compose-training.ts';
import { openModels } from './open-models.ts';

export interface RunTrainingOptions extends TrainingOptions {
  readonly days?: number;
  readonly joint: boolean;
  readonly models?: string;
}

export type KeptTraining = TrainedSymbol & { readonly version?: ModelVersion };

export interface TrainingAnswer {
  readonly outcomes: readonly KeptTraining[];
  readonly place: string;
  readonly synthetic: boolean;
  readonly seconds: number;
}

/** @throws PerpilotError RETRAINING_UNDER_WAY, and whatever is wrong with options, settings and data */
export async function runTraining(options: RunTrainingOptions, signal: AbortSignal): Promise<TrainingAnswer> {
  const begun = performance.now();
  const ground = await composeTraining(options, signal);
  const store = openModels(options.models, ground.config.renewal);
  const history = { ...ground.history, targetDays: options.days ?? ground.history.targetDays };
  const outcomes = await store.whileRetraining(async () => {
    // What trades is known to be whole before anything is put beside it.
    await store.registry();
    const trained = trainSymbols({ ...ground, history, joint: options.joint });
    signal.throwIfAborted();
    const kept: KeptTraining[] = [];
    for (const outcome of trained) {
      kept.push(
        outcome.kind === 'trained'
          ? { ...outcome, version: await store.add(artefactToText(outcome.artefact)) }
          : outcome,
      );
    }
    const candidates = kept.flatMap(({ symbol, version }) => (version === undefined ? [] : [{ symbol, version }]));
    const cause = { at: Date.now(), by: 'person', reasons: ['trained'], since: ground.until };
    await store.change((registry) => {
      // The same data and settings give the same model: one that trades already challenges nobody.
      const fresh = candidates.filter(({ symbol, version }) => {
        const { champion, challenger } = slotOf(registry, symbol);
        return version !== champion && version !== challenger;
      });
      return challenged(registry, fresh, cause);
    });
    return kept;
  });
  return { outcomes, place: store.place, synthetic: ground.synthetic, seconds: (performance.now() - begun) / 1_000 };
}
