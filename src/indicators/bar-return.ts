// By which fraction did the price change over n bars? Simple return; first defined at index n.
import type { SeriesIndicator } from './indicator.ts';
import { RollingWindow } from './rolling-window.ts';

class BarReturnState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly window: RollingWindow;

  constructor(bars: number) {
    this.window = new RollingWindow(bars);
    this.stableAfter = bars + 1;
  }

  update(price: number): number {
    this.value = price / this.window.oldest() - 1;
    this.window.push(price);
    return this.value;
  }
}

/** P_t / P_t-bars - 1; undefined when either price is. */
export const createBarReturn = (bars: number): SeriesIndicator => new BarReturnState(bars);
