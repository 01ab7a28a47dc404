// How are kept models held against each other? Champion and challenger are read, checked against the settings, and traded.
import { PerpilotError } from '../domain/errors.ts';
import type { ModelStore, ModelVersion, Registry } from '../ports/model-store.ts';
import { judgeChallengers, type ContestResult, type JudgedModel } from './judge-challengers.ts';
import { artefactFromText } from '../training/model-artefact.ts';
import { slotOf, type Candidate } from '../training/registry-changes.ts';
import type { RenewalGround } from './renewal-ground.ts';

/**
 * Trades the candidates against who trades now.
 * @throws PerpilotError MODEL_INCOMPATIBLE for a challenger of other features than the settings', DATA_MISSING without its market
 */
export async function judgeCandidates(
  store: ModelStore,
  ground: RenewalGround,
  { registry, candidates }: { readonly registry: Registry; readonly candidates: readonly Candidate[] },
): Promise<ContestResult> {
  const contests = [];
  for (const { symbol, version } of candidates) {
    const market = ground.markets.find((each) => each.symbol === symbol);
    if (market === undefined) {
      throw new PerpilotError('DATA_MISSING', [
        { message: `${symbol}: its candles are needed to judge ${version.slice(0, 12)}`, where: '--symbols' },
      ]);
    }
    const { champion } = slotOf(registry, symbol);
    const challenger = await judged(store, ground, version);
    contests.push({
      market,
      champion: champion === undefined ? undefined : await championOf(store, ground, champion),
      challenger,
    });
  }
  const { settings, strategy, until, gate, seed } = ground;
  return judgeChallengers({ contests, settings, strategy, until, rules: gate, seed: `${seed}/gate` });
}

async function judged(store: ModelStore, { strategy }: RenewalGround, version: ModelVersion): Promise<JudgedModel> {
  const expected = { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames };
  const { model, card } = artefactFromText(await store.read(version), expected);
  return { model, validationUntil: card.validationUntil };
}

/** A champion that is damaged or of other features trades nothing, and so its successor is held against nothing. */
async function championOf(
  store: ModelStore,
  ground: RenewalGround,
  version: ModelVersion,
): Promise<JudgedModel | undefined> {
  try {
    return await judged(store, ground, version);
  } catch (error) {
    const isUnusable = error instanceof PerpilotError && error.code.startsWith('MODEL_');
    if (!isUnusable) throw error;
    return undefined;
  }
}
