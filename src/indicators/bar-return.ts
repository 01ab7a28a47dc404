// By which fraction did the price change over n bars? Simple return; first defined at index n.
import type { SeriesIndicator } from './indicator.ts';
import { RollingWindow } from './rolling-window.ts';

class BarReturnState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly window: RollingWindow;
  /** Defined prices in a row, the last included. */
  private known = 0;

  constructor(bars: number) {
    this.window = new RollingWindow(bars);
    this.stableAfter = bars + 1;
  }

  update(price: number): number {
    this.known = Number.isNaN(price) ? 0 : this.known + 1;
    this.value = this.known > this.window.length ? price / this.window.oldest() - 1 : NaN;
    this.window.push(price);
    return this.value;
  }
}

/** P_t / P_t-bars - 1; undefined while a price in between is. */
export const createBarReturn = (bars: number): SeriesIndicator => new BarReturnState(bars);
