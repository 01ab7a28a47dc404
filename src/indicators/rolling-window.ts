// What are the last n values, and what are their sums? A ring; everything is recomputed from what is in it, so nothing drifts.
import { checkedPeriod } from './indicator.ts';

/**
 * The last `length` values. Slots not yet filled hold NaN, so every sum is NaN until the window is full and while an
 * undefined value is inside it. Sums run in slot order with four partial sums: fixed, hence reproducible.
 */
export class RollingWindow {
  readonly length: number;
  private readonly slots: Float64Array;
  private next = 0;

  constructor(length: number) {
    this.length = checkedPeriod(length);
    this.slots = new Float64Array(length).fill(NaN);
  }

  /** Takes in `x` in place of the oldest value. */
  push(x: number): void {
    this.slots[this.next] = x;
    this.next = this.next + 1 === this.length ? 0 : this.next + 1;
  }

  /** The value pushed `length` pushes ago; NaN before. */
  oldest(): number {
    return this.slots[this.next];
  }

  /** Mean, taken as an offset from one of the values: exact for equal values, precise for large prices that barely move. */
  mean(): number {
    const { slots, length } = this;
    const pivot = slots[0];
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let index = 0;
    for (; index + 3 < length; index += 4) {
      a += slots[index] - pivot;
      b += slots[index + 1] - pivot;
      c += slots[index + 2] - pivot;
      d += slots[index + 3] - pivot;
    }
    for (; index < length; index += 1) a += slots[index] - pivot;
    return pivot + (a + b + (c + d)) / length;
  }

  /** Sum of squared deviations from `mean`: the second pass of a variance. */
  squaredDeviations(mean: number): number {
    const { slots, length } = this;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let index = 0;
    for (; index + 3 < length; index += 4) {
      const p = slots[index] - mean;
      const q = slots[index + 1] - mean;
      const r = slots[index + 2] - mean;
      const s = slots[index + 3] - mean;
      a += p * p;
      b += q * q;
      c += r * r;
      d += s * s;
    }
    for (; index < length; index += 1) a += (slots[index] - mean) * (slots[index] - mean);
    return a + b + (c + d);
  }

  /** Largest value; NaN while one is undefined. */
  max(): number {
    const { slots, length } = this;
    let largest = slots[0];
    for (let index = 1; index < length; index += 1) largest = Math.max(largest, slots[index]);
    return largest;
  }

  /** Smallest value; NaN while one is undefined. */
  min(): number {
    const { slots, length } = this;
    let smallest = slots[0];
    for (let index = 1; index < length; index += 1) smallest = Math.min(smallest, slots[index]);
    return smallest;
  }
}
