// By what does a bot watch and renew its models? Labels as in training, its name, and a process that trains at low priority.
import { bpsToFraction } from '../domain/units.ts';
import { ModelObservation } from '../live/models/model-observation.ts';
import type { RenewalSource, RetrainJob } from '../live/models/renewal-source.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { engineParams } from '../research/engine-params.ts';
import type { VariantSettings } from '../research/settings.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { artefactFacts } from '../training/model-artefact.ts';
import type { Config } from '../config/schema.ts';
import type { KeptModels } from './kept-models.ts';
import { scheduleOf } from './run-retrain.ts';

export interface ObservedRun {
  readonly symbols: readonly string[];
  readonly settings: VariantSettings;
  readonly barMs: number;
  readonly kept: Pick<KeptModels, 'of' | 'textOf'>;
}

/** What is seen of the models of a run. */
export function observationOf({ symbols, settings, barMs, kept }: ObservedRun): ModelObservation {
  const { labeling, costs, features } = settings;
  const { risk, thresholdScale } = engineParams(settings, barMs);
  return new ModelObservation({
    symbols,
    signals: {
      barMs,
      labels: labeling,
      atrPeriod: features.atrPeriod,
      costs: {
        takerFee: bpsToFraction(costs.takerFeeBps),
        slippage: bpsToFraction(costs.slippageBps),
        missingFundingRate: costs.missingFunding === 'fail' ? NaN : bpsToFraction(costs.missingFundingBps),
      },
    },
    conviction: { threshold: risk.confidenceThreshold, scale: thresholdScale },
    modelOf: kept.of,
    profileOf: (id) => artefactFacts(kept.textOf(id)).profile,
  });
}

export interface RenewalParts {
  readonly renewal: Config['renewal'];
  readonly strategy: Strategy;
  readonly store: ModelStore;
  readonly observation: ModelObservation;
  /** Name of the bot, for what it says of challengers. */
  readonly bot: string;
  /** Undefined: nobody here can train. */
  readonly job: RetrainJob | undefined;
}

/** @throws PerpilotError CONFIG_INVALID for a cron expression that is none */
export function renewalOf({ renewal, strategy, store, observation, bot, job }: RenewalParts): RenewalSource {
  const rules = scheduleOf(renewal);
  return {
    store,
    observation,
    bot,
    expected: { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames },
    maxFlipsPerDay: renewal.maxFlipsPerDay,
    retraining: renewal.inBot && job !== undefined ? { rules, shadowDays: renewal.shadowDays, job } : undefined,
  };
}
