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
    if (Number.isNaN(close + volume)) this.value = NaN;
    else if (Number.isNaN(this.value)) this.value = volume;
    else if (close > this.previousClose) this.value += volume;
    else if (close < this.previousClose) this.value -= volume;
    this.previousClose = close;
    return this.value;
  }
}

/** + volume if the close rises, - volume if it falls, unchanged if equal. After an undefined input it starts anew. */
export const createObv = (): Obv => new ObvState();
