// Do bootstrap, data-snooping tests, Monte Carlo drawdown and p-values match the reference?
import { DAYS_PER_YEAR } from '../../../src/domain/time.ts';
import { automaticBlockLength } from '../../../src/research/statistics/block-length.ts';
import { bootstrapInterval, replicatesOf } from '../../../src/research/statistics/bootstrap-interval.ts';
import { dataSnoopingTests } from '../../../src/research/statistics/data-snooping.ts';
import { effectiveTrials } from '../../../src/research/statistics/effective-trials.ts';
import { drawdownQuantiles, monteCarloDrawdown } from '../../../src/research/statistics/monte-carlo-drawdown.ts';
import { adjustPValues, permutationPValue } from '../../../src/research/statistics/p-values.ts';
import { quantileOfSorted, sorted } from '../../../src/research/statistics/quantile.ts';
import { sharpeRatio } from '../../../src/research/statistics/sharpe.ts';
import { stationaryIndices } from '../../../src/research/statistics/stationary-bootstrap.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ kind, input, expected }, file) => {
  const tolerance = toleranceOf(file);
  const relative = kind === 'block_length' ? (file.tolerance['block_length_relative'] ?? 0) : tolerance.relative;
  return differences(evaluate(kind, input, expected), expected, { ...tolerance, relative });
};

function evaluate(kind: string | undefined, input: any, expected: any): object {
  switch (kind) {
    case 'stationary_indices': {
      const source = (input.uniforms as number[]).values();
      return { indices: stationaryIndices(input.n, input.mean_block, () => source.next().value ?? Number.NaN) };
    }
    case 'interval':
      return intervalOf(input);
    case 'data_snooping':
      return snoopingOf(input);
    case 'monte_carlo_drawdown':
      return drawdownOf(input, expected);
    case 'p_adjust':
      return adjustedOf(input.p_values);
    case 'permutation_p':
      return { p: permutationPValue(input.observed, input.permuted) };
    case 'block_length':
      return automaticBlockLength(input.x);
    case 'quantile': {
      const ascending = sorted(input.x);
      return { q: input.p.map((p: number) => quantileOfSorted(ascending, p)) };
    }
    case 'effective_trials':
      return effectiveOf(input.correlation);
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

function intervalOf(input: any): object {
  const scale = Math.sqrt(input.periods ?? DAYS_PER_YEAR);
  const statistic = (sample: ArrayLike<number>): number | undefined => {
    const sharpe = sharpeRatio(sample);
    return sharpe === undefined ? undefined : sharpe * scale;
  };
  const estimate = statistic(input.returns);
  const replicates = replicatesOf(input.returns, input.indices, statistic);
  const interval = estimate === undefined ? undefined : bootstrapInterval(estimate, replicates, input.level);
  return {
    estimate,
    replicates,
    percentile: interval?.percentile,
    basic: interval?.basic,
    standard_error: interval?.standardError,
    share_not_positive: interval?.shareNotPositive,
  };
}

function snoopingOf(input: any): object {
  const tests = dataSnoopingTests(input.excess_returns_by_strategy, input.indices);
  return {
    reality_check_statistic: tests?.realityCheckStatistic,
    reality_check_p: tests?.realityCheckP,
    spa_statistic: tests?.spaStatistic,
    spa_p_consistent: tests?.spaPConsistent,
    spa_p_lower: tests?.spaPLower,
    spa_p_upper: tests?.spaPUpper,
  };
}

function drawdownOf(input: any, expected: any): object {
  const result = monteCarloDrawdown({
    tradeReturns: input.trade_returns,
    permutations: input.permutations,
    resamples: input.resamples,
    drawdownLimit: input.ruin_drawdown,
  });
  return {
    observed: result.observed,
    reorder_drawdowns: result.reorderDrawdowns,
    reorder_quantiles: quantilesAt(result.reorderDrawdowns, expected.reorder_quantiles),
    resample_drawdowns: result.resampleDrawdowns,
    resample_quantiles: quantilesAt(result.resampleDrawdowns, expected.resample_quantiles),
    resample_returns: result.resampleReturns,
    probability_drawdown_over_limit: result.probabilityOverLimit,
    probability_of_loss: result.probabilityOfLoss,
  };
}

/** The case names the probabilities it wants by the keys of its reference. */
function quantilesAt(drawdowns: Float64Array, reference: Record<string, number>): object {
  const names = Object.keys(reference);
  const values = drawdownQuantiles(drawdowns, names.map(Number));
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

function adjustedOf(pValues: readonly number[]): object {
  const adjusted = adjustPValues(pValues);
  return {
    bonferroni: adjusted.bonferroni,
    holm: adjusted.holm,
    benjamini_hochberg: adjusted.benjaminiHochberg,
    benjamini_yekutieli: adjusted.benjaminiYekutieli,
  };
}

function effectiveOf(correlation: readonly (readonly number[])[]): object {
  const effective = effectiveTrials(correlation);
  return {
    participation_ratio: effective?.participationRatio,
    entropy: effective?.entropy,
    average_correlation: effective?.averageCorrelation,
    average_correlation_trials: effective?.averageCorrelationTrials,
  };
}
