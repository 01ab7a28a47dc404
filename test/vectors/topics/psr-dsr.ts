// Do the probabilistic and deflated Sharpe ratios and their minimum lengths match the reference and the published examples?
import {
  deflateBestTrial,
  deflatedSharpe,
  expectedMaximum,
  minimumBacktest,
} from '../../../src/research/statistics/deflated-sharpe.ts';
import { normalCdf, normalQuantile } from '../../../src/research/statistics/normal.ts';
import {
  estimateSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
} from '../../../src/research/statistics/probabilistic-sharpe.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ kind, input, expected }, file) =>
  differences(evaluate(kind, input), expected, toleranceOf(file));

function evaluate(kind: string | undefined, input: any): object {
  switch (kind) {
    case 'psr_from_moments':
      return { psr: probabilisticSharpe(estimateOf(input), input.benchmark_per_period) };
    case 'psr_from_returns':
      return psrOfReturns(input);
    case 'dsr_from_moments':
      return dsrOfMoments(input);
    case 'dsr_from_trials':
      return dsrOfTrials(input);
    case 'min_trl':
      return {
        min_track_record_length: minimumTrackRecord(estimateOf(input), input.benchmark_per_period, input.alpha),
      };
    case 'min_btl': {
      const length = minimumBacktest(input.trials, input.target_annual_sharpe);
      return { min_backtest_years: length?.years, upper_bound: length?.upperBound };
    }
    case 'expected_max':
      return { expected_max_approximation: expectedMaximum(input.trials) };
    case 'normal': {
      const z = input.p.map((p: number) => normalQuantile(p));
      return { z, cdf_of_z: z.map((value: number) => normalCdf(value)) };
    }
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

function estimateOf(input: any): { sharpe: number; observations: number; skew: number; kurtosis: number } {
  return {
    sharpe: input.sharpe_per_period,
    observations: input.observations,
    skew: input.skew,
    kurtosis: input.kurtosis,
  };
}

function psrOfReturns(input: any): object {
  const estimate = estimateSharpe(input.returns);
  return {
    sharpe_per_period: estimate?.sharpe,
    skew: estimate?.skew,
    kurtosis: estimate?.kurtosis,
    psr: estimate === undefined ? undefined : probabilisticSharpe(estimate, input.benchmark_per_period),
  };
}

function dsrOfMoments(input: any): object {
  const deflated = deflatedSharpe(estimateOf(input), {
    trials: input.trials,
    varianceOfSharpes: input.variance_of_trial_sharpes ?? undefined,
  });
  return { expected_max_sharpe: deflated.expectedMaximumSharpe, dsr: deflated.probability };
}

function dsrOfTrials(input: any): object {
  const deflated = deflateBestTrial(input.trial_returns, input.trials);
  return {
    best_index: deflated.bestIndex,
    trial_sharpes: deflated.trialSharpes,
    variance_of_trial_sharpes: deflated.varianceOfSharpes,
    expected_max_sharpe: deflated.expectedMaximumSharpe,
    dsr: deflated.probability,
  };
}
