// Do covariance, risk-based weights and their cap match the reference?
import {
  capWeights,
  equalRiskWeights,
  inverseVarianceWeights,
  inverseVolatilityWeights,
  portfolioVolatility,
  riskContributions,
} from '../../../src/portfolio/allocation.ts';
import { correlationMatrix, covarianceMatrix } from '../../../src/portfolio/covariance.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ kind, input, expected }, file) =>
  differences(evaluate(kind, input), expected, toleranceOf(file));

function evaluate(kind: string | undefined, input: any): object {
  switch (kind) {
    case 'weights':
      return weightsOf(input.covariance, input.risk_budget ?? undefined);
    case 'covariance': {
      const covariance = covarianceMatrix(input.returns_by_asset);
      return { covariance, correlation: correlationMatrix(covariance) };
    }
    case 'cap':
      return { weights: capWeights(input.weights, input.cap) };
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

function weightsOf(covariance: number[][], budgets: number[] | undefined): object {
  const equalRisk = equalRiskWeights(covariance, budgets);
  return {
    inverse_volatility: inverseVolatilityWeights(covariance),
    inverse_variance: inverseVarianceWeights(covariance),
    equal_risk: equalRisk,
    portfolio_volatility_equal_risk: equalRisk === undefined ? undefined : portfolioVolatility(equalRisk, covariance),
    risk_contributions_equal_risk: equalRisk === undefined ? undefined : riskContributions(equalRisk, covariance),
  };
}
