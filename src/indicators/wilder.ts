// What is Wilder's average? Seeded with the mean of the first n values, then w = (w × (n - 1) + x) / n. Wilder 1978.
import { checkedPeriod, type SeriesIndicator } from './indicator.ts';
import { barsToForget, wilderRetention } from './stability.ts';

class WilderState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly period: number;
  private seedSum = NaN;
  private seedCount = 0;

  constructor(period: number) {
    this.period = checkedPeriod(period);
    this.stableAfter = period + barsToForget(wilderRetention(period));
  }

  update(x: number): number {
    if (this.seedCount === this.period) {
      this.value = (this.value * (this.period - 1) + x) / this.period;
      if (Number.isNaN(this.value)) this.seedCount = 0;
    } else {
      this.seed(x);
    }
    return this.value;
  }

  private seed(x: number): void {
    if (Number.isNaN(x)) {
      this.seedCount = 0;
      return;
    }
    this.seedSum = this.seedCount === 0 ? x : this.seedSum + x;
    this.seedCount += 1;
    if (this.seedCount === this.period) this.value = this.seedSum / this.period;
  }
}

/** An exponential average of weight 1/period. An undefined input makes it undefined and the next `period` inputs seed it anew. */
export const createWilder = (period: number): SeriesIndicator => new WilderState(period);
