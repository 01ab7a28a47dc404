// How many independent trials are many correlated ones worth? Shown beside the full count, which is what gates use.
import { symmetricEigenvalues } from './eigenvalues.ts';

export interface EffectiveTrials {
  /** (sum of eigenvalues)^2 over the sum of their squares. */
  readonly participationRatio: number;
  /** Exponential of the entropy of the eigenvalue shares. */
  readonly entropy: number;
  /** Mean correlation off the diagonal; undefined for one trial. */
  readonly averageCorrelation: number | undefined;
  /** rho + (1 - rho) N. */
  readonly averageCorrelationTrials: number;
}

/** Effective number of trials from the correlation matrix of their returns; undefined for an empty matrix. */
export function effectiveTrials(correlation: readonly (readonly number[])[]): EffectiveTrials | undefined {
  const count = correlation.length;
  if (count === 0) return undefined;
  const eigenvalues = symmetricEigenvalues(correlation);
  let sum = 0;
  let squares = 0;
  for (const value of eigenvalues) {
    sum += value;
    squares += value * value;
  }
  let entropy = 0;
  for (const value of eigenvalues) if (value > 0) entropy -= (value / sum) * Math.log(value / sum);
  let off = 0;
  for (let i = 0; i < count; i += 1) for (let j = 0; j < i; j += 1) off += correlation[i][j];
  const averageCorrelation = count > 1 ? off / ((count * (count - 1)) / 2) : undefined;
  return {
    participationRatio: (sum * sum) / squares,
    entropy: Math.exp(entropy),
    averageCorrelation,
    averageCorrelationTrials:
      averageCorrelation === undefined ? count : averageCorrelation + (1 - averageCorrelation) * count,
  };
}
