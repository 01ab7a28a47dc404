// How volatile was the price over the last n bars? Sample deviation of n log returns, per bar; first defined at index n.
import type { SeriesIndicator } from './indicator.ts';
import { createLogReturn } from './log-return.ts';
import { createSampleDeviation } from './sample-deviation.ts';

class RealisedVolatilityState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly step: SeriesIndicator;
  private readonly deviation: SeriesIndicator;

  constructor(bars: number) {
    this.step = createLogReturn();
    this.deviation = createSampleDeviation(bars);
    this.stableAfter = bars + 1;
  }

  update(close: number): number {
    this.value = this.deviation.update(this.step.update(close));
    return this.value;
  }
}

/** Realised volatility of one bar as a fraction; annualise with the square root of the bars per year. */
export const createRealisedVolatility = (bars: number): SeriesIndicator => new RealisedVolatilityState(bars);
