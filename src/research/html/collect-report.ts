// Where does the report get its data from? Everything a run holds in memory, picked out and made plain.
import { firstBarAtOrAfter, createCandleView, loadCandle } from '../../domain/candle.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { RoundTrip } from '../../engine/round-trip.ts';
import { featureImportance } from '../../learning/feature-importance.ts';
import { createRegimeFilter } from '../../strategy/regime-filter.ts';
import { modelKeyOf } from '../jobs.ts';
import type { SymbolMarket } from '../market.ts';
import { isOfPortfolio, type PortfolioOutcome, type VariantOutcome } from '../outcome.ts';
import { rebalancesOf } from '../portfolio-figures.ts';
import type { ResearchResult } from '../result-file.ts';
import type { VariantSettings } from '../settings.ts';
import { engineParams } from '../engine-params.ts';
import type { ModelCard } from '../../training/model-card.ts';
import type { SuiteResult, SymbolBaseline } from '../suite.ts';
import type { TrainedFold } from '../train-folds.ts';
import type {
  AccountCurve,
  CalibrationCurve,
  CandleColumns,
  DailyCurve,
  FeatureImportance,
  LevelCurve,
  RegimeLine,
  RegimeSpan,
  ReportData,
  ReportTrade,
} from './report-data.ts';
import { growthOf } from './series/daily-series.ts';
import { groupedBins } from './series/fold-calibration.ts';

export interface ReportSources {
  readonly result: ResearchResult;
  readonly suite: Pick<SuiteResult, 'outcomes' | 'baselines' | 'models'>;
  readonly markets: readonly SymbolMarket[];
  readonly variants: readonly VariantSettings[];
  readonly currency: string;
  /** What a run may know besides. */
  readonly more?: Pick<ReportData, 'runId' | 'sensitivity' | 'holdoutOpenings' | 'settings'>;
}

/** The data of the report. The columns of candles are shared, nothing else is. */
export function collectReport({ result, suite, markets, variants, currency, more }: ReportSources): ReportData {
  const headline = variants.filter(({ variant }) => variant === result.headlineVariant);
  const outcomes = suite.outcomes.filter(
    (outcome) => outcome.variant === result.headlineVariant && !isOfPortfolio(outcome),
  );
  const accounts = suite.outcomes.filter(isOfPortfolio).map(accountOf);
  const calibration = markets.flatMap((market) => calibrationOf(market, headline, suite.models));
  return {
    ...more,
    ...(calibration.length === 0 ? {} : { calibration }),
    ...(accounts.length === 0 ? {} : { accounts }),
    result,
    currency,
    curves: outcomes.map((outcome) => curveOf(outcome, headline, markets)),
    holds: suite.baselines.flatMap((baseline) => holdOf(baseline, outcomes)),
    candles: markets.map(candlesOf),
    importance: markets.flatMap((market) => importanceOf(market, headline, suite.models)),
    regimes: outcomes.flatMap((outcome) => regimesOf(outcome, headline, markets)),
  };
}

function curveOf(
  outcome: VariantOutcome,
  headline: readonly VariantSettings[],
  markets: readonly SymbolMarket[],
): LevelCurve {
  const { symbol, riskLevel, days, dailyEquity, trades, notes } = outcome;
  const settings = headline.find((each) => each.riskLevel === riskLevel);
  const market = markets.find((each) => each.symbol === symbol);
  const targetFraction =
    settings === undefined || market === undefined
      ? undefined
      : engineParams(settings, market.series.intervalMs).exits.targetFraction;
  return {
    symbol,
    riskLevel,
    days,
    equity: dailyEquity,
    trades: trades.map((trade) => reportTrade(trade, targetFraction)),
    guard: notes.flatMap((note) => (note.kind === 'guard' ? [{ time: note.time, mode: note.mode }] : [])),
  };
}

function accountOf({ riskLevel, variant, days, dailyEquity, notes, portfolio }: PortfolioOutcome): AccountCurve {
  return {
    riskLevel,
    variant,
    days,
    equity: dailyEquity,
    symbols: portfolio.contributions.map(({ symbol }) => symbol),
    rebalances: rebalancesOf(notes).map(({ time, selected, weights, riskContributions }) => ({
      time,
      selected,
      weights,
      risks: riskContributions,
    })),
  };
}

/** The trade with its protective prices as they stood after the entry: a trailing stop moves on from there. */
export function reportTrade(trade: RoundTrip, targetFraction: number | undefined): ReportTrade {
  const { direction, entryPrice, initialRisk, quantity } = trade;
  const distance = initialRisk / quantity;
  return {
    direction,
    entryTime: trade.entryTime,
    exitTime: trade.exitTime,
    entryPrice,
    exitPrice: trade.exitPrice,
    quantity,
    grossPnl: trade.grossPnl,
    fees: trade.fees,
    slippage: trade.slippage,
    funding: trade.funding,
    netPnl: trade.netPnl,
    initialRisk,
    reason: trade.reason,
    probability: trade.probability,
    regime: trade.regime,
    ambiguous: trade.ambiguous,
    stopPrice: Number.isFinite(distance) ? entryPrice - direction * distance : undefined,
    targetPrice: targetFraction === undefined ? undefined : entryPrice * (1 + direction * targetFraction),
  };
}

