// Of how many trials is a result the best? Every configuration ever evaluated on the same data, each counted once.
import { z } from 'zod';
import type { VariantOutcome } from './outcome.ts';
import { sampleVariance } from './statistics/moments.ts';
import { sharpeRatio } from './statistics/sharpe.ts';

const text = z.string().min(1);
const time = z.number().int();

const trialSchema = z.object({
  runId: text,
  /** Epoch milliseconds. */
  evaluatedAt: time,
  symbol: text,
  riskLevel: text,
  variant: text,
  /** Of the whole resolved configuration. */
  configHash: text,
  /** Of the settings that the research read from it. */
  settingsHash: text,
  /** Of the symbol's stored candles and funding. */
  dataHash: text,
  /** Evaluated span [from, to), epoch milliseconds. */
  from: time,
  to: time,
  codeVersion: text,
  seed: z.union([z.number(), z.string()]),
  /** Of daily returns, per day; absent: undefined, as without any trade. */
  sharpe: z.number().optional(),
  /** Number of daily returns. */
  days: z.int().min(0),
});

/** One configuration evaluated once on one symbol's data. */
export type Trial = Readonly<z.output<typeof trialSchema>>;

/** A stored value as a trial; undefined when it is none. */
export function parseTrial(value: unknown): Trial | undefined {
  return trialSchema.safeParse(value).data;
}

export interface TrialContext {
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly evaluatedAt: number;
  readonly codeVersion: string;
  readonly seed: number | string;
  /** Per symbol. */
  readonly dataHashOf: (symbol: string) => string;
  readonly settingsHashOf: (outcome: EvaluatedVariant) => string;
}

export type EvaluatedVariant = Pick<
  VariantOutcome,
  'symbol' | 'riskLevel' | 'variant' | 'configHash' | 'from' | 'to' | 'dailyReturns'
>;

/** The trials that `outcomes` are, one each and in their order. */
export function trialsOf(outcomes: readonly EvaluatedVariant[], context: TrialContext): Trial[] {
  const { runId, evaluatedAt, codeVersion, seed, dataHashOf, settingsHashOf } = context;
  return outcomes.map((outcome) => {
    const { symbol, riskLevel, variant, configHash, from, to, dailyReturns } = outcome;
    const sharpe = sharpeRatio(dailyReturns);
    return {
      runId,
      evaluatedAt,
      symbol,
      riskLevel,
      variant,
      configHash,
      settingsHash: settingsHashOf(outcome),
      dataHash: dataHashOf(symbol),
      from,
      to,
      codeVersion,
      seed,
      ...(sharpe === undefined ? {} : { sharpe }),
      days: dailyReturns.length,
    };
  });
}

/**
 * Outcomes of the primary signal alone as configurations of their own: their settings file is the one of the variant with
 * its meta-model, so without this they would count as the same trial.
 */
export function asPrimaryAlone<Outcome extends EvaluatedVariant>(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.map((outcome) => ({ ...outcome, configHash: `${outcome.configHash}-primary` }));
}

/** Data that a result was found on. */
export type TrialScope = Pick<Trial, 'symbol' | 'dataHash' | 'from' | 'to'>;

export interface TrialCount {
  /** Distinct configurations × symbols: the N that gates use. */
  readonly trials: number;
  /** Of their Sharpe ratios per day (n - 1); undefined for fewer than two that have one. */
  readonly varianceOfSharpes: number | undefined;
  /** Trials whose Sharpe ratio is known. */
  readonly withSharpe: number;
  /** As `trials`, but told apart by seed, data and span too: how often somebody could have looked for a better number. */
  readonly looks: number;
  /** Lines of the log, repetitions included. */
  readonly evaluations: number;
}

/**
 * The trials of `log` that compete with results on any of `scopes`: those on the same data, and those on the same symbol
 * over a span that overlaps. Of a trial evaluated several times the last known Sharpe ratio counts.
 */
export function countTrials(log: readonly Trial[], scopes: readonly TrialScope[]): TrialCount {
  const sharpes = new Map<string, number | undefined>();
  const looks = new Set<string>();
  let evaluations = 0;
  for (const trial of log) {
    if (!scopes.some((scope) => competes(trial, scope))) continue;
    evaluations += 1;
    const { configHash, symbol, seed, dataHash, from, to, sharpe } = trial;
    const key = JSON.stringify([configHash, symbol]);
    sharpes.set(key, sharpe ?? sharpes.get(key));
    looks.add(JSON.stringify([configHash, symbol, String(seed), dataHash, from, to]));
  }
  const known = [...sharpes.values()].filter((sharpe) => sharpe !== undefined);
  return {
    trials: sharpes.size,
    varianceOfSharpes: sampleVariance(known),
    withSharpe: known.length,
    looks: looks.size,
    evaluations,
  };
}

/** The trials of a run that nothing was tried before: one per outcome. */
export function trialsAlone(
  outcomes: readonly Pick<EvaluatedVariant, 'dailyReturns'>[],
): Pick<TrialCount, 'trials' | 'varianceOfSharpes'> {
  const sharpes = outcomes.map(({ dailyReturns }) => sharpeRatio(dailyReturns));
  return {
    trials: outcomes.length,
    varianceOfSharpes: sampleVariance(sharpes.filter((sharpe) => sharpe !== undefined)),
  };
}

function competes(trial: Trial, scope: TrialScope): boolean {
  if (trial.dataHash === scope.dataHash) return true;
  return trial.symbol === scope.symbol && trial.from < scope.to && scope.from < trial.to;
}
