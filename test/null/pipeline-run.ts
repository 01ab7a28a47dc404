// What does the whole research make of one seed? Training in folds, every variant, trial log, selection and verdict, as the command does.
import { composeVariants, loadLevels } from '../../src/cli/compose-variants.ts';
import { hashOf } from '../../src/config/hash.ts';
import type { ResearchContext } from '../../src/research/jobs.ts';
import { makeResult, type ResearchResult } from '../../src/research/result-file.ts';
import type { VariantSettings, WalkForwardParams } from '../../src/research/settings.ts';
import { runSuite, type SuiteResult } from '../../src/research/suite.ts';
import { asPrimaryAlone, countTrials, trialsOf, type TrialCount } from '../../src/research/trial-log.ts';
import { createInlineRunner } from '../scenarios/inline-runner.ts';
import { marketOf } from '../scenarios/research/small-research.ts';
import { edgeMarket, noiseMarket, type Noise } from './pipeline-markets.ts';

/** `none`: no fees, slippage or charges, so that on noise the true Sharpe ratio of everything is exactly 0. */
export type NullCosts = 'shipped' | 'none';

export interface NullTask {
  readonly seed: number;
  readonly days: number;
  readonly costs: NullCosts;
  /** Noise, or an edge of so many standard deviations of drift per bar. */
  readonly market: Noise | number;
  /** Overrides of the configuration on top; the shipped one unless given. */
  readonly overrides?: readonly string[];
}

/** One row of the result, as far as a null test asks. Undefined: the row has no such figure. */
export interface NullRow {
  readonly trades: number;
  readonly edge: boolean;
  readonly sharpe: number | undefined;
  readonly probabilisticSharpe: number | undefined;
  /** Published deflated Sharpe ratio. */
  readonly deflatedSharpe: number | undefined;
  readonly sharpeLow: number | undefined;
  readonly sharpeHigh: number | undefined;
  readonly randomEntryP: number | undefined;
  /** Fees, slippage and funding, quote currency. */
  readonly paid: number;
}

export interface NullReport {
  readonly seed: number;
  readonly words: readonly string[];
  readonly rows: readonly NullRow[];
  /** Of all rows the one with the highest Sharpe ratio; undefined: no row has one. */
  readonly best: NullRow | undefined;
  /** The row chosen before anything was seen: the headline variant of the middle risk level. */
  readonly chosen: NullRow;
  /** p-value of the search as a whole against doing nothing. */
  readonly spa: number | undefined;
  readonly failedFolds: number;
  readonly tradeHash: string;
  readonly cpuSeconds: number;
}

const LEVELS = ['conservative', 'moderate', 'aggressive'];
const CHOSEN_LEVEL = 'moderate';
const HEADLINE = 'ensemble/standard';
const FREE = [
  'costs.taker_fee_bps=0',
  'costs.maker_fee_bps=0',
  'costs.slippage_bps=0',
  'costs.impact_coefficient=0',
  'costs.missing_funding_bps=0',
];
/** Of every interval; the gate asks only on which side of 0 its end lies. */
const RESAMPLES = 500;
/** The shipped windows. Nothing is held out: it would only shorten the history. */
const WINDOWS: WalkForwardParams = { trainDays: 180, testDays: 30, stepDays: 30, embargoHours: 0, mode: 'rolling' };

/** Runs one seed; a function of the task alone, but for `cpuSeconds`. */
export async function nullRun(task: NullTask): Promise<NullReport> {
  const before = process.threadCpuUsage();
  const { seed, days, market: kind } = task;
  const { candles, funding } =
    typeof kind === 'number' ? edgeMarket(kind, { seed, days }) : noiseMarket(kind, { seed, days });
  const variants = variantsOf(task);
  const markets = [marketOf(candles, funding)];
  const context: ResearchContext = { markets, seed: String(seed), embargoHours: 0 };
  const suite = await runSuite(
    { markets, variants, headlineVariant: HEADLINE, walkForward: WINDOWS, years: 10 },
    createInlineRunner(context),
    () => undefined,
  );
  const trials = trialCount(suite, { seed, variants, dataHash: markets[0].dataHash });
  const { symbol, dataHash, provenance, series } = markets[0];
  const result = makeResult({
    suite,
    variants,
    trials,
    resamples: RESAMPLES,
    about: {
      source: 'null test',
      synthetic: true,
      codeVersion: 'test',
      seed,
      interval: '1h',
      years: 10,
      walkForward: WINDOWS,
      headlineVariant: HEADLINE,
      symbols: [
        {
          symbol,
          dataHash,
          provenance,
          firstCandle: series.openTime[0],
          lastClose: series.openTime[series.length - 1] + series.intervalMs,
          candles: series.length,
          fundingStamps: funding.length,
        },
      ],
    },
  });
  const { user, system } = process.threadCpuUsage(before);
  return { ...reportOf(result), seed, cpuSeconds: (user + system) / 1e6 };
}

function variantsOf({ costs, overrides = [] }: NullTask): VariantSettings[] {
  const all = [`research.bootstrap_resamples=${RESAMPLES}`, ...(costs === 'none' ? FREE : []), ...overrides];
  return composeVariants(LEVELS, loadLevels({ overrides: all }, LEVELS)).map(({ settings }) => settings);
}

/** As the command counts them in a log of its own. */
function trialCount(
  suite: SuiteResult,
  about: { readonly seed: number; readonly variants: readonly VariantSettings[]; readonly dataHash: string },
): TrialCount {
  const { seed, variants, dataHash } = about;
  const hashes = new Map(variants.map((settings) => [settings.configHash, hashOf(settings)]));
  const trials = trialsOf([...suite.outcomes, ...asPrimaryAlone(suite.primaryAlone)], {
    runId: `null-${seed}`,
    evaluatedAt: 0,
    codeVersion: 'test',
    seed,
    dataHashOf: () => dataHash,
    settingsHashOf: ({ configHash }) => hashes.get(configHash) ?? configHash,
  });
  return countTrials(trials, [trials[0]]);
}

function reportOf(result: ResearchResult): Omit<NullReport, 'seed' | 'cpuSeconds'> {
  const { rows, levels, selection, failedFolds, tradeHash } = result;
  const seen = rows.map(({ figures, verdict, randomEntries, costs }, index): NullRow => {
    const { probabilisticSharpe, deflatedSharpe, sharpeInterval } = selection.rows[index];
    return {
      trades: figures.trades,
      edge: verdict.edge,
      sharpe: figures.sharpe,
      probabilisticSharpe: probabilisticSharpe.value,
      deflatedSharpe: deflatedSharpe.value,
      sharpeLow: sharpeInterval.low.value,
      sharpeHigh: sharpeInterval.high.value,
      randomEntryP: randomEntries?.pValue,
      paid: costs.fees + costs.slippage + Math.abs(costs.funding),
    };
  });
  const chosen = rows.findIndex(({ riskLevel, variant }) => riskLevel === CHOSEN_LEVEL && variant === HEADLINE);
  const [best] = seen
    .filter(({ sharpe }) => sharpe !== undefined)
    .toSorted((a, b) => (b.sharpe ?? 0) - (a.sharpe ?? 0));
  return {
    words: levels.map(({ word }) => word),
    rows: seen,
    best,
    chosen: seen[chosen],
    spa: selection.all.againstFlat.value?.spa,
    failedFolds: failedFolds.length,
    tradeHash,
  };
}
