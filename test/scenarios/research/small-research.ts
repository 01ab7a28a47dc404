// Which small research runs do the tests make? Short windows and few trees over invented markets, else the shipped settings.
import { composeVariants, loadLevels, type ComposedVariant } from '../../../src/cli/compose-variants.ts';
import { contentHashOf } from '../../../src/domain/content-hash.ts';
import type { CandleSeries } from '../../../src/domain/candle.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import type { AblationPlan, AccountStressPlan } from '../../../src/research/ablation-plan.ts';
import type { ResearchContext } from '../../../src/research/jobs.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import { makeResult, type ResearchResult } from '../../../src/research/result-file.ts';
import type { VariantSettings, WalkForwardParams } from '../../../src/research/settings.ts';
import { runSuite, type SuiteInput, type SuiteResult } from '../../../src/research/suite.ts';
import type { TrialCount } from '../../../src/research/trial-log.ts';
import { createInlineRunner, type InlineRunnerOptions } from '../inline-runner.ts';

/** Overrides that make a run quick without changing what it does. */
export const QUICK = [
  'model.boosting.trees=20',
  'model.bags=1',
  'model.min_train_samples=100',
  'research.bootstrap_resamples=200',
  'research.ensemble_variants=[true]',
  'research.regime_sensitivities=[standard]',
] as const;

export const WINDOWS: WalkForwardParams = {
  trainDays: 60,
  testDays: 20,
  stepDays: 20,
  embargoHours: 0,
  mode: 'rolling',
};

export const HEADLINE = 'ensemble/standard';

/** Variants of the given levels under the shipped settings with QUICK and `overrides` laid over them. */
export function variantsOf(riskLevels: readonly string[], overrides: readonly string[] = []): VariantSettings[] {
  return composedOf(riskLevels, overrides).map(({ settings }) => settings);
}

/** The same with the configurations they are made from. */
export function composedOf(riskLevels: readonly string[], overrides: readonly string[] = []): ComposedVariant[] {
  const names = new Set(overrides.map((each) => each.split('=')[0]));
  const quick = QUICK.filter((each) => !names.has(each.split('=')[0]));
  return composeVariants(riskLevels, loadLevels({ overrides: [...quick, ...overrides] }, riskLevels));
}

const INSTRUMENT: Omit<Instrument, 'symbol'> = {
  tickSize: 0.0001,
  lotSize: 0.0001,
  minQuantity: 0.0001,
  maxMarketQuantity: Infinity,
  minNotional: 1,
  tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
};

/** A market of the candles with fine steps and minimums. */
export function marketOf(series: CandleSeries, funding: FundingSeries | undefined): SymbolMarket {
  return {
    symbol: series.symbol,
    series,
    funding,
    finer: [],
    instrument: { symbol: series.symbol, ...INSTRUMENT },
    provenance: 'invented for a test',
    dataHash: contentHashOf(series, funding),
  };
}

export interface SmallRun extends InlineRunnerOptions {
  readonly markets: readonly SymbolMarket[];
  readonly variants: readonly VariantSettings[];
  readonly walkForward?: WalkForwardParams;
  readonly ablations?: readonly AblationPlan[];
  readonly portfolios?: readonly VariantSettings[];
  readonly accountStresses?: readonly AccountStressPlan[];
  readonly isPortfolioOnly?: boolean;
  readonly foldsPerTask?: number;
  readonly symbolsPerBatch?: number;
  readonly seed?: number;
}

export interface SmallRunResult {
  readonly suite: SuiteResult;
  readonly result: ResearchResult;
}

export const inputOf = ({
  markets,
  variants,
  walkForward = WINDOWS,
  ablations = [],
  portfolios = [],
  accountStresses = [],
  isPortfolioOnly = false,
  foldsPerTask,
  symbolsPerBatch,
}: SmallRun): SuiteInput => ({
  markets,
  variants,
  ablations,
  portfolios,
  accountStresses,
  isPortfolioOnly,
  headlineVariant: HEADLINE,
  walkForward,
  years: 10,
  ...(foldsPerTask === undefined ? {} : { foldsPerTask }),
  ...(symbolsPerBatch === undefined ? {} : { symbolsPerBatch }),
});

export const contextOf = ({ markets, walkForward = WINDOWS, seed = 1 }: SmallRun): ResearchContext => ({
  markets,
  seed: String(seed),
  embargoHours: walkForward.embargoHours,
});

/** The suite over the markets, without threads, and the result made from it. */
export async function runSmall(run: SmallRun): Promise<SmallRunResult> {
  const suite = await runSuite(inputOf(run), createInlineRunner(contextOf(run), run), () => undefined);
  return { suite, result: resultOf(run, suite) };
}

/** The result file of a suite. */
export function resultOf(
  { markets, variants, walkForward = WINDOWS, seed = 1 }: SmallRun,
  suite: SuiteResult,
  trials?: TrialCount,
): ResearchResult {
  return makeResult({
    suite,
    variants,
    ...(trials === undefined ? {} : { trials }),
    resamples: 200,
    about: {
      source: 'invented for a test',
      synthetic: true,
      codeVersion: 'test',
      seed,
      interval: '1h',
      years: 10,
      walkForward,
      headlineVariant: HEADLINE,
      symbols: markets.map(({ symbol, dataHash, provenance, series, funding }) => ({
        symbol,
        dataHash,
        provenance,
        firstCandle: series.openTime[0],
        lastClose: series.openTime[series.length - 1] + series.intervalMs,
        candles: series.length,
        fundingStamps: funding?.length ?? 0,
      })),
    },
  });
}
