// What is kept of a research run? The one result that CSV, Markdown and every later report are made from.
import { calibrationErrorOf, mergedBins } from '../learning/calibration-bins.ts';
import { ablationRows, accountStressRows, type AblationRow } from './ablation.ts';
import { isOfPortfolio, type Figures, type VariantOutcome } from './outcome.ts';
import type { Holdout } from './holdout.ts';
import { assessSelection, type SelectionReport } from './selection.ts';
import type { Targets, VariantSettings, WalkForwardParams } from './settings.ts';
import type { BuyAndHold } from './buy-and-hold.ts';
import type { SuiteResult } from './suite.ts';
import type { SweepRecord } from './sweep.ts';
import type { TestMetrics } from './train-folds.ts';
import { tradeHash } from './trade-hash.ts';
import { trialsAlone, type TrialCount } from './trial-log.ts';
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

/** A symbol that was not named but meant by `all`, and why it has no part in the result. */
export interface LeftOut {
  readonly symbol: string;
  readonly reason: string;
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
  /** Brier score and expected calibration error over all labels of all test windows. */
  readonly testBrier: number | undefined;
  readonly testCalibrationError: number | undefined;
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

/** Of result.json; a result of another form cannot be read. */
export const RESULT_SCHEMA = 'perpilot-research-2';

export interface ResearchResult {
  readonly schema: typeof RESULT_SCHEMA;
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
  /** Drawdown fraction that each risk level shall keep below: its target, or without one where it stops trading. */
  readonly drawdownLimits: Readonly<Record<string, number>>;
  readonly symbols: readonly SymbolRecord[];
  /** Missing: none. */
  readonly leftOut?: readonly LeftOut[];
  readonly rows: readonly ResultRow[];
  readonly levels: readonly LevelVerdict[];
  readonly baselines: readonly { readonly symbol: string; readonly buyAndHold: BuyAndHoldFigures | undefined }[];
  readonly primaryAlone: readonly PrimaryAloneFigures[];
  /** What every part of the headline variants earns, and how they stand stress; empty where none was asked for. */
  readonly ablation: readonly AblationRow[];
  /** How the accounts over all symbols stand stress; missing: none was asked for. */
  readonly accountStress?: readonly AblationRow[];
  /** How much of it the search for it explains; its rows in the order of `rows`. */
  readonly selection: SelectionReport;
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
  /** Behind every interval. */
  readonly resamples: number;
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
    | 'leftOut'
  >;
}

/** Judges the outcomes and puts everything that is reported into one plain value. */
export function makeResult(input: ResultInput): ResearchResult {
  const { suite, variants, about, trials } = input;
  const targets = Object.fromEntries(variants.map((variant) => [variant.riskLevel, variant.targets]));
  const selection = selectionIn(input);
  const verdicts = judgeRows({ outcomes: suite.outcomes, selection, targetsOf: (riskLevel) => targets[riskLevel] });
  const models = summariseModels(suite);
  const resampling = { seed: String(about.seed), resamples: input.resamples };
  const accounts = suite.outcomes.filter(isOfPortfolio);
  const accountStress = accountStressRows({ accounts, stresses: suite.accountStresses, ...resampling });
  return {
    schema: RESULT_SCHEMA,
    ...about,
    targets,
    drawdownLimits: Object.fromEntries(
      headlineOf(input).map(({ riskLevel, risk, targets: own }) => [riskLevel, own.maxDrawdown ?? risk.drawdownLimit]),
    ),
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
    ablation: ablationRows({ ...suite, headlineVariant: about.headlineVariant, ...resampling }),
    ...(accountStress.length === 0 ? {} : { accountStress }),
    selection,
    models,
    failedFolds: suite.failedFolds,
    trials: { recorded: selection.trials, looks: Math.max(trials?.looks ?? 0, selection.trials) },
    tradeHash: tradeHash(suite.outcomes),
  };
}

function headlineOf({ variants, about }: ResultInput): VariantSettings[] {
  return variants.filter(({ variant }) => variant === about.headlineVariant);
}

/** Drawdowns are asked about at every level's target and at the drawdown where it stops trading. */
function selectionIn(input: ResultInput): SelectionReport {
  const { suite, about, resamples } = input;
  const limits = headlineOf(input)
    .flatMap(({ targets, risk }) => [targets.maxDrawdown, risk.drawdownLimit])
    .filter((limit) => limit !== null);
  return assessSelection({
    rows: suite.outcomes,
    trials: input.trials ?? trialsAlone(suite.outcomes),
    seed: String(about.seed),
    resamples,
    drawdownLimits: [...new Set(limits)].sort((a, b) => a - b),
    buyAndHold: new Map(
      suite.baselines.flatMap(({ symbol, buyAndHold }) =>
        buyAndHold === undefined ? [] : [[symbol, buyAndHold.dailyReturns] as const],
      ),
    ),
  });
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

function summariseModels({ cards, tests }: SuiteResult): ModelSummary {
  return {
    models: cards.length,
    skilled: cards.filter((card) => card.skilled).length,
    medianValidationAuc: median(cards.map((card) => card.validationAuc)),
    medianTestAuc: median(tests.map((test) => test.auc)),
    medianTestBrierSkill: median(tests.map((test) => test.brierSkill)),
    testBrier: pooledBrier(tests),
    testCalibrationError: calibrationErrorOf(mergedBins(tests.flatMap(({ calibration }) => calibration))),
    medianBaseRate: median(cards.map((card) => card.baseRate)),
    medianBreakEven: median(cards.map((card) => card.breakEven)),
    medianTrainSamples: median(cards.map((card) => card.trainSamples)),
    medianEffectiveSamples: median(cards.map((card) => card.effectiveTrainSamples)),
    leakAlarms: cards
      .filter((card) => card.leakSuspected)
      .map(({ symbol, validationUntil, validationAuc }) => ({ symbol, validationUntil, auc: validationAuc })),
  };
}

/** Mean of the Brier scores by samples; undefined without any. */
function pooledBrier(tests: readonly TestMetrics[]): number | undefined {
  let sum = 0;
  let samples = 0;
  for (const test of tests) {
    if (test.brier === undefined) continue;
    sum += test.brier * test.samples;
    samples += test.samples;
  }
  return samples === 0 ? undefined : sum / samples;
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  if (known.length === 0) return undefined;
  const middle = known.length >> 1;
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}
