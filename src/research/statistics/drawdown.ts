// How far and how long was equity below its peak? Every bar, marked to market.

export interface Drawdown {
  /** Largest fraction below the running peak, 0..1. */
  readonly maximum: number;
  /** Last bar at the peak before the largest drawdown; undefined where there was none. */
  readonly peakIndex: number | undefined;
  readonly troughIndex: number | undefined;
  /** First bar back at that peak; undefined: not recovered. */
  readonly recoveryIndex: number | undefined;
  /** Longest run of bars below the running peak. */
  readonly longestUnderwaterBars: number;
  /** Root mean square of the drawdown over all bars. */
  readonly ulcerIndex: number;
}

/** Drawdown of `equity`, of which the first value is positive and none negative; undefined for no value. */
export function drawdown(equity: Float64Array): Drawdown | undefined {
  if (equity.length === 0) return undefined;
  let peak = equity[0];
  let lastPeakIndex = 0;
  let maximum = 0;
  let peakIndex: number | undefined;
  let troughIndex: number | undefined;
  let underwater = 0;
  let longestUnderwaterBars = 0;
  let squares = 0;
  for (let i = 0; i < equity.length; i += 1) {
    const value = equity[i];
    if (value >= peak) {
      peak = value;
      lastPeakIndex = i;
      underwater = 0;
      continue;
    }
    underwater += 1;
    if (underwater > longestUnderwaterBars) longestUnderwaterBars = underwater;
    const fraction = 1 - value / peak;
    squares += fraction * fraction;
    if (fraction > maximum) {
      maximum = fraction;
      peakIndex = lastPeakIndex;
      troughIndex = i;
    }
  }
  const recoveryIndex =
    peakIndex === undefined || troughIndex === undefined ? undefined : recovery(equity, peakIndex, troughIndex);
  return {
    maximum,
    peakIndex,
    troughIndex,
    recoveryIndex,
    longestUnderwaterBars,
    ulcerIndex: Math.sqrt(squares / equity.length),
  };
}

function recovery(equity: Float64Array, peakIndex: number, troughIndex: number): number | undefined {
  for (let i = troughIndex + 1; i < equity.length; i += 1) if (equity[i] >= equity[peakIndex]) return i;
  return undefined;
}
