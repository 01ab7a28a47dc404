// Is this bar's volume unusual? Volume over the mean of the last n, this bar included; first defined at index n - 1.
import type { SeriesIndicator } from './indicator.ts';
import { createSma } from './sma.ts';

class VolumeRatioState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly average: SeriesIndicator;

  constructor(bars: number) {
    this.average = createSma(bars);
    this.stableAfter = this.average.stableAfter;
  }

  update(volume: number): number {
    this.value = volume / this.average.update(volume);
    return this.value;
  }
}

/** 1 is the usual volume; undefined when nothing was traded in all `bars`. */
export const createVolumeRatio = (bars: number): SeriesIndicator => new VolumeRatioState(bars);
