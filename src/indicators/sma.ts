// What is the mean of the last n values? First defined at index n - 1.
import type { SeriesIndicator } from './indicator.ts';
import { RollingWindow } from './rolling-window.ts';

class SmaState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly window: RollingWindow;

  constructor(period: number) {
    this.window = new RollingWindow(period);
    this.stableAfter = period;
  }

  update(x: number): number {
    this.window.push(x);
    this.value = this.window.mean();
    return this.value;
  }
}

/** Simple moving average; undefined while an undefined value is among the last `period`. */
export const createSma = (period: number): SeriesIndicator => new SmaState(period);
