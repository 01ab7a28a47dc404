// Where in its recent range does the close lie? Slow stochastic, 0..100: K from index n + s - 2, D from n + s + d - 3.
import type { Indicator, SeriesIndicator } from './indicator.ts';
import { RollingWindow } from './rolling-window.ts';
import { createSma } from './sma.ts';

export interface Stochastic extends Indicator {
  readonly k: number;
  readonly d: number;
  /** Takes the next bar and returns `k`. */
  update(high: number, low: number, close: number): number;
}

class StochasticState implements Stochastic {
  k = NaN;
  d = NaN;
  readonly stableAfter: number;
  private readonly highs: RollingWindow;
  private readonly lows: RollingWindow;
  private readonly kAverage: SeriesIndicator;
  private readonly dAverage: SeriesIndicator;

  constructor(period: number, smoothing: number, signal: number) {
    this.highs = new RollingWindow(period);
    this.lows = new RollingWindow(period);
    this.kAverage = createSma(smoothing);
    this.dAverage = createSma(signal);
    this.stableAfter = period + smoothing + signal - 2;
  }

  update(high: number, low: number, close: number): number {
    this.highs.push(high);
    this.lows.push(low);
    const lowest = this.lows.min();
    const range = this.highs.max() - lowest;
    this.k = this.kAverage.update(range === 0 ? 50 : (100 * (close - lowest)) / range);
    this.d = this.dAverage.update(this.k);
    return this.k;
  }
}

/** K = SMA(smoothing) of 100 × (close - lowest) / (highest - lowest) over `period` bars, D = SMA(signal) of K; 50 without a range. */
export const createStochastic = (period: number, smoothing: number, signal: number): Stochastic =>
  new StochasticState(period, smoothing, signal);
