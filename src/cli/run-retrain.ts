// What does `perpilot retrain` do? Asks the schedule where told to, and renews the models or says how it would.
import { PerpilotError } from '../domain/errors.ts';
import type { Config } from '../config/schema.ts';
import { planRetraining, retrain, type RenewedSymbol, type RetrainPlan } from '../renewal/retrain.ts';
import { watchChampions } from '../renewal/watch-champions.ts';
import { parseCron } from '../training/cron-times.ts';
import { lastRenewal, shadowEnd } from '../training/registry-changes.ts';
import { nextTraining, retrainCauses, type RetrainCause, type ScheduleRules } from '../training/renewal-schedule.ts';
import { composeTraining, type TrainingOptions } from './compose-training.ts';
import { openModels } from './open-models.ts';

export interface RunRetrainOptions extends TrainingOptions {
  readonly joint: boolean;
  readonly ifDue: boolean;
  readonly dryRun: boolean;
  /** Nothing is trained. */
  readonly settle: boolean;
  /** The guard asks for it. */
  readonly guard: boolean;
  readonly models?: string;
}

export type RetrainAnswer = { readonly place: string; readonly synthetic: boolean } & (
  | { readonly kind: 'not-due'; readonly next: number | undefined }
  | { readonly kind: 'planned'; readonly causes: readonly RetrainCause[]; readonly plan: readonly RetrainPlan[] }
  | { readonly kind: 'done'; readonly outcomes: readonly RenewedSymbol[] }
);

/** @throws PerpilotError RETRAINING_UNDER_WAY, and whatever is wrong with options, settings and data */
export async function runRetrain(options: RunRetrainOptions, signal: AbortSignal): Promise<RetrainAnswer> {
  const ground = await composeTraining(options, signal);
  const store = openModels(options.models, ground.config.renewal);
  const about = { place: store.place, synthetic: ground.synthetic };
  const rules = scheduleOf(ground.config.renewal);
  const lastTraining = lastRenewal(await store.registry());
  const now = Date.now();
  const watched = rules.onDrift ? await watchChampions(store, ground) : [];
  const alarms = watched.flatMap(({ report }) => report?.alarms.map(({ at }) => at) ?? []);
  const driftSince = alarms.length === 0 ? undefined : Math.max(...alarms);
  const shadowUntil = shadowEnd(await store.registry(), ground.shadowDays);
  const facts = { lastTraining, driftSince, guardSince: options.guard ? now : undefined, shadowUntil };
  const causes = retrainCauses(now, rules, facts);
  if (options.ifDue && causes.length === 0) {
    return {
      ...about,
      kind: 'not-due',
      next: lastTraining === undefined ? undefined : nextTraining(rules, lastTraining),
    };
  }
  const input = { store, ground, joint: options.joint, isNamed: ground.isNamed, signal };
  const settleOnly = options.settle || (options.ifDue && causes.every((cause) => cause === 'shadow'));
  if (options.dryRun) return { ...about, kind: 'planned', causes, plan: await planRetraining(input) };
  return { ...about, kind: 'done', outcomes: await retrain({ ...input, settleOnly, now: () => Date.now() }) };
}

/** @throws PerpilotError CONFIG_INVALID for a cron expression that is none */
export function scheduleOf({ schedule }: Config['renewal']): ScheduleRules {
  const cron = schedule.cron === null ? undefined : parseCron(schedule.cron);
  if (typeof cron !== 'string') return { ...schedule, cron };
  throw new PerpilotError('CONFIG_INVALID', [{ message: `renewal.schedule.cron: ${cron}` }]);
}
