// How surprising is a result, alone and among many? Resampling p-values and their adjustment for multiple tests.

/** (1 + number of `permuted` at or above `observed`) / (1 + number): never 0. */
export function permutationPValue(observed: number, permuted: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < permuted.length; i += 1) if (permuted[i] >= observed) count += 1;
  return (1 + count) / (1 + permuted.length);
}

/** Adjusted p-values in input order, at most 1. */
export interface AdjustedPValues {
  readonly bonferroni: Float64Array;
  /** Family-wise error, step down. */
  readonly holm: Float64Array;
  /** False discovery rate under independence or positive dependence. */
  readonly benjaminiHochberg: Float64Array;
  /** False discovery rate under any dependence. */
  readonly benjaminiYekutieli: Float64Array;
}

/** Adjusts p-values for their number. */
export function adjustPValues(pValues: ArrayLike<number>): AdjustedPValues {
  const count = pValues.length;
  const order = Array.from({ length: count }, (_, index) => index).sort((a, b) => pValues[a] - pValues[b] || a - b);
  const holm = new Float64Array(count);
  for (let rank = 0, running = 0; rank < count; rank += 1) {
    running = Math.max(running, (count - rank) * pValues[order[rank]]);
    holm[order[rank]] = Math.min(1, running);
  }
  let harmonic = 0;
  for (let rank = 1; rank <= count; rank += 1) harmonic += 1 / rank;
  return {
    bonferroni: Float64Array.from({ length: count }, (_, index) => Math.min(1, count * pValues[index])),
    holm,
    benjaminiHochberg: stepUp(pValues, order, count),
    benjaminiYekutieli: stepUp(pValues, order, count * harmonic),
  };
}

function stepUp(pValues: ArrayLike<number>, order: readonly number[], factor: number): Float64Array {
  const adjusted = new Float64Array(order.length);
  for (let rank = order.length - 1, running = 1; rank >= 0; rank -= 1) {
    running = Math.min(running, (factor / (rank + 1)) * pValues[order[rank]]);
    adjusted[order[rank]] = running;
  }
  return adjusted;
}
