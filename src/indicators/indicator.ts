// What do all indicators have in common? A value that one bar moves on, and when it no longer remembers where it began.

/** A state machine over bars. Undefined is NaN: during the warm-up, and as its conventions say after an undefined input. */
export interface Indicator {
  /**
   * Updates after which the outputs agree to 1e-9 with those of a machine that has seen a much longer history, measured
   * against the scale of the inputs. Infinity: the level always depends on the first bar.
   */
  readonly stableAfter: number;
}

/** An indicator with one output, fed with one number per bar. */
export interface SeriesIndicator extends Indicator {
  /** The output after the last update; NaN while undefined. */
  readonly value: number;
  /** Takes the next input and returns the new `value`. */
  update(x: number): number;
}

/** An indicator with one output, fed with the prices of a bar. */
export interface RangeIndicator extends Indicator {
  readonly value: number;
  update(high: number, low: number, close: number): number;
}

/** Returns `bars` if it is a whole number of at least `least`. @throws RangeError otherwise */
export function checkedPeriod(bars: number, least = 1): number {
  if (!Number.isInteger(bars) || bars < least) {
    throw new RangeError(`a period must be a whole number of at least ${least} bars, got ${bars}`);
  }
  return bars;
}
