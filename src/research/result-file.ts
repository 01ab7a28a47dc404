// What is kept of a research run? The one result that CSV, Markdown and every later report are made from.
import type { Figures, VariantOutcome } from './outcome.ts';
import type { Holdout } from './holdout.ts';
import { checkOverfitting, type OverfittingCheck } from './overfitting-check.ts';
import type { Targets, VariantSettings, WalkForwardParams } from './settings.ts';
import type { BuyAndHold } from './buy-and-hold.ts';
import type { SuiteResult } from './suite.ts';
import type { SweepRecord } from './sweep.ts';
import { tradeHash } from './trade-hash.ts';
import type { TrialCount } from './trial-log.ts';
import { judgeLevels, judgeRows, type LevelVerdict, type RowVerdict } from './verdict.ts';

/** One row per symbol and variant: the outcome without its trades and daily marks, which have files of their own. */
export type ResultRow = Omit<VariantOutcome, 'trades' | 'days' | 'dailyEquity' | 'dailyReturns' | 'notes'> & {
  readonly verdict: RowVerdict;
};

export interface SymbolRecord {
  readonly symbol: string;
  readonly dataHash: string;
  /** Where its contract rules come from. */
  readonly provenance: string;
  readonly firstCandle: number;
  readonly lastClose: number;
  readonly candles: number;
  readonly fundingStamps: number;
}

export type BuyAndHoldFigures = Pick<
  BuyAndHold,
  'totalReturn' | 'priceChange' | 'sharpeDaily' | 'maxDrawdown' | 'cagr'
>;

/** The headline variant of a risk level without its meta-model: what the primary signal earns alone. */
export interface PrimaryAloneFigures extends Pick<
  Figures,
  'sharpe' | 'profitFactor' | 'maxDrawdown' | 'trades' | 'totalReturn'
> {
  readonly symbol: string;
  readonly riskLevel: string;
}

/** How the models did on data they were not fitted on. */
export interface ModelSummary {
  readonly models: number;
  /** Models whose validation AUC is above 0.5. */
  readonly skilled: number;
  readonly medianValidationAuc: number | undefined;
  /** On the test windows, which no model has seen. */
  readonly medianTestAuc: number | undefined;
  readonly medianTestBrierSkill: number | undefined;
  readonly medianBaseRate: number | undefined;
  readonly medianBreakEven: number | undefined;
  readonly medianTrainSamples: number | undefined;
  readonly medianEffectiveSamples: number | undefined;
  /** Folds whose validation AUC is too good to be true. */
  readonly leakAlarms: readonly {
    readonly symbol: string;
    readonly validationUntil: number;
    readonly auc: number | undefined;
  }[];
}

export interface ResearchResult {
  readonly schema: 'perpilot-research-1';
  readonly source: string;
  readonly synthetic: boolean;
  readonly codeVersion: string;
  readonly seed: number;
  readonly interval: string;
  readonly years: number;
  readonly walkForward: WalkForwardParams;
  readonly headlineVariant: string;
  /** The sweep that the variants make; missing: none. */
  readonly sweep?: SweepRecord | undefined;
  readonly targets: Readonly<Record<string, Targets>>;
  readonly symbols: readonly SymbolRecord[];
  readonly rows: readonly ResultRow[];
  readonly levels: readonly LevelVerdict[];
  readonly baselines: readonly { readonly symbol: string; readonly buyAndHold: BuyAndHoldFigures | undefined }[];
  readonly primaryAlone: readonly PrimaryAloneFigures[];
  readonly overfitting: readonly OverfittingCheck[];
  readonly models: ModelSummary;
  readonly failedFolds: SuiteResult['failedFolds'];
  /** Last span of the data; missing: nothing was held out. */
  readonly holdout?: Holdout & {
    /** Whether this run read it. */
    readonly opened: boolean;
    /** How many runs have opened it so far, this one included. */
    readonly openings: number;
  };
  /** Of the trial log: what the deflated Sharpe ratios count. */
  readonly trials: {
    /** Distinct configurations ever evaluated on this data, per symbol; at least the rows of this run. */
    readonly recorded: number;
    /** The same told apart by seed and span too. */
    readonly looks: number;
  };
  readonly tradeHash: string;
}

