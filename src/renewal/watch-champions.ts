// How do champions do on what came after their training? The watch over each, fed with every signal and outcome since.
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { ModelStore, ModelVersion } from '../ports/model-store.ts';
import type { SymbolMarket } from '../research/market.ts';
import { probabilityOf } from '../strategy/meta-model.ts';
import { buildDataset } from '../training/dataset.ts';
import { artefactFromText, type ModelArtefact } from '../training/model-artefact.ts';
import { createModelWatch, type WatchReport } from '../training/model-watch.ts';
import { slotOf } from '../training/registry-changes.ts';
import type { RenewalGround } from './renewal-ground.ts';

export interface WatchedChampion {
  readonly symbol: string;
  readonly version: ModelVersion;
  /** Undefined: it cannot be read, was made for other features, or says nothing of what it promises. */
  readonly report: WatchReport | undefined;
}

/** The champions of all markets, as far as their candles reach. */
export async function watchChampions(store: ModelStore, ground: RenewalGround): Promise<WatchedChampion[]> {
  const registry = await store.registry();
  const watched: WatchedChampion[] = [];
  for (const market of ground.markets) {
    const { symbol } = market;
    const version = slotOf(registry, symbol).champion;
    if (version === undefined) continue;
    const artefact = await readable(store, ground, version);
    watched.push({ symbol, version, report: artefact && watchModel(artefact, market, ground) });
  }
  return watched;
}

async function readable(
  store: ModelStore,
  { strategy }: RenewalGround,
  version: ModelVersion,
): Promise<ModelArtefact | undefined> {
  try {
    const expected = { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames };
    return artefactFromText(await store.read(version), expected);
  } catch (error) {
    if (error instanceof PerpilotError && error.code.startsWith('MODEL_')) return undefined;
    throw error;
  }
}

function watchModel(
  { model, card, profile }: ModelArtefact,
  { series, funding }: SymbolMarket,
  { settings, strategy, until }: RenewalGround,
): WatchReport | undefined {
  if (profile === undefined) return undefined;
  const from = card.validationUntil;
  const first = Math.max(0, firstBarAtOrAfter(series, from) - strategy.warmupBars);
  const known = sliceSeries(series, first, firstBarAtOrAfter(series, until));
  const { labeling, costs, features } = settings;
  const { x, time, labels } = buildDataset({
    series: known,
    funding,
    strategy,
    labeling,
    costs,
    atrPeriod: features.atrPeriod,
  });
  const watch = createModelWatch(profile);
  const outcomes: Parameters<typeof watch.learn>[0][] = [];
  for (let row = 0; row < x.rows; row += 1) {
    if (time[row] < from) continue;
    watch.see(x.values.subarray(row * x.columns, (row + 1) * x.columns), time[row]);
    const probability = probabilityOf(model, x.values, row * x.columns);
    if (labels.label[row] < 0 || Number.isNaN(probability)) continue;
    outcomes.push({
      decidedAt: time[row],
      knownAt: labels.exitTime[row],
      probability,
      won: labels.label[row] === 1,
      netReturn: labels.netReturn[row],
      traded: probability >= model.edge.breakEven,
    });
  }
  for (const outcome of outcomes.sort((a, b) => a.knownAt - b.knownAt)) watch.learn(outcome);
  return watch.report();
}
