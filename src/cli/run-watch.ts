// What does `perpilot models watch` do? Watches every champion, and with --act goes back where promises are broken.
import { DAY_MS } from '../domain/time.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { watchChampions, type WatchedChampion } from '../renewal/watch-champions.ts';
import { ownFlipsSince, rolledBack, slotOf, withdrawn } from '../training/registry-changes.ts';
import { actionOnAlarms, type WatchAction } from '../training/rollback-policy.ts';
import { composeTraining, type TrainingOptions } from './compose-training.ts';

export interface RunWatchOptions extends TrainingOptions {
  readonly act: boolean;
}

export interface WatchedSymbol extends WatchedChampion {
  /** What follows; done only where it was asked for. */
  readonly action: WatchAction;
}

/** @throws PerpilotError for everything that is wrong with options, settings, data and the record */
export async function watchModels(
  store: ModelStore,
  options: RunWatchOptions,
  signal: AbortSignal,
): Promise<WatchedSymbol[]> {
  const ground = await composeTraining(options, signal);
  const watched: WatchedSymbol[] = [];
  for (const champion of await watchChampions(store, ground)) {
    const { symbol, report } = champion;
    const now = Date.now();
    const registry = await store.registry();
    const action = actionOnAlarms({
      slot: slotOf(registry, symbol),
      alarms: report?.alarms ?? [],
      flips: ownFlipsSince(registry, symbol, now - DAY_MS),
      maxFlipsPerDay: ground.maxFlipsPerDay,
    });
    if (options.act && (action.kind === 'rollback' || action.kind === 'withdraw')) {
      const cause = { at: now, by: 'watch', reasons: [action.reason] };
      await store.change((record) => {
        // Somebody was quicker: the champion that was watched trades no more.
        if (slotOf(record, symbol).champion !== champion.version) return record;
        return action.kind === 'rollback' ? rolledBack(record, symbol, cause) : withdrawn(record, symbol, cause);
      });
    }
    watched.push({ ...champion, action });
  }
  return watched;
}
