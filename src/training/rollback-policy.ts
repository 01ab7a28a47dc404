// What follows when a champion breaks its promises? Back to the one before, or to none; never more often than allowed.
import type { ModelSlot } from '../ports/model-store.ts';
import type { WatchAlarm } from './model-watch.ts';

export type WatchAction =
  | { readonly kind: 'none' }
  /** It no longer fits: a successor is wanted, the champion trades on. */
  | { readonly kind: 'retrain'; readonly reason: string }
  /** The champion before trades again; withdraw: there is none, so nothing is opened. */
  | { readonly kind: 'rollback' | 'withdraw'; readonly reason: string }
  /** It should go, but so much was changed today already: a person has to look. */
  | { readonly kind: 'hold'; readonly reason: string };

export interface WatchFacts {
  readonly slot: ModelSlot;
  readonly alarms: readonly WatchAlarm[];
  /** Changes of this champion by the program in the last 24 hours, and how many there may be. */
  readonly flips: number;
  readonly maxFlipsPerDay: number;
}

/** Broken promises of probability or profit take the model away; drift alone asks for a successor. */
export function actionOnAlarms({ slot, alarms, flips, maxFlipsPerDay }: WatchFacts): WatchAction {
  const broken = alarms.filter(({ kind }) => kind !== 'drift').map(({ kind }) => kind);
  if (slot.champion === undefined || alarms.length === 0) return { kind: 'none' };
  if (broken.length === 0) return { kind: 'retrain', reason: 'features lie elsewhere than in training' };
  const reason = broken
    .map((kind) => (kind === 'results' ? 'its trades earn less than promised' : 'it wins less often than it says'))
    .join(', ');
  if (flips >= maxFlipsPerDay) {
    return {
      kind: 'hold',
      reason: `${reason}, but ${flips} changes were made in 24 hours, ${maxFlipsPerDay} are allowed`,
    };
  }
  return { kind: slot.predecessors.length > 0 ? 'rollback' : 'withdraw', reason };
}
