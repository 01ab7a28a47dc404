// By what does a bot renew its models? The watch over them, the rules of the schedule, and who does the work.
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/journal.ts';
import type { ModelStore } from '../../ports/model-store.ts';
import type { ModelExpectation } from '../../training/model-artefact.ts';
import type { RetrainCause, ScheduleRules } from '../../training/renewal-schedule.ts';
import type { RecordedEngine } from '../record/recorded-engine.ts';
import type { ModelObservation } from './model-observation.ts';

export interface RetrainRequest {
  /** `shadow` alone: only challengers whose days are over are judged. */
  readonly causes: readonly RetrainCause[];
  /** The market's time, epoch milliseconds: nothing later may be looked at. */
  readonly now: number;
}

/** One retraining at a time, where it disturbs nobody. */
export interface RetrainJob {
  /** Resolves with what came of it, in words; rejects when it failed. */
  run(request: RetrainRequest): Promise<string>;
  /** True: the market stands still meanwhile, as in a rehearsal. */
  readonly holdsTheMarket: boolean;
  /** Ends what is under way. */
  end(): void;
}

export interface RenewalSource {
  readonly store: ModelStore;
  readonly expected: ModelExpectation;
  readonly observation: ModelObservation;
  /** Name of this bot in what it says of challengers. */
  readonly bot: string;
  readonly maxFlipsPerDay: number;
  /** Undefined: this bot trains nothing. */
  readonly retraining:
    | { readonly rules: ScheduleRules; readonly shadowDays: number; readonly job: RetrainJob }
    | undefined;
}

export interface RenewalDeskSetup extends RenewalSource {
  readonly clock: Clock;
  readonly engine: RecordedEngine;
  readonly journal: Journal;
}
