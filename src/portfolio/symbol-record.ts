// What does the portfolio layer remember of one symbol? The returns of its last bars, its trend, and what its model thought.
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle } from '../domain/candle.ts';
import { barsPerYear, DAY_MS } from '../domain/time.ts';
import { createAdx, type Adx } from '../indicators/adx.ts';
import { COMPONENTS, type Component } from './portfolio-params.ts';

/** Metrics closer than this many digits are equal: their last bits depend on the scale of the prices. */
const METRIC_DIGITS = 12;

export interface RecordParams {
  readonly barMs: number;
  readonly adxPeriod: number;
  /** Bars of returns that are kept. */
  readonly bars: number;
}

/** Fed with closed candles in rising time; filled-in candles say nothing, and a hole that splits the series is no return. */
export class SymbolRecord {
  private readonly params: RecordParams;
  /** Simple return that ended with the bar of a number, at that number modulo `bars`. */
  private readonly returns: Float64Array;
  /** Number of the bar in a slot; -1: none. */
  private readonly barNumbers: Float64Array;
  /** Bars that the return in a slot spans. */
  private readonly spans: Float64Array;
  private adx: Adx;
  private previousClose = NaN;
  private previousNumber = NaN;
  private confidenceSum = 0;
  private judged = 0;

  constructor(params: RecordParams) {
    this.params = params;
    this.returns = new Float64Array(params.bars);
    this.barNumbers = new Float64Array(params.bars).fill(-1);
    this.spans = new Float64Array(params.bars);
    this.adx = createAdx(params.adxPeriod);
  }

  update({ flags, closeTime, high, low, close }: Candle): void {
    if ((flags & FLAG_SEGMENT_START) !== 0) {
      this.previousClose = NaN;
      this.adx = createAdx(this.params.adxPeriod);
    }
    if ((flags & FLAG_FILLED) !== 0) return;
    this.adx.update(high, low, close);
    const number = Math.floor(closeTime / this.params.barMs);
    const slot = number % this.params.bars;
    this.returns[slot] = close / this.previousClose - 1;
    this.barNumbers[slot] = number;
    this.spans[slot] = number - this.previousNumber;
    this.previousClose = close;
    this.previousNumber = number;
  }

  /** A confidence of 0 to 1; anything undefined is not counted. */
  noteConfidence(confidence: number): void {
    if (Number.isNaN(confidence)) return;
    this.confidenceSum += confidence;
    this.judged += 1;
  }

  /** The mean of the confidences begins anew. */
  forgetConfidence(): void {
    this.confidenceSum = 0;
    this.judged = 0;
  }

  /**
   * The components at the close `time`: annualised Sharpe ratio and daily volatility of the returns of the last `bars` bars,
   * ADX, mean confidence. Undefined: not known, or fewer than half of the returns are.
   */
  values(time: number, bars: number): Readonly<Record<Component, number | undefined>> {
    const { mean, deviation } = momentsOf(this.knownReturns(time, bars), bars / 2);
    const { barMs } = this.params;
    const raw: Record<Component, number> = {
      sharpe: deviation > 0 ? (mean / deviation) * Math.sqrt(barsPerYear(barMs)) : NaN,
      adx: this.adx.adx,
      confidence: this.judged > 0 ? this.confidenceSum / this.judged : NaN,
      volatility: deviation * Math.sqrt(DAY_MS / barMs),
    };
    return recordOf((name) => defined(raw[name]));
  }

  /** The return over the one bar with `number`; NaN: not known, or it spans several bars. */
  returnOver(number: number): number {
    const slot = number % this.params.bars;
    return this.barNumbers[slot] === number && this.spans[slot] === 1 ? this.returns[slot] : NaN;
  }

  /** Returns that ended in the last `bars` bars up to `time`, oldest first, whatever they span. */
  private knownReturns(time: number, bars: number): number[] {
    const last = Math.floor(time / this.params.barMs);
    const known: number[] = [];
    for (let number = last - bars + 1; number <= last; number += 1) {
      const slot = number % this.params.bars;
      if (this.barNumbers[slot] === number && !Number.isNaN(this.returns[slot])) known.push(this.returns[slot]);
    }
    return known;
  }
}

/** One entry for every component. */
export function recordOf<Value>(valueOf: (name: Component) => Value): Readonly<Record<Component, Value>> {
  const [sharpe, adx, confidence, volatility] = COMPONENTS;
  return {
    [sharpe]: valueOf(sharpe),
    [adx]: valueOf(adx),
    [confidence]: valueOf(confidence),
    [volatility]: valueOf(volatility),
  };
}

function defined(value: number): number | undefined {
  return Number.isFinite(value) ? Number(value.toPrecision(METRIC_DIGITS)) : undefined;
}

/** Mean and sample deviation in two passes; NaN for fewer than `least` values, or fewer than two. */
function momentsOf(values: readonly number[], least: number): { readonly mean: number; readonly deviation: number } {
  if (values.length < Math.max(2, least)) return { mean: NaN, deviation: NaN };
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
