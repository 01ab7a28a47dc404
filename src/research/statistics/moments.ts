// What are mean, spread and shape of a list of numbers? Two passes, fixed order of summation.

/**
 * A spread of simple returns up to this is rounding, not variation: P and P' carry a few roundings each, and P/P' - 1 keeps
 * them as absolute errors of about one epsilon whatever the size of P.
 */
export const RETURN_ROUNDING: number = 64 * Number.EPSILON;

/** Arithmetic mean; undefined for an empty list. */
export function mean(values: ArrayLike<number>): number | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const first = values[0];
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += values[i] - first;
  return first + sum / count;
}

/** Sample variance (n - 1); undefined for fewer than two values, exactly 0 when all are equal. */
export function sampleVariance(values: ArrayLike<number>): number | undefined {
  const centre = mean(values);
  if (centre === undefined || values.length < 2) return undefined;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i] - centre) ** 2;
  return squares / (values.length - 1);
}

/** Sample standard deviation (n - 1); undefined for fewer than two values. */
export function sampleDeviation(values: ArrayLike<number>): number | undefined {
  const variance = sampleVariance(values);
  return variance === undefined ? undefined : Math.sqrt(variance);
}

/** Whether simple returns do not vary beyond rounding; an empty list does not vary. */
export function areReturnsConstant(returns: ArrayLike<number>): boolean {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0; i < returns.length; i += 1) {
    const value = returns[i];
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return isSpreadRounding(lowest, highest);
}

/** Whether returns between `lowest` and `highest` differ by rounding only. */
export function isSpreadRounding(lowest: number, highest: number): boolean {
  return !(highest - lowest > RETURN_ROUNDING * (1 + Math.max(Math.abs(lowest), Math.abs(highest))));
}

export interface ReturnShape {
  /** Third standardised population moment. */
  readonly skew: number;
  /** Fourth standardised population moment, not in excess: 3 for the Normal distribution. */
  readonly kurtosis: number;
}

/** Population skew and kurtosis of returns; undefined where the returns do not vary. */
export function returnShape(returns: ArrayLike<number>): ReturnShape | undefined {
  const centre = mean(returns);
  if (centre === undefined || areReturnsConstant(returns)) return undefined;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < returns.length; i += 1) {
    const deviation = returns[i] - centre;
    const square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  second /= returns.length;
  third /= returns.length;
  fourth /= returns.length;
  return { skew: third / (second * Math.sqrt(second)), kurtosis: fourth / (second * second) };
}
