// Which models does a bot on an exchange trade with? Champions that were handed to it, else its own, trained on the latest history.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { markSeries } from '../domain/candle-quality.ts';
import type { Candle } from '../domain/candle.ts';
import { contentHashOf } from '../domain/content-hash.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { VenueError } from '../domain/venue-error.ts';
import { candlesBetween } from '../live/feed/candles-between.ts';
import type { FundingStamp, VenueMarket } from '../ports/venue-market.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import { trainingSpanMs, type BotPlan } from './bot-plan.ts';
import { trainBotModels, type TrainingMarket } from './compose-bot-models.ts';
import { loadMarkets, openStore } from './compose-markets.ts';
import { keepModel, keepText, modelInFile } from './kept-models.ts';
import { registryChampion } from './registry-champion.ts';

export interface ModelRequest {
  readonly plan: BotPlan;
  /** Folder of the bot. */
  readonly folder: string;
  readonly symbols: readonly string[];
  /** The last close before the first decision: nothing later is looked at. */
  readonly until: number;
  /** Folder with stored history; undefined: the venue is asked. */
  readonly data: string | undefined;
  readonly history: () => Promise<VenueMarket>;
  /** False: only models that are there already are handed out. */
  readonly mayTrain: boolean;
  readonly signal: AbortSignal;
}

/** What a symbol trades with. */
export interface ProvidedModel {
  readonly symbol: string;
  /** Undefined: nothing is opened there. */
  readonly model: MetaModel | undefined;
  /** Where the model comes from, or why there is none. */
  readonly reason: string;
  /** The model as it was kept. */
  readonly text?: string;
}

/** One after the other; a symbol without a model does not keep the others from theirs. Models are kept in the bot's folder. */
export async function* provideModels(request: ModelRequest): AsyncGenerator<ProvidedModel> {
  const market = lazily(request.history);
  for (const symbol of request.symbols) {
    request.signal.throwIfAborted();
    try {
      const found = await champion(request, symbol);
      if (found !== undefined) yield found;
      else if (request.mayTrain) yield await trained(request, symbol, market);
      else yield { symbol, model: undefined, reason: 'nothing is trained while a position is open' };
    } catch (error) {
      const isOfSymbol =
        error instanceof VenueError || (error instanceof PerpilotError && /^(?:MODEL|DATA|TRAINING)_/.test(error.code));
      if (!isOfSymbol) throw error;
      yield { symbol, model: undefined, reason: error.message };
    }
  }
}

/** The registry's champion; where nothing was ever recorded in it, the file that a person has put there. */
async function champion({ plan, folder }: ModelRequest, symbol: string): Promise<ProvidedModel | undefined> {
  const { live, renewal } = plan.loaded.config;
  const registered = await registryChampion(renewal.modelsFolder, symbol, plan.strategy);
  if (registered === 'nobody')
    return { symbol, model: undefined, reason: `no champion in the registry ${renewal.modelsFolder}` };
  if (registered !== undefined) {
    const { version, artefact, text } = registered;
    const { model } = artefact;
    await keepText(folder, model.id, text);
    return { symbol, model, text, reason: `champion ${version.slice(0, 12)} of the registry ${renewal.modelsFolder}` };
  }
  if (live.modelsFolder === null) return undefined;
  refuseRegistry(live.modelsFolder);
  const file = join(live.modelsFolder, `${symbol}.json`);
  const artefact = modelInFile(file, plan.strategy);
  if (artefact === undefined) return undefined;
  const text = await keepModel(folder, artefact, artefact.provenance);
  return { symbol, model: artefact.model, text, reason: `model in ${file}` };
}

/** Two places that say who trades would be one too many. */
function refuseRegistry(folder: string): void {
  if (!existsSync(join(folder, 'registry.json'))) return;
  throw new PerpilotError('CONFIG_INVALID', [
    {
      message: `live.models_folder: ${folder} is a registry`,
      hint: 'name it in renewal.models_folder; live.models_folder is for files of single models',
    },
  ]);
}

async function trained(
  request: ModelRequest,
  symbol: string,
  market: () => Promise<VenueMarket>,
): Promise<ProvidedModel> {
  const { plan, folder, until } = request;
  const { settings, strategy, seed, loaded } = plan;
  const known = request.data === undefined ? await askedMarket(request, symbol, market) : await stored(request, symbol);
  const { series } = known;
  const end = series.length === 0 ? until : series.openTime[series.length - 1] + series.intervalMs;
  const { walkForward } = loaded.config;
  const training = { markets: [known], settings, strategy, walkForward, from: Math.min(end, until) };
  const [{ trained: model, reason }] = trainBotModels({ ...training, seed: String(seed) });
  if (model === undefined) return { symbol, model, reason: reason ?? 'no reason is known' };
  const origin = { configHash: settings.configHash, dataHash: contentHashOf(series, known.funding) };
  const text = await keepModel(folder, model, origin);
  return { symbol, model: model.model, text, reason: `trained on ${series.length} candles` };
}

async function stored({ plan, data, signal }: ModelRequest, symbol: string): Promise<TrainingMarket> {
  const settings: Config['data'] = plan.loaded.config.data;
  const source = await openStore(data ?? '', settings);
  const { markets, failure } = await loadMarkets({ source, symbols: [symbol], data: settings, signal });
  if (failure !== undefined) throw failure;
  return markets[0];
}

async function askedMarket(
  { plan, until }: ModelRequest,
  symbol: string,
  market: () => Promise<VenueMarket>,
): Promise<TrainingMarket> {
  const { barMs, loaded } = plan;
  const from = Math.floor((until - trainingSpanMs(plan)) / barMs) * barMs;
  const asked = await market();
  const candles = await candlesBetween(asked, symbol, { barMs, from, until });
  const stamps = await asked.fundingHistory({ symbol, from, until });
  const series = markSeries(columnsOf(symbol, candles, barMs), loaded.config.data);
  return { symbol, series, funding: stamps.length === 0 ? undefined : fundingOf(symbol, stamps) };
}

function columnsOf(symbol: string, candles: readonly Candle[], intervalMs: number) {
  const column = (name: 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    Float64Array.from(candles, (candle) => candle[name]);
  return {
    symbol,
    intervalMs,
    length: candles.length,
    openTime: column('openTime'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}

function fundingOf(symbol: string, stamps: readonly FundingStamp[]): FundingSeries {
  const time = Float64Array.from(stamps, (stamp) => stamp.time);
  return { symbol, length: stamps.length, time, rate: Float64Array.from(stamps, (stamp) => stamp.rate) };
}

function lazily<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined;
  return () => (opened ??= open());
}