export interface ResultInput {
  readonly suite: SuiteResult;
  readonly variants: readonly VariantSettings[];
  /** Of the trial log, this run included; missing: nothing but this run was ever tried. */
  readonly trials?: TrialCount;
  readonly about: Pick<
    ResearchResult,
    | 'source'
    | 'synthetic'
    | 'codeVersion'
    | 'seed'
    | 'interval'
    | 'years'
    | 'walkForward'
    | 'headlineVariant'
    | 'sweep'
    | 'holdout'
    | 'symbols'
  >;
}

/** Judges the outcomes and puts everything that is reported into one plain value. */
export function makeResult({ suite, variants, about, trials }: ResultInput): ResearchResult {
  const targets = Object.fromEntries(variants.map((variant) => [variant.riskLevel, variant.targets]));
  const recorded = Math.max(trials?.trials ?? 0, suite.outcomes.length);
  const verdicts = judgeRows(suite.outcomes, (riskLevel) => targets[riskLevel], recorded);
  const models = summariseModels(suite);
  return {
    schema: 'perpilot-research-1',
    ...about,
    targets,
    rows: suite.outcomes.map((outcome, index) => rowOf(outcome, verdicts[index])),
    levels: judgeLevels({
      outcomes: suite.outcomes,
      verdicts,
      headlineVariant: about.headlineVariant,
      leakSuspected: models.leakAlarms.length > 0,
    }),
    baselines: suite.baselines.map(({ symbol, buyAndHold }) => ({ symbol, buyAndHold: pickBaseline(buyAndHold) })),
    primaryAlone: suite.primaryAlone.map(({ symbol, riskLevel, figures }) => {
      const { sharpe, profitFactor, maxDrawdown, trades, totalReturn } = figures;
      return { symbol, riskLevel, sharpe, profitFactor, maxDrawdown, trades, totalReturn };
    }),
    overfitting: checkOverfitting(suite.outcomes, String(about.seed)),
    models,
    failedFolds: suite.failedFolds,
    trials: { recorded, looks: Math.max(trials?.looks ?? 0, recorded) },
    tradeHash: tradeHash(suite.outcomes),
  };
}

function rowOf(outcome: VariantOutcome, verdict: RowVerdict): ResultRow {
  const { trades: _trades, days: _days, dailyEquity: _equity, dailyReturns: _returns, notes: _notes, ...row } = outcome;
  return { ...row, verdict };
}

function pickBaseline(performance: BuyAndHold | undefined): BuyAndHoldFigures | undefined {
  if (performance === undefined) return undefined;
  const { totalReturn, priceChange, sharpeDaily, maxDrawdown, cagr } = performance;
  return { totalReturn, priceChange, sharpeDaily, maxDrawdown, cagr };
}

function summariseModels({ cards, models }: SuiteResult): ModelSummary {
  const tests = models.flatMap(({ folds }) => folds.flatMap((fold) => (fold.status === 'trained' ? [fold.test] : [])));
  return {
    models: cards.length,
    skilled: cards.filter((card) => card.skilled).length,
    medianValidationAuc: median(cards.map((card) => card.validationAuc)),
    medianTestAuc: median(tests.map((test) => test.auc)),
    medianTestBrierSkill: median(tests.map((test) => test.brierSkill)),
    medianBaseRate: median(cards.map((card) => card.baseRate)),
    medianBreakEven: median(cards.map((card) => card.breakEven)),
    medianTrainSamples: median(cards.map((card) => card.trainSamples)),
    medianEffectiveSamples: median(cards.map((card) => card.effectiveTrainSamples)),
    leakAlarms: cards
      .filter((card) => card.leakSuspected)
      .map(({ symbol, validationUntil, validationAuc }) => ({ symbol, validationUntil, auc: validationAuc })),
  };
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  if (known.length === 0) return undefined;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}
