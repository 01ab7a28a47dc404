// Which indicators do the features read? Every one of a symbol, moved on once per bar however many features read it.
import type { Candle } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS, utcDay } from '../domain/time.ts';
import { createAdx, type Adx } from '../indicators/adx.ts';
import { createAtr } from '../indicators/atr.ts';
import { createBarReturn } from '../indicators/bar-return.ts';
import { createBollinger, type Bollinger } from '../indicators/bollinger.ts';
import { createEma } from '../indicators/ema.ts';
import type { RangeIndicator, SeriesIndicator } from '../indicators/indicator.ts';
import { createLogReturn } from '../indicators/log-return.ts';
import { createMacd, type Macd } from '../indicators/macd.ts';
import { createRsi } from '../indicators/rsi.ts';
import { createSampleDeviation } from '../indicators/sample-deviation.ts';
import { createSma } from '../indicators/sma.ts';
import { createVolumeRatio } from '../indicators/volume-ratio.ts';
import { createRegimeMachine, type RegimeMachine, type RegimeParams } from './regime-filter.ts';
import type { FundingView } from './strategy.ts';

/** Settings of section `features`. Periods in bars unless named otherwise. */
export interface FeatureParams {
  readonly emaFast: number;
  readonly emaSlow: number;
  readonly emaTrend: number;
  readonly rsiPeriod: number;
  readonly macdFast: number;
  readonly macdSlow: number;
  readonly macdSignal: number;
  readonly atrPeriod: number;
  /** Bars of the mean that ATR is compared with. */
  readonly atrAverageBars: number;
  readonly adxPeriod: number;
  readonly bollingerPeriod: number;
  /** Half the width of the bands in standard deviations. */
  readonly bollingerWidth: number;
  readonly volatilityShortBars: number;
  readonly volatilityLongBars: number;
  readonly volumeAverageBars: number;
  readonly returnHours: readonly number[];
}

/** Everything that decides what a feature set computes. */
export interface FeatureSetParams {
  readonly features: FeatureParams;
  readonly regime: RegimeParams;
  /** Length of the candles in milliseconds. */
  readonly barMs: number;
}

/** The longest spacing of funding stamps; rates are read per so many hours. */
const FUNDING_HOURS = 8;

/** Bars that a number of hours spans, at least one. */
export const barsOfHours = (hours: number, barMs: number): number => Math.max(1, Math.round((hours * HOUR_MS) / barMs));

/** Bars until the spacing of funding stamps has been seen, whatever the start. */
export const fundingStableAfter = (barMs: number): number => Math.ceil((FUNDING_HOURS * HOUR_MS) / barMs) + 1;

/** One indicator per distinct setting, so that two readers of the same setting share it. */
class Shared<T> {
  readonly all: T[] = [];
  private readonly byPeriod = new Map<number, T>();
  private readonly make: (period: number) => T;

  constructor(make: (period: number) => T) {
    this.make = make;
  }

  of(period: number): T {
    const known = this.byPeriod.get(period);
    if (known !== undefined) return known;
    const made = this.make(period);
    this.byPeriod.set(period, made);
    this.all.push(made);
    return made;
  }
}

/** The indicators behind the shipped features, with the last values of the candle and the funding they were fed. */
export class FeatureIndicators {
  close = NaN;
  /** Time of day of the close in radians. */
  dayAngle = NaN;
  /** Funding rate and its change, in basis points per 8 hours. */
  fundingBps = NaN;
  fundingChangeBps = NaN;
  readonly bollingerWidth: number;
  readonly emaFast: SeriesIndicator;
  readonly emaSlow: SeriesIndicator;
  readonly emaTrend: SeriesIndicator;
  readonly rsi: SeriesIndicator;
  readonly macd: Macd;
  readonly atr: RangeIndicator;
  readonly atrMean: SeriesIndicator;
  readonly adx: Adx;
  readonly bollinger: Bollinger;
  readonly volatilityShort: SeriesIndicator;
  readonly volatilityLong: SeriesIndicator;
  readonly volumeRatio: SeriesIndicator;
  readonly returns: readonly SeriesIndicator[];
  readonly regime: RegimeMachine;
  private readonly emas: readonly SeriesIndicator[];
  private readonly atrs: readonly RangeIndicator[];
  private readonly adxs: readonly Adx[];
  private readonly deviations: readonly SeriesIndicator[];
  private readonly logReturn = createLogReturn();
  private readonly regimeEma: SeriesIndicator;
  private readonly regimeAdx: Adx;
  private readonly regimeAtr: RangeIndicator;
  private readonly regimeAtrMean: SeriesIndicator;
  private readonly hasFunding: boolean;
  private fundingTime = NaN;
  private fundingIntervalHours = FUNDING_HOURS;

