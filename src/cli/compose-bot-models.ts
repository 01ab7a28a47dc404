// Which models does a bot begin with? One per symbol, trained on what came before its first decision; none where that fails.
import { buildDataset } from '../training/dataset.ts';
import { createTrainer, type TrainedModel } from '../training/train-model.ts';
import { PerpilotError } from '../domain/errors.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import type { Config } from '../config/schema.ts';
import type { SymbolMarket } from '../research/market.ts';
import type { VariantSettings } from '../research/settings.ts';
import type { Strategy } from '../strategy/strategy.ts';

/** What of a symbol's market is trained on. */
export type TrainingMarket = Pick<SymbolMarket, 'symbol' | 'series' | 'funding'>;

export interface BotModelsRequest {
  readonly markets: readonly TrainingMarket[];
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  readonly walkForward: Config['walkForward'];
  /** The first decision, epoch milliseconds: nothing later is looked at. */
  readonly from: number;
  readonly seed: string;
}

export interface BotModel {
  readonly symbol: string;
  /** Undefined: none could be trained, so nothing is opened there. */
  readonly trained: TrainedModel | undefined;
  readonly reason: string | undefined;
}

/** Trains every symbol's model on the days before `from` that a fold of the walk-forward trains on. */
export function trainBotModels(request: BotModelsRequest): readonly BotModel[] {
  return request.markets.map((market) => trainOne(request, market));
}

function trainOne({ settings, strategy, walkForward, from, seed }: BotModelsRequest, market: TrainingMarket): BotModel {
  const { symbol, series, funding } = market;
  const known = sliceSeries(series, 0, firstBarAtOrAfter(series, from));
  const { labeling, costs, features } = settings;
  const dataset = buildDataset({ series: known, funding, strategy, labeling, costs, atrPeriod: features.atrPeriod });
  const start = from - walkForward.trainDays * DAY_MS;
  const window = { start, end: from, embargoMs: walkForward.embargoHours * HOUR_MS };
  try {
    return {
      symbol,
      trained: createTrainer(dataset, window, `${seed}/${symbol}/${start}-${from}`)(settings.model),
      reason: undefined,
    };
  } catch (error) {
    if (!(error instanceof PerpilotError) || error.code !== 'TRAINING_FAILED') throw error;
    return { symbol, trained: undefined, reason: error.message };
  }
}
