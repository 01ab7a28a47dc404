// How does a bot renew its models in a rehearsal? By the same desks; trainings know nothing later than the market's time, which waits for them.
import { join } from 'node:path';
import { createModelFiles } from '../adapters/model-files/model-files.ts';
import type { ChampionSource } from '../live/models/champion-source.ts';
import type { ModelObservation } from '../live/models/model-observation.ts';
import type { RenewalSource, RetrainJob } from '../live/models/renewal-source.ts';
import type { Journal } from '../ports/journal.ts';
import type { ModelStore, ModelVersion } from '../ports/model-store.ts';
import type { RenewalGround } from '../renewal/renewal-ground.ts';
import { retrain } from '../renewal/retrain.ts';
import { trainSymbols } from '../renewal/train-symbols.ts';
import type { SymbolMarket } from '../research/market.ts';
import { artefactFromText, artefactToText } from '../training/model-artefact.ts';
import { promoted } from '../training/registry-changes.ts';
import type { BotPlan } from './bot-plan.ts';
import { observationOf, renewalOf } from './bot-renewal.ts';
import type { BotModel } from './compose-bot-models.ts';
import { keepText, modelRow } from './kept-models.ts';
import { renewalTerms } from './renewal-terms.ts';

export interface RenewingPlan extends BotPlan {
  readonly markets: readonly SymbolMarket[];
  /** The first decision, epoch milliseconds. */
  readonly from: number;
}

/** Models by id, whole and as text; what takes over later is added. */
export interface RehearsedModels {
  readonly models: Map<string, NonNullable<BotModel['trained']>['model']>;
  readonly texts: Map<string, string>;
}

export interface RehearsalRenewal {
  readonly store: ModelStore;
  readonly observation: ModelObservation;
  readonly renewal: RenewalSource;
  readonly champions: ChampionSource;
}

export interface RenewalRequest {
  readonly plan: RenewingPlan;
  /** Folder of the rehearsal; the registry lies in it. */
  readonly folder: string;
  readonly known: RehearsedModels;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

function groundOf({ loaded, markets, settings, strategy, from, seed }: RenewingPlan): RenewalGround {
  return {
    markets,
    settings,
    strategy,
    until: from,
    ...renewalTerms(loaded.config, seed),
  };
}

/** The first models, trained to trade on what came before the first decision. */
export function firstRehearsed(plan: RenewingPlan, { models, texts }: RehearsedModels): readonly BotModel[] {
  return trainSymbols({ ...groundOf(plan), joint: false }).map((outcome): BotModel => {
    const { symbol } = outcome;
    if (outcome.kind !== 'trained') return { symbol, trained: undefined, reason: outcome.reasons.join('; ') };
    const { artefact } = outcome;
    models.set(artefact.model.id, artefact.model);
    texts.set(artefact.model.id, artefactToText(artefact));
    return { symbol, trained: artefact, reason: undefined };
  });
}

/** The first models become the champions of a registry of the rehearsal's own. */
export async function renewingRehearsal(
  request: RenewalRequest,
  first: readonly BotModel[],
): Promise<RehearsalRenewal> {
  const { plan, folder, known, journal } = request;
  const { strategy, settings, barMs, loaded, from } = plan;
  const store = createModelFiles({ folder: join(folder, 'registry'), keepBackups: loaded.config.renewal.keepBackups });
  const versions = new Map<string, ModelVersion>();
  for (const { symbol, trained } of first) {
    const text = trained && known.texts.get(trained.model.id);
    if (text !== undefined) versions.set(symbol, await store.add(text));
  }
  const candidates = [...versions].map(([symbol, version]) => ({ symbol, version }));
  const cause = { at: from, by: 'person', reasons: ['trained at the begin of the rehearsal'] };
  await store.change((registry) => promoted(registry, candidates, cause));
  const expected = { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames };
  const symbols = plan.markets.map(({ symbol }) => symbol);
  const kept = { of: (id: string) => found(known.models, id), textOf: (id: string) => found(known.texts, id) };
  const observation = observationOf({ symbols, settings, barMs, kept });
  const job = jobOf(request, store);
  return {
    store,
    observation,
    renewal: renewalOf({ renewal: loaded.config.renewal, strategy, store, observation, bot: 'rehearsal', job }),
    champions: {
      store,
      expected,
      known: versions,
      told: () => undefined,
      keep: async (id, text, time) => {
        known.models.set(id, artefactFromText(text, expected).model);
        known.texts.set(id, text);
        await keepText(folder, id, text);
        return modelRow(journal, { id, text, time });
      },
    },
  };
}

function jobOf({ plan, signal }: RenewalRequest, store: ModelStore): RetrainJob {
  const ground = groundOf(plan);
  return {
    holdsTheMarket: true,
    end: () => undefined,
    async run({ causes, now }) {
      const at = () => now;
      const outcomes = await retrain({
        store,
        ground: { ...ground, until: now },
        now: at,
        joint: false,
        isNamed: false,
        settleOnly: causes.every((cause) => cause === 'shadow'),
        signal,
      });
      return outcomes.map(({ symbol, kind }) => `${symbol} ${kind}`).join(', ');
    },
  };
}

function found<Value>(known: ReadonlyMap<string, Value>, id: string): Value {
  const value = known.get(id);
  if (value === undefined) throw new RangeError(`model ${id} is not one of the rehearsal`);
  return value;
}
