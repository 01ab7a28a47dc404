// What are mean and variance of the last n values, at a cost that does not grow with n? Moments of two halves, merged.
import { checkedPeriod } from './indicator.ts';

/**
 * Moments of the last `length` values in constant time without ever subtracting what leaves, so nothing drifts. The ring is
 * cut in two: slots written in this round, whose moments grow by one value per push, and the older rest, whose moments were
 * computed for every possible rest when the round began. Both are merged by the pairwise formula of Chan, Golub and LeVeque
 * 1979, as accurate as two passes for values that vary on the scale of their mean; exact for equal values.
 * Slots not yet filled hold NaN, so everything is NaN until the window is full and while an undefined value is inside it.
 */
export class RollingMoments {
  /** Mean of the window. */
  mean = NaN;
  /** Sum of squared deviations from that mean. */
  squaredDeviations = NaN;
  private readonly length: number;
  private readonly slots: Float64Array;
  /** Mean and squared deviations of slots i..length-1 as they were when the round began; 0 beyond the end. */
  private readonly restMean: Float64Array;
  private readonly restSquares: Float64Array;
  private newMean = NaN;
  private newSquares = NaN;
  private written = 0;

  constructor(length: number) {
    this.length = checkedPeriod(length);
    this.slots = new Float64Array(length);
    this.restMean = new Float64Array(length + 1).fill(NaN, 0, length);
    this.restSquares = new Float64Array(length + 1).fill(NaN, 0, length);
  }

  /** Takes in `x` in place of the oldest value. */
  push(x: number): void {
    const { length } = this;
    this.slots[this.written] = x;
    this.written += 1;
    const { written } = this;
    const rest = length - written;
    if (written === 1) {
      this.newMean = x;
      this.newSquares = x - x;
    } else {
      const step = x - this.newMean;
      this.newMean += step / written;
      this.newSquares += step * (x - this.newMean);
    }
    if (rest === 0) {
      this.mean = this.newMean;
      this.squaredDeviations = this.newSquares;
      this.beginRound();
    } else {
      const apart = this.restMean[written] - this.newMean;
      const share = rest / length;
      this.mean = this.newMean + apart * share;
      this.squaredDeviations = this.newSquares + this.restSquares[written] + apart * apart * share * written;
    }
  }

  private beginRound(): void {
    const { length, slots, restMean, restSquares } = this;
    let mean = 0;
    let squares = 0;
    for (let slot = length - 1; slot >= 0; slot -= 1) {
      const x = slots[slot];
      const step = x - mean;
      if (slot === length - 1) {
        mean = x;
        squares = x - x;
      } else {
        mean += step / (length - slot);
        squares += step * (x - mean);
      }
      restMean[slot] = mean;
      restSquares[slot] = squares;
    }
    this.written = 0;
  }
}
