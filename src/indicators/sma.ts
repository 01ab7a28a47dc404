// What is the mean of the last n values? First defined at index n - 1.
import type { SeriesIndicator } from './indicator.ts';
import { RollingMoments } from './rolling-moments.ts';

class SmaState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly window: RollingMoments;

  constructor(period: number) {
    this.window = new RollingMoments(period);
    this.stableAfter = period;
  }

  update(x: number): number {
    this.window.push(x);
    this.value = this.window.mean;
    return this.value;
  }
}

/** Simple moving average; undefined while an undefined value is among the last `period`. */
export const createSma = (period: number): SeriesIndicator => new SmaState(period);
