// When has boosting stopped getting better? Patience with a validation metric, lower is better.

export interface EarlyStopping {
  /** The round (from 0) with the first minimum; -1 before any metric was seen. */
  readonly bestRound: number;
  readonly bestMetric: number;
  /** Rounds seen so far. */
  readonly rounds: number;
  /** `patience` rounds in a row brought no strict improvement. */
  readonly hasStopped: boolean;
}

export const NOTHING_SEEN: EarlyStopping = { bestRound: -1, bestMetric: Infinity, rounds: 0, hasStopped: false };

/** The state after one more round; an undefined metric is no improvement. */
export function afterRound(state: EarlyStopping, metric: number | undefined, patience: number): EarlyStopping {
  const rounds = state.rounds + 1;
  if (metric !== undefined && metric < state.bestMetric) {
    return { bestRound: state.rounds, bestMetric: metric, rounds, hasStopped: false };
  }
  return { ...state, rounds, hasStopped: rounds - 1 - state.bestRound >= patience };
}
