// How far apart are a fast and a slow average, and is that growing? MACD; line from index slow - 1, signal from slow + signal - 2.
import { createEma } from './ema.ts';
import { checkedPeriod, type Indicator, type SeriesIndicator } from './indicator.ts';
import { barsToForget, emaRetention } from './stability.ts';

export interface Macd extends Indicator {
  /** EMA fast - EMA slow, each seeded by its own first mean; in the unit of the input. */
  readonly line: number;
  /** EMA of the line. */
  readonly signal: number;
  /** Line - signal. */
  readonly histogram: number;
  /** Takes the next close and returns `histogram`. */
  update(close: number): number;
}

class MacdState implements Macd {
  line = NaN;
  signal = NaN;
  histogram = NaN;
  readonly stableAfter: number;
  private readonly fast: SeriesIndicator;
  private readonly slow: SeriesIndicator;
  private readonly average: SeriesIndicator;

  constructor(fast: number, slow: number, signal: number) {
    this.fast = createEma(checkedPeriod(fast));
    this.slow = createEma(checkedPeriod(slow, fast + 1));
    this.average = createEma(signal);
    this.stableAfter = slow + signal - 1 + barsToForget(emaRetention(slow), emaRetention(signal));
  }

  update(close: number): number {
    this.line = this.fast.update(close) - this.slow.update(close);
    this.signal = this.average.update(this.line);
    this.histogram = this.line - this.signal;
    return this.histogram;
  }
}

/** @throws RangeError unless fast < slow */
export const createMacd = (fast: number, slow: number, signal: number): Macd => new MacdState(fast, slow, signal);
