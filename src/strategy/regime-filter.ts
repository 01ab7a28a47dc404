// What is the market doing, and which trades does that allow? Trend with hysteresis, range, or high volatility.
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle } from '../domain/candle.ts';
import { createAdx, type Adx } from '../indicators/adx.ts';
import { createAtr } from '../indicators/atr.ts';
import { createEma } from '../indicators/ema.ts';
import type { RangeIndicator, SeriesIndicator } from '../indicators/indicator.ts';
import { createSma } from '../indicators/sma.ts';

export type Regime = 'UNKNOWN' | 'TRENDING_UP' | 'TRENDING_DOWN' | 'RANGING' | 'HIGH_VOLATILITY';

export type RegimeSensitivity = 'relaxed' | 'standard' | 'strict';

/** Settings of section `regime`. */
export interface RegimeParams {
  /** False: every known regime allows both sides at size 1. */
  readonly enabled: boolean;
  /** Shifts both ADX thresholds by -5, 0 or +5. */
  readonly sensitivity: RegimeSensitivity;
  readonly adxPeriod: number;
  /** ADX at which a trend begins. */
  readonly adxEnter: number;
  /** ADX down to which a trend under way goes on. */
  readonly adxExit: number;
  readonly emaPeriod: number;
  readonly atrPeriod: number;
  /** Bars of the mean that ATR is compared with, the current one included. */
  readonly volatilityWindow: number;
  /** Volatility is high above this ratio of ATR to its mean. */
  readonly highVolatilityRatio: number;
  /** Factor on entries while volatility is high, 0..1. */
  readonly highVolatilitySize: number;
  readonly allowRanging: boolean;
  /** Factor on entries in a range, where those are allowed, 0..1. */
  readonly rangingSize: number;
  /** Equal readings in a row that a change needs. */
  readonly confirmBars: number;
}

/** What the last reading means for an entry. */
export interface RegimeVerdict {
  readonly regime: Regime;
  /** The reading of this bar alone, before confirmation. */
  readonly raw: Regime;
  readonly allowLong: boolean;
  readonly allowShort: boolean;
  /** Factor on the size of an entry; 0 where none is allowed. */
  readonly sizeMultiplier: number;
}

/** The rule alone, fed with indicator values. */
export interface RegimeMachine extends RegimeVerdict {
  /** Takes the values of a closed bar; `volatilityRatio` is ATR over its mean. NaN: undefined, so the regime is UNKNOWN. */
  update(adx: number, plusDi: number, minusDi: number, close: number, ema: number, volatilityRatio: number): void;
}

/** The rule with its own indicators, fed with candles. */
export interface RegimeFilter extends RegimeVerdict {
  /** Bars after which a later start gives the same regime. */
  readonly stableAfter: number;
  /** Takes a closed candle; filled candles are passed over, the first of a segment starts anew. */
  update(candle: Candle): void;
}

const SENSITIVITY_SHIFT: Readonly<Record<RegimeSensitivity, number>> = { relaxed: -5, standard: 0, strict: 5 };

/**
 * Bars that hysteresis is given to forget. Between the two thresholds the state depends on the last time ADX was outside
 * them, so no decay bounds it; ADX moves by about a point per bar and the band is five points wide.
 */
const HYSTERESIS_BARS = 250;

/** Bars after which indicators of `params` and the hysteresis built on them no longer depend on where they began. */
export function regimeStableAfter(params: RegimeParams): number {
  return Math.max(
    createEma(params.emaPeriod).stableAfter,
    createAdx(params.adxPeriod).stableAfter + HYSTERESIS_BARS,
    createAtr(params.atrPeriod).stableAfter + params.volatilityWindow - 1,
  );
}

class RegimeMachineState implements RegimeMachine {
  regime: Regime = 'UNKNOWN';
  raw: Regime = 'UNKNOWN';
  private readonly params: RegimeParams;
  private readonly adxEnter: number;
  private readonly adxExit: number;
  private candidate: Regime = 'UNKNOWN';
  private candidateBars = 0;

  constructor(params: RegimeParams) {
    const shift = SENSITIVITY_SHIFT[params.sensitivity];
    this.params = params;
    this.adxEnter = params.adxEnter + shift;
    this.adxExit = params.adxExit + shift;
  }

  get allowLong(): boolean {
    return this.regime === 'TRENDING_UP' || this.allowsBoth();
  }

  get allowShort(): boolean {
    return this.regime === 'TRENDING_DOWN' || this.allowsBoth();
  }

