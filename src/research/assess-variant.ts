// How good was a variant on one symbol? The figures of its account, and whether entries at random times do as well.
import { createRandom } from '../domain/random.ts';
import type { BacktestResult } from '../simulation/run-backtest.ts';
import { assessAccount, type AssessedFold } from './assess-account.ts';
import { baselineCostsOf, fundingScheduleOf } from './baseline-costs.ts';
import type { SymbolMarket } from './market.ts';
import type { VariantOutcome } from './outcome.ts';
import { randomEntries } from './random-entries.ts';
import type { VariantSettings } from './settings.ts';
import type { TrainedFold } from './train-folds.ts';

const RANDOM_ENTRY_DRAWS = 2_000;

export interface AssessmentInput {
  readonly market: SymbolMarket;
  readonly settings: VariantSettings;
  readonly folds: readonly TrainedFold[];
  readonly result: BacktestResult;
  /** Total return when every undecided trade goes right; undefined: there is none. */
  readonly bestTotalReturn: number | undefined;
  readonly seed: string;
}

/** Everything that is reported of one variant on one symbol. */
export function assessVariant(input: AssessmentInput): VariantOutcome {
  const { market, settings, result } = input;
  const account = assessAccount({ ...input, folds: input.folds.map(assessedFold) });
  const { from, to, trades } = account;
  return {
    symbol: market.symbol,
    ...account,
    funnel: result.state.symbols[0].funnel,
    randomEntries: randomEntries({
      series: market.series,
      funding: fundingScheduleOf(market, settings.costs),
      trades,
      from,
      to,
      costs: baselineCostsOf(settings.costs),
      draws: RANDOM_ENTRY_DRAWS,
      random: createRandom(`${input.seed}/random-entries/${market.symbol}`),
    }),
  };
}

function assessedFold({ window, coverage, ...fold }: TrainedFold): AssessedFold {
  if (fold.status === 'failed') return { window, coverage, reason: fold.reason };
  return { window, coverage, modelId: fold.trained.model.id };
}
