// Which models come out of a training of several symbols? One each, alone or from all together; or why a symbol has none.
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { PerpilotError } from '../domain/errors.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import type { SymbolMarket } from '../research/market.ts';
import type { VariantSettings } from '../research/settings.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { buildDataset } from '../training/dataset.ts';
import { judgeHistory, type HistoryFacts, type HistoryRules } from '../training/history-policy.ts';
import type { ModelArtefact } from '../training/model-artefact.ts';
import {
  trainAlone,
  trainJointly,
  type ProfiledModel,
  type TradeDataset,
  type TradeTraining,
} from '../training/train-to-trade.ts';

export interface SymbolTraining {
  readonly markets: readonly SymbolMarket[];
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  /** Nothing later is looked at, epoch milliseconds. */
  readonly until: number;
  readonly history: HistoryRules;
  readonly embargoHours: number;
  /** One model learns from all symbols, and each symbol gets it with its own place in it. */
  readonly joint: boolean;
  readonly seed: string;
  readonly codeVersion: string;
}

export type TrainedSymbol =
  | { readonly kind: 'trained'; readonly symbol: string; readonly artefact: ModelArtefact }
  /** Too little history: neither trained nor traded. */
  | {
      readonly kind: 'blocked';
      readonly symbol: string;
      readonly history: HistoryFacts;
      readonly reasons: readonly string[];
    }
  | { readonly kind: 'failed'; readonly symbol: string; readonly reasons: readonly string[] };

/** What became of every symbol, in the order of the markets. */
export function trainSymbols(input: SymbolTraining): TrainedSymbol[] {
  const { markets, until, history } = input;
  const judged = markets.map((market) => ({ market, verdict: judgeHistory(market.series, until, history) }));
  const usable = judged.filter(({ verdict }) => verdict.kind === 'enough').map(({ market }) => market);
  const isJoint = input.joint && usable.length > 1;
  const together = isJoint ? trainTogether(input, usable) : new Map<string, TrainedSymbol>();
  return judged.map(({ market, verdict }) => {
    const { symbol } = market;
    if (verdict.kind === 'blocked')
      return { kind: 'blocked', symbol, history: verdict.facts, reasons: verdict.reasons };
    return together.get(symbol) ?? trainByItself(input, market);
  });
}

function trainByItself(input: SymbolTraining, market: SymbolMarket): TrainedSymbol {
  const { symbol } = market;
  return attempt(symbol, () => trained(input, market, trainAlone(datasetOf(input, market), trainingOf(input))));
}

function trainTogether(input: SymbolTraining, markets: readonly SymbolMarket[]): Map<string, TrainedSymbol> {
  const parts = markets.map((market) => datasetOf(input, market));
  const marketOf = new Map(markets.map((market) => [market.symbol, market]));
  try {
    const outcomes = trainJointly(parts, trainingOf(input)).map((outcome): TrainedSymbol => {
      const { symbol } = outcome;
      const market = marketOf.get(symbol);
      if (market === undefined || !('trained' in outcome)) {
        return { kind: 'failed', symbol, reasons: ['reason' in outcome ? outcome.reason : 'it is not known'] };
      }
      return trained(input, market, outcome.trained);
    });
    return new Map(outcomes.map((outcome) => [outcome.symbol, outcome]));
  } catch (error) {
    if (!isTrainingFailure(error)) throw error;
    return new Map(
      markets.map(({ symbol }) => [symbol, { kind: 'failed', symbol, reasons: [`together: ${error.message}`] }]),
    );
  }
}

function attempt(symbol: string, action: () => TrainedSymbol): TrainedSymbol {
  try {
    return action();
  } catch (error) {
    if (!isTrainingFailure(error)) throw error;
    return { kind: 'failed', symbol, reasons: [error.message] };
  }
}

function isTrainingFailure(error: unknown): error is PerpilotError {
  return error instanceof PerpilotError && error.code === 'TRAINING_FAILED';
}

/** Only the candles that are learnt from, and those that the strategy needs before them. */
function datasetOf({ settings, strategy, until, history }: SymbolTraining, market: SymbolMarket): TradeDataset {
  const { series, funding } = market;
  const { labeling, costs, features } = settings;
  const first = firstBarAtOrAfter(series, until - history.targetDays * DAY_MS);
  const from = Math.max(0, first - strategy.warmupBars);
  const known = sliceSeries(series, from, firstBarAtOrAfter(series, until));
  return {
    dataset: buildDataset({ series: known, funding, strategy, labeling, costs, atrPeriod: features.atrPeriod }),
    history: judgeHistory(series, until, history).facts,
  };
}

function trainingOf({ settings, until, history, embargoHours, seed }: SymbolTraining): TradeTraining {
  const window = { start: until - history.targetDays * DAY_MS, end: until, embargoMs: embargoHours * HOUR_MS };
  return { window, params: settings.model, labels: settings.labeling, seed };
}

function trained(
  { settings, codeVersion }: SymbolTraining,
  { symbol, dataHash }: SymbolMarket,
  { model, card, profile }: ProfiledModel,
): TrainedSymbol {
  const provenance = { dataHash, configHash: settings.configHash, codeVersion };
  return { kind: 'trained', symbol, artefact: { model, card, profile, provenance } };
}
