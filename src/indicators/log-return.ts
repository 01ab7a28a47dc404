// By what logarithmic step did the price move since the last bar? First defined at index 1.
import type { SeriesIndicator } from './indicator.ts';

class LogReturnState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter = 2;
  private previous = NaN;

  update(price: number): number {
    this.value = Math.log(price / this.previous);
    this.previous = price;
    return this.value;
  }
}

/** ln(P_t / P_t-1): for volatility estimates only, never for profit and loss. */
export const createLogReturn = (): SeriesIndicator => new LogReturnState();