  constructor(params: FeatureSetParams, hasFunding: boolean) {
    const { features, regime, barMs } = params;
    const emas = new Shared(createEma);
    const atrs = new Shared(createAtr);
    const adxs = new Shared(createAdx);
    const deviations = new Shared(createSampleDeviation);
    this.emaFast = emas.of(features.emaFast);
    this.emaSlow = emas.of(features.emaSlow);
    this.emaTrend = emas.of(features.emaTrend);
    this.regimeEma = emas.of(regime.emaPeriod);
    this.atr = atrs.of(features.atrPeriod);
    this.regimeAtr = atrs.of(regime.atrPeriod);
    this.adx = adxs.of(features.adxPeriod);
    this.regimeAdx = adxs.of(regime.adxPeriod);
    this.volatilityShort = deviations.of(features.volatilityShortBars);
    this.volatilityLong = deviations.of(features.volatilityLongBars);
    this.emas = emas.all;
    this.atrs = atrs.all;
    this.adxs = adxs.all;
    this.deviations = deviations.all;
    this.atrMean = createSma(features.atrAverageBars);
    const sameMean = this.regimeAtr === this.atr && regime.volatilityWindow === features.atrAverageBars;
    this.regimeAtrMean = sameMean ? this.atrMean : createSma(regime.volatilityWindow);
    this.rsi = createRsi(features.rsiPeriod);
    this.macd = createMacd(features.macdFast, features.macdSlow, features.macdSignal);
    this.bollinger = createBollinger(features.bollingerPeriod, features.bollingerWidth);
    this.bollingerWidth = features.bollingerWidth;
    this.volumeRatio = createVolumeRatio(features.volumeAverageBars);
    this.returns = features.returnHours.map((hours) => createBarReturn(barsOfHours(hours, barMs)));
    this.regime = createRegimeMachine({ ...regime, sensitivity: 'standard' });
    this.hasFunding = hasFunding;
  }

  /** Moves every indicator on by one closed, real candle. In groups, each small enough to be compiled into one piece. */
  update(candle: Candle, funding: FundingView): void {
    this.close = candle.close;
    const { closeTime } = candle;
    this.dayAngle = ((closeTime - utcDay(closeTime) * DAY_MS) * 2 * Math.PI) / DAY_MS;
    this.updateAverages(candle);
    this.updateRanges(candle);
    this.updateReturns(candle);
    this.bollinger.update(candle.close);
    this.volumeRatio.update(candle.volume);
    this.updateRegime();
    this.updateFunding(funding);
  }

  private updateAverages({ close }: Candle): void {
    const { emas } = this;
    for (let index = 0; index < emas.length; index += 1) emas[index].update(close);
    this.rsi.update(close);
    this.macd.update(close);
  }

  private updateRanges({ high, low, close }: Candle): void {
    const { atrs, adxs } = this;
    for (let index = 0; index < atrs.length; index += 1) atrs[index].update(high, low, close);
    for (let index = 0; index < adxs.length; index += 1) adxs[index].update(high, low, close);
    this.atrMean.update(this.atr.value);
  }

  private updateReturns({ close }: Candle): void {
    const { returns, deviations } = this;
    for (let index = 0; index < returns.length; index += 1) returns[index].update(close);
    const step = this.logReturn.update(close);
    for (let index = 0; index < deviations.length; index += 1) deviations[index].update(step);
  }

  private updateRegime(): void {
    const { regimeAdx, regimeAtrMean } = this;
    const atr = this.regimeAtr.value;
    if (regimeAtrMean !== this.atrMean) regimeAtrMean.update(atr);
    const ratio = atr / regimeAtrMean.value;
    this.regime.update(regimeAdx.adx, regimeAdx.plusDi, regimeAdx.minusDi, this.close, this.regimeEma.value, ratio);
  }

  /** Rates are per stamp, and venues shorten the spacing of stamps in wild markets: scaled to 8 hours by the last spacing seen. */
  private updateFunding(funding: FundingView): void {
    if (!this.hasFunding) {
      this.fundingBps = 0;
      this.fundingChangeBps = 0;
      return;
    }
    if (funding.time !== this.fundingTime) {
      const hours = Math.round((funding.time - this.fundingTime) / HOUR_MS);
      if (hours >= 1) this.fundingIntervalHours = Math.min(FUNDING_HOURS, hours);
      this.fundingTime = funding.time;
    }
    const scale = (10_000 * FUNDING_HOURS) / this.fundingIntervalHours;
    this.fundingBps = funding.rate * scale;
    this.fundingChangeBps = (funding.rate - funding.previousRate) * scale;
  }
}
