// How one-sided were the last moves? Wilder's relative strength index, 0..100; first defined at index n. Wilder 1978.
import type { SeriesIndicator } from './indicator.ts';
import { createWilder } from './wilder.ts';

class RsiState implements SeriesIndicator {
  value = NaN;
  readonly stableAfter: number;
  private readonly gain: SeriesIndicator;
  private readonly loss: SeriesIndicator;
  private previous = NaN;

  constructor(period: number) {
    this.gain = createWilder(period);
    this.loss = createWilder(period);
    this.stableAfter = 1 + this.gain.stableAfter;
  }

  update(close: number): number {
    const move = close - this.previous;
    this.previous = close;
    const gain = this.gain.update(Math.max(move, 0));
    const loss = this.loss.update(Math.max(-move, 0));
    this.value = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
    return this.value;
  }
}

/** 100 × G / (G + L) over Wilder averages of up and down moves; 50 when nothing moved. */
export const createRsi = (period: number): SeriesIndicator => new RsiState(period);
