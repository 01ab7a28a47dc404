// Is there a trend, and which way? ADX with +DI and -DI, 0..100: DI from index n, ADX from 2n - 1. Wilder 1978, as TA-Lib.
import { checkedPeriod, type Indicator } from './indicator.ts';
import { barsToForget, wilderRetention } from './stability.ts';

export interface Adx extends Indicator {
  /** Strength of the trend whatever its direction. */
  readonly adx: number;
  readonly plusDi: number;
  readonly minusDi: number;
  /** Takes the next bar and returns `adx`. */
  update(high: number, low: number, close: number): number;
}

class AdxState implements Adx {
  adx = NaN;
  plusDi = NaN;
  minusDi = NaN;
  readonly stableAfter: number;
  private readonly period: number;
  private readonly retention: number;
  private previousHigh = NaN;
  private previousLow = NaN;
  private previousClose = NaN;
  private plusSum = NaN;
  private minusSum = NaN;
  private rangeSum = NaN;
  private dxSum = NaN;
  /** Moves taken in since the (re)start: bar k of the definition is move k. */
  private moves = 0;

  constructor(period: number) {
    this.period = checkedPeriod(period);
    this.retention = wilderRetention(period);
    this.stableAfter = 2 * period + barsToForget(this.retention, this.retention);
    this.restart();
  }

  update(high: number, low: number, close: number): number {
    const up = high - this.previousHigh;
    const down = this.previousLow - low;
    const range = Math.max(high - low, Math.abs(high - this.previousClose), Math.abs(low - this.previousClose));
    this.previousHigh = high;
    this.previousLow = low;
    this.previousClose = close;
    if (Number.isNaN(up + down + range)) this.restart();
    else this.move(up, down, range);
    return this.adx;
  }

  private move(up: number, down: number, range: number): void {
    const { period } = this;
    this.moves += 1;
    const kept = this.moves < period ? 1 : this.retention;
    this.plusSum = this.plusSum * kept + (up > down && up > 0 ? up : 0);
    this.minusSum = this.minusSum * kept + (down > up && down > 0 ? down : 0);
    this.rangeSum = this.rangeSum * kept + range;
    if (this.moves < period) return;
    this.plusDi = this.rangeSum === 0 ? 0 : (100 * this.plusSum) / this.rangeSum;
    this.minusDi = this.rangeSum === 0 ? 0 : (100 * this.minusSum) / this.rangeSum;
    this.average();
  }

  /** Without movement in either direction DX is skipped: it counts 0 inside the seed and leaves ADX as it is afterwards. */
  private average(): void {
    const { period, plusDi, minusDi, moves } = this;
    const total = plusDi + minusDi;
    const dx = total === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / total;
    if (moves < 2 * period) {
      this.dxSum += dx;
      if (moves === 2 * period - 1) this.adx = this.dxSum / period;
    } else if (total !== 0) {
      this.adx = (this.adx * (period - 1) + dx) / period;
    }
  }

  private restart(): void {
    this.adx = NaN;
    this.plusDi = NaN;
    this.minusDi = NaN;
    this.plusSum = 0;
    this.minusSum = 0;
    this.rangeSum = 0;
    this.dxSum = 0;
    this.moves = 0;
  }
}

/** Smoothed sums seeded with bars 1..n-1, then s = s - s/n + x. An undefined price restarts it. */
export const createAdx = (period: number): Adx => new AdxState(period);
