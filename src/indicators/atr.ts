// How far does the price usually travel in one bar? Wilder average of the true range; first defined at index n.
import type { RangeIndicator, SeriesIndicator } from './indicator.ts';
import { createTrueRange } from './true-range.ts';
import { createWilder } from './wilder.ts';

class AtrState implements RangeIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly range: RangeIndicator;
  private readonly average: SeriesIndicator;

  constructor(period: number) {
    this.range = createTrueRange();
    this.average = createWilder(period);
    this.stableAfter = 1 + this.average.stableAfter;
  }

  update(high: number, low: number, close: number): number {
    this.value = this.average.update(this.range.update(high, low, close));
    return this.value;
  }
}

/** Average true range in price units, seeded with the mean of the true ranges 1..period. */
export const createAtr = (period: number): RangeIndicator => new AtrState(period);
