// What does a probability mean in money? Break-even from the labels' own net returns, and the unit that conviction is counted in.
import type { EdgeScale } from '../strategy/meta-model.ts';

export interface EdgeSamples {
  /** 1 or 0 per sample. */
  readonly label: ArrayLike<number>;
  /** Net return of each sample's trade, a fraction of the entry value. */
  readonly netReturn: ArrayLike<number>;
  /** At least 0; both classes have some. */
  readonly weight: ArrayLike<number>;
}

export interface Conviction {
  /** Probabilities on data that was not fitted on; at least one. */
  readonly predictions: Float64Array;
  /** How many independent samples those are worth. */
  readonly effectiveSamples: number;
}

/**
 * Break-even is the p at which p × mean win = (1 - p) × mean loss, both weighted and net of all costs. The spread is the
 * standard deviation of the predictions, but not less than the base rate's own standard error: a model that says nearly
 * the same everywhere must not turn noise into conviction.
 */
export function edgeScaleOf({ label, netReturn, weight }: EdgeSamples, conviction: Conviction): EdgeScale {
  const sum = [0, 0];
  const weights = [0, 0];
  for (let sample = 0; sample < label.length; sample += 1) {
    const side = label[sample] === 1 ? 1 : 0;
    sum[side] += weight[sample] * netReturn[sample];
    weights[side] += weight[sample];
  }
  const meanLoss = -sum[0] / weights[0];
  const meanWin = sum[1] / weights[1];
  const baseRate = weights[1] / (weights[0] + weights[1]);
  const chance = Math.sqrt((baseRate * (1 - baseRate)) / Math.max(1, conviction.effectiveSamples));
  return {
    breakEven: meanLoss / (meanWin + meanLoss),
    spread: Math.max(populationDeviation(conviction.predictions), chance),
  };
}

function populationDeviation(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index];
  const centre = sum / values.length;
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) squares += (values[index] - centre) ** 2;
  return Math.sqrt(squares / values.length);
}
