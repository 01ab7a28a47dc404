// How far from its mean does the price usually stray? Bollinger bands with population deviation; first defined at index n - 1.
import type { Indicator } from './indicator.ts';
import { RollingWindow } from './rolling-window.ts';

export interface Bollinger extends Indicator {
  readonly middle: number;
  /** Population standard deviation of the same closes. */
  readonly deviation: number;
  readonly upper: number;
  readonly lower: number;
  /** Takes the next close and returns `middle`. */
  update(close: number): number;
}

class BollingerState implements Bollinger {
  middle = NaN;
  deviation = NaN;
  upper = NaN;
  lower = NaN;
  readonly stableAfter: number;
  private readonly window: RollingWindow;
  private readonly width: number;

  constructor(period: number, width: number) {
    this.window = new RollingWindow(period);
    this.width = width;
    this.stableAfter = period;
  }

  update(close: number): number {
    const { window } = this;
    window.push(close);
    this.middle = window.mean();
    this.deviation = Math.sqrt(window.squaredDeviations(this.middle) / window.length);
    this.upper = this.middle + this.width * this.deviation;
    this.lower = this.middle - this.width * this.deviation;
    return this.middle;
  }
}

/** Bands `width` deviations above and below the mean of the last `period` closes, in price units. */
export const createBollinger = (period: number, width: number): Bollinger => new BollingerState(period, width);
