// How deep could the same trades have fallen? Drawdowns of reordered and of resampled trade returns.
import type { Random } from '../../domain/random.ts';
import { quantileOfSorted, sorted } from './quantile.ts';

export interface MonteCarloInput {
  /** Return on equity of each trade, compounded in order. Independence of the trades is assumed. */
  readonly tradeReturns: ArrayLike<number>;
  /** Orders that use every trade once: the end value stays, the path changes. */
  readonly permutations: readonly ArrayLike<number>[];
  /** Draws with replacement: the end value changes too. */
  readonly resamples: readonly ArrayLike<number>[];
  /** Drawdown fraction whose probability is asked. */
  readonly drawdownLimit: number;
}

export interface MonteCarloDrawdown {
  /** Drawdown in the order that happened. */
  readonly observed: number;
  readonly reorderDrawdowns: Float64Array;
  readonly resampleDrawdowns: Float64Array;
  /** Total return of each resample. */
  readonly resampleReturns: Float64Array;
  /** Share of resamples whose drawdown exceeds the limit; undefined without resamples. */
  readonly probabilityOverLimit: number | undefined;
  /** Share of resamples that lose. */
  readonly probabilityOfLoss: number | undefined;
}

/** Monte Carlo of compounded trade returns. Equity that reaches zero stays there: drawdown 1, return -1. */
export function monteCarloDrawdown(input: MonteCarloInput): MonteCarloDrawdown {
  const { tradeReturns, permutations, resamples, drawdownLimit } = input;
  const inOrder = Int32Array.from({ length: tradeReturns.length }, (_, index) => index);
  const resampled = resamples.map((order) => pathOf(tradeReturns, order));
  const shareOf = (test: (path: Path) => boolean): number | undefined =>
    resampled.length === 0 ? undefined : resampled.filter((path) => test(path)).length / resampled.length;
  return {
    observed: pathOf(tradeReturns, inOrder).drawdown,
    reorderDrawdowns: Float64Array.from(permutations, (order) => pathOf(tradeReturns, order).drawdown),
    resampleDrawdowns: Float64Array.from(resampled, (path) => path.drawdown),
    resampleReturns: Float64Array.from(resampled, (path) => path.totalReturn),
    probabilityOverLimit: shareOf((path) => path.drawdown > drawdownLimit),
    probabilityOfLoss: shareOf((path) => path.totalReturn < 0),
  };
}

/** Quantiles (type 7) of drawdowns at each of `probabilities`. */
export function drawdownQuantiles(
  drawdowns: Float64Array,
  probabilities: readonly number[],
): readonly (number | undefined)[] {
  const ascending = sorted(drawdowns);
  return probabilities.map((probability) => quantileOfSorted(ascending, probability));
}

/** `count` random orders of `length` trades (Fisher-Yates). */
export function randomPermutations(length: number, count: number, random: Random): readonly Int32Array[] {
  return Array.from({ length: count }, () => {
    const order = Int32Array.from({ length }, (_, index) => index);
    for (let i = length - 1; i > 0; i -= 1) {
      const j = random.below(i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  });
}

interface Path {
  readonly drawdown: number;
  readonly totalReturn: number;
}

function pathOf(returns: ArrayLike<number>, order: ArrayLike<number>): Path {
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (let i = 0; i < order.length; i += 1) {
    equity *= 1 + returns[order[i]];
    if (!(equity > 0)) return { drawdown: 1, totalReturn: -1 };
    if (equity > peak) peak = equity;
    else if (1 - equity / peak > deepest) deepest = 1 - equity / peak;
  }
  return { drawdown: deepest, totalReturn: equity - 1 };
}