/** Buy and hold as a curve that starts at 1; on the days of the symbol's own tests. */
function holdOf({ symbol, buyAndHold }: SymbolBaseline, outcomes: readonly VariantOutcome[]): DailyCurve[] {
  const outcome = outcomes.find((each) => each.symbol === symbol);
  if (buyAndHold === undefined || outcome === undefined) return [];
  const equity = growthOf(Array.from(buyAndHold.dailyReturns)).map((growth) => 1 + growth);
  const { days, from } = outcome;
  const isSameDays = days.length === equity.length;
  return [{ symbol, days: isSameDays ? days : equity.map((_, day) => from + day * DAY_MS), equity }];
}

function candlesOf({ symbol, series, instrument }: SymbolMarket): CandleColumns {
  const { intervalMs, openTime, open, high, low, close } = series;
  return { symbol, intervalMs, tickSize: instrument.tickSize, openTime, open, high, low, close };
}

/** Mean share of gain per feature over the models that the headline variant traded with; none without models. */
function importanceOf(
  market: SymbolMarket,
  headline: readonly VariantSettings[],
  models: SuiteResult['models'],
): FeatureImportance[] {
  const ensembles = trainedFolds(market, headline, models).map(({ trained }) => trained.model.ensemble);
  const [first] = ensembles;
  if (first === undefined) return [];
  const shares = ensembles.map(({ boosting }) => {
    const { totalGain } = featureImportance(boosting);
    const sum = totalGain.reduce((total, gain) => total + gain, 0);
    return totalGain.map((gain) => (sum > 0 ? gain / sum : 0));
  });
  const features = first.featureNames.map((name, feature) => {
    const own = shares.map((share) => share[feature]);
    return {
      name,
      share: own.reduce((sum, share) => sum + share, 0) / own.length,
      low: Math.min(...own),
      high: Math.max(...own),
    };
  });
  return [{ symbol: market.symbol, features }];
}

/** What the models of all folds said of their own test windows, and what came true; none without such labels. */
function calibrationOf(
  market: SymbolMarket,
  headline: readonly VariantSettings[],
  models: SuiteResult['models'],
): CalibrationCurve[] {
  const folds = trainedFolds(market, headline, models);
  const bins = groupedBins(folds.flatMap(({ test }) => test.calibration));
  if (bins.length === 0) return [];
  const sum = (pick: (card: ModelCard) => number): number =>
    folds.reduce((total, { trained }) => total + pick(trained.card), 0);
  const independence = sum((card) => card.effectiveTrainSamples) / sum((card) => card.trainSamples);
  const breakEven = sum((card) => card.breakEven) / folds.length;
  return [
    {
      name: market.symbol,
      bins,
      ...(Number.isFinite(breakEven) ? { breakEven } : {}),
      ...(independence > 0 && independence <= 1 ? { independence } : {}),
    },
  ];
}

/** The folds of the models that the headline variant traded one symbol with. */
function trainedFolds(
  { symbol, series }: SymbolMarket,
  headline: readonly VariantSettings[],
  models: SuiteResult['models'],
): Extract<TrainedFold, { readonly status: 'trained' }>[] {
  const own = models.filter((each) => each.symbol === symbol);
  if (own.length === 0) return [];
  const keys = new Set(headline.map((settings) => modelKeyOf(settings, series.intervalMs)));
  return own
    .filter(({ modelKey }) => keys.has(modelKey))
    .flatMap(({ folds }) => folds.filter((fold) => fold.status === 'trained'));
}

/** What the regime filter of a risk level says over the tests: each reading holds from its candle's close to the next. */
function regimesOf(
  { symbol, riskLevel, from, to }: VariantOutcome,
  headline: readonly VariantSettings[],
  markets: readonly SymbolMarket[],
): RegimeLine[] {
  const settings = headline.find((each) => each.riskLevel === riskLevel);
  const market = markets.find((each) => each.symbol === symbol);
  if (settings === undefined || market === undefined) return [];
  const { series } = market;
  const filter = createRegimeFilter(settings.regime);
  const candle = createCandleView();
  const spans: RegimeSpan[] = [];
  const first = Math.max(0, firstBarAtOrAfter(series, from) - filter.stableAfter);
  const end = firstBarAtOrAfter(series, to);
  let since = from;
  let held: string | undefined;
  for (let bar = first; bar < end; bar += 1) {
    loadCandle(candle, series, bar);
    filter.update(candle);
    if (candle.closeTime < from || filter.regime === held) continue;
    if (held !== undefined && candle.closeTime > since) spans.push({ from: since, to: candle.closeTime, regime: held });
    since = candle.closeTime;
    held = filter.regime;
  }
  if (held !== undefined && to > since) spans.push({ from: since, to, regime: held });
  return [{ symbol, riskLevel, spans }];
}
