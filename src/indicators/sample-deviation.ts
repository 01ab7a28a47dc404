// How much do the last n values vary? Sample standard deviation (n - 1); first defined at index n - 1.
import { checkedPeriod, type SeriesIndicator } from './indicator.ts';
import { RollingMoments } from './rolling-moments.ts';

class SampleDeviationState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly window: RollingMoments;
  private readonly degrees: number;

  constructor(period: number) {
    this.window = new RollingMoments(checkedPeriod(period, 2));
    this.degrees = period - 1;
    this.stableAfter = period;
  }

  update(x: number): number {
    this.window.push(x);
    this.value = Math.sqrt(this.window.squaredDeviations / this.degrees);
    return this.value;
  }
}

/** Standard deviation of the last `period` >= 2 values, in their unit; undefined while one of them is. */
export const createSampleDeviation = (period: number): SeriesIndicator => new SampleDeviationState(period);
