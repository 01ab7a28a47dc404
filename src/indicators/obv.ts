// Did volume come on rising or on falling closes? On-balance volume, in units of volume; starts at the first volume.
import type { Indicator } from './indicator.ts';

export interface Obv extends Indicator {
  readonly value: number;
  update(close: number, volume: number): number;
}

class ObvState implements Obv {
  value = NaN;
  readonly stableAfter = Infinity;
  private previousClose = NaN;

  update(close: number, volume: number): number {
    const move = close - this.previousClose;
    if (Number.isNaN(this.value) || Number.isNaN(move)) this.value = volume + 0 * close;
    else if (move > 0) this.value += volume;
    else if (move < 0) this.value -= volume;
    else this.value += 0 * volume;
    this.previousClose = Number.isNaN(this.value) ? NaN : close;
    return this.value;
  }
}

/** + volume if the close rises, - volume if it falls, unchanged if equal. After an undefined input it starts anew. */
export const createObv = (): Obv => new ObvState();
