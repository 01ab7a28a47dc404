// How much do the last n values vary? Sample standard deviation (n - 1) in two passes; first defined at index n - 1.
import { checkedPeriod, type SeriesIndicator } from './indicator.ts';
import { RollingWindow } from './rolling-window.ts';

class SampleDeviationState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly window: RollingWindow;

  constructor(period: number) {
    this.window = new RollingWindow(checkedPeriod(period, 2));
    this.stableAfter = period;
  }

  update(x: number): number {
    const { window } = this;
    window.push(x);
    this.value = Math.sqrt(window.squaredDeviations(window.mean()) / (window.length - 1));
    return this.value;
  }
}

/** Standard deviation of the last `period` >= 2 values, in their unit; undefined while one of them is. */
export const createSampleDeviation = (period: number): SeriesIndicator => new SampleDeviationState(period);