  get sizeMultiplier(): number {
    const { params, regime } = this;
    if (regime === 'UNKNOWN') return 0;
    if (!params.enabled) return 1;
    if (regime === 'HIGH_VOLATILITY') return params.highVolatilitySize;
    if (regime === 'RANGING') return params.allowRanging ? params.rangingSize : 0;
    return 1;
  }

  update(adx: number, plusDi: number, minusDi: number, close: number, ema: number, volatilityRatio: number): void {
    if (Number.isNaN(adx + plusDi + minusDi + close + ema + volatilityRatio)) this.raw = 'UNKNOWN';
    else if (volatilityRatio > this.params.highVolatilityRatio) this.raw = 'HIGH_VOLATILITY';
    else if (adx < this.threshold()) this.raw = 'RANGING';
    else if (plusDi > minusDi && close > ema) this.raw = 'TRENDING_UP';
    else if (minusDi > plusDi && close < ema) this.raw = 'TRENDING_DOWN';
    else this.raw = 'RANGING';
    this.confirm();
  }

  private threshold(): number {
    return this.regime === 'TRENDING_UP' || this.regime === 'TRENDING_DOWN' ? this.adxExit : this.adxEnter;
  }

  private confirm(): void {
    const { raw } = this;
    this.candidateBars = raw === this.candidate ? this.candidateBars + 1 : 1;
    this.candidate = raw;
    const immediate = raw === 'UNKNOWN' || raw === 'HIGH_VOLATILITY' || this.regime === 'UNKNOWN';
    if (immediate || this.candidateBars >= this.params.confirmBars) this.regime = raw;
  }

  private allowsBoth(): boolean {
    const { params, regime } = this;
    if (regime === 'UNKNOWN') return false;
    return !params.enabled || regime === 'HIGH_VOLATILITY' || (regime === 'RANGING' && params.allowRanging);
  }
}

/**
 * In this order: undefined input: UNKNOWN; volatility strictly above its threshold: HIGH_VOLATILITY; ADX at least the enter
 * threshold (the exit threshold while trending) with direction and average agreeing: TRENDING; else RANGING. UNKNOWN and
 * HIGH_VOLATILITY take effect at once, as does leaving UNKNOWN; any other change needs `confirmBars` equal readings.
 */
export const createRegimeMachine = (params: RegimeParams): RegimeMachine => new RegimeMachineState(params);

class RegimeFilterState implements RegimeFilter {
  readonly stableAfter: number;
  private readonly params: RegimeParams;
  private machine: RegimeMachine;
  private adx: Adx;
  private ema: SeriesIndicator;
  private atr: RangeIndicator;
  private atrMean: SeriesIndicator;

  constructor(params: RegimeParams) {
    this.params = params;
    this.stableAfter = regimeStableAfter(params);
    this.machine = createRegimeMachine(params);
    this.adx = createAdx(params.adxPeriod);
    this.ema = createEma(params.emaPeriod);
    this.atr = createAtr(params.atrPeriod);
    this.atrMean = createSma(params.volatilityWindow);
  }

  get regime(): Regime {
    return this.machine.regime;
  }
  get raw(): Regime {
    return this.machine.raw;
  }
  get allowLong(): boolean {
    return this.machine.allowLong;
  }
  get allowShort(): boolean {
    return this.machine.allowShort;
  }
  get sizeMultiplier(): number {
    return this.machine.sizeMultiplier;
  }

  update(candle: Candle): void {
    if ((candle.flags & FLAG_SEGMENT_START) !== 0) this.reset();
    if ((candle.flags & FLAG_FILLED) !== 0) return;
    const { adx } = this;
    const { high, low, close } = candle;
    adx.update(high, low, close);
    const atr = this.atr.update(high, low, close);
    const ratio = atr / this.atrMean.update(atr);
    this.machine.update(adx.adx, adx.plusDi, adx.minusDi, close, this.ema.update(close), ratio);
  }

  private reset(): void {
    const { params } = this;
    this.machine = createRegimeMachine(params);
    this.adx = createAdx(params.adxPeriod);
    this.ema = createEma(params.emaPeriod);
    this.atr = createAtr(params.atrPeriod);
    this.atrMean = createSma(params.volatilityWindow);
  }
}

/** The regime of one symbol from its candles. */
export const createRegimeFilter = (params: RegimeParams): RegimeFilter => new RegimeFilterState(params);
