// How far did the price travel in one bar, gaps included? True range; first defined at index 1. Wilder 1978.
import type { RangeIndicator } from './indicator.ts';

class TrueRangeState implements RangeIndicator {
  value = NaN;
  readonly stableAfter = 2;
  private previousClose = NaN;

  update(high: number, low: number, close: number): number {
    const previous = this.previousClose;
    this.previousClose = close;
    this.value = Math.max(high - low, Math.abs(high - previous), Math.abs(low - previous));
    return this.value;
  }
}

/** max(high - low, |high - previous close|, |low - previous close|); undefined without a previous close. */
export const createTrueRange = (): RangeIndicator => new TrueRangeState();
