// What is the exponential moving average? Seeded with the mean of the first n values; first defined at index n - 1.
import { checkedPeriod, type SeriesIndicator } from './indicator.ts';
import { barsToForget, emaRetention } from './stability.ts';

class EmaState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly period: number;
  private readonly weight: number;
  private seedSum = NaN;
  private seedCount = 0;

  constructor(period: number) {
    this.period = checkedPeriod(period);
    this.weight = 2 / (period + 1);
    this.stableAfter = period + barsToForget(emaRetention(period));
  }

  update(x: number): number {
    if (this.seedCount === this.period) {
      this.value += this.weight * (x - this.value);
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

/** e += 2/(period + 1) × (x - e). An undefined input makes it undefined and the next `period` inputs seed it anew. */
export const createEma = (period: number): SeriesIndicator => new EmaState(period);
