// How often has anybody looked at this data? Every evaluated configuration goes into a log that only grows.
import { join } from 'node:path';
import { createChainedFile } from '../adapters/trials/chained-file.ts';
import { hashOf } from '../config/hash.ts';
import type { AblationPlan } from '../research/ablation-plan.ts';
import type { SymbolMarket } from '../research/market.ts';
import { PORTFOLIO } from '../research/portfolio-figures.ts';
import type { SuiteResult } from '../research/suite.ts';
import {
  asPrimaryAlone,
  countTrials,
  parseTrial,
  trialsOf,
  type EvaluatedVariant,
  type TrialCount,
} from '../research/trial-log.ts';
import type { ComposedVariant } from './compose-variants.ts';

export const TRIAL_FILE = 'trials.jsonl';

export interface TrialRecord {
  readonly suite: SuiteResult;
  readonly markets: readonly SymbolMarket[];
  readonly variants: readonly ComposedVariant[];
  /** Accounts over all symbols. */
  readonly portfolios?: readonly ComposedVariant[];
  /** What was asked of the headline variants besides. */
  readonly ablations?: readonly AblationPlan[] | undefined;
  readonly runId: string;
  readonly codeVersion: string;
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly evaluatedAt: number;
}

/**
 * Appends the run's trials, baselines without a meta-model and strategies with a part switched off included, to the log in `out`, and counts what competes on the
 * same data. @throws PerpilotError DATA_CORRUPT for a log that somebody changed, OUTPUT_UNWRITABLE
 */
export async function recordTrials(record: TrialRecord, out: string): Promise<TrialCount> {
  const { suite, markets, variants, portfolios = [], runId, codeVersion, seed, evaluatedAt } = record;
  const dataHashes = new Map(markets.map(({ symbol, dataHash }) => [symbol, dataHash]));
  dataHashes.set(PORTFOLIO, hashOf([...dataHashes].sort(([a], [b]) => (a < b ? -1 : 1))));
  const ablated = (record.ablations ?? []).flatMap(({ cases }) => cases.filter(({ kind }) => kind === 'part'));
  const settingsHashes = new Map(
    [...portfolios, ...variants, ...ablated].map(({ settings }) => [settings.configHash, hashOf(settings)]),
  );
  const evaluated = [...suite.outcomes, ...configurationsOf(suite), ...asPrimaryAlone(suite.primaryAlone)];
  const trials = trialsOf(evaluated, {
    runId,
    evaluatedAt,
    codeVersion,
    seed,
    dataHashOf: (symbol) => dataHashes.get(symbol) ?? 'unknown',
    settingsHashOf: ({ configHash }) => settingsHashes.get(configHash.replace('-primary', '')) ?? 'unknown',
  });
  const log = createChainedFile({ path: join(out, TRIAL_FILE), parse: parseTrial });
  await log.append(() => trials);
  const scopes = suite.outcomes.map(({ symbol, from, to }) => ({
    symbol,
    dataHash: dataHashes.get(symbol) ?? 'unknown',
    from,
    to,
  }));
  return countTrials(await log.entries(), scopes);
}

/** Parts that a setting switched off; those that are variants of the run are recorded with it, and a stress is no configuration. */
function configurationsOf({ outcomes, ablations }: SuiteResult): EvaluatedVariant[] {
  const recorded = new Set(outcomes.map(({ configHash }) => configHash));
  return ablations.flatMap(({ configHash, outcome }) =>
    configHash === undefined || recorded.has(configHash) ? [] : [{ ...outcome, configHash }],
  );
}
