// How does one contract trade? Its share of the common factor, its own noise, prices on ticks, volume with the waves.
import type { CandleSeries } from '../../domain/candle.ts';
import type { Random } from '../../domain/random.ts';
import { DAY_MS, HOUR_MS, utcHour, utcWeekday } from '../../domain/time.ts';
import { blankSeries, bridgeExtreme } from './candle-columns.ts';
import { OWN_STATES, walkChain } from './chains.ts';
import type { ChainState } from './chains.ts';
import { HOURS_PER_YEAR, YEARLY_VOLATILITY } from './market-factor.ts';
import type { MarketFactor } from './market-factor.ts';
import { MARKET_START, STEPS_PER_HOUR, STEP_MS, listedAt } from './market-spec.ts';
import type { ContractSpec } from './market-spec.ts';
import { createVolatilityCluster, season, studentScale } from './volatility-cluster.ts';

/** Pull of the log price back to its start per hour: prices of long markets stay on a scale that their ticks fit. */
const PULL = 0.35 / HOURS_PER_YEAR;
/** Memory of the hourly noise in volume. */
const VOLUME_MEMORY = 0.85;

export interface ContractCandles {
  readonly hourly: CandleSeries;
  /** The same trades in bars of five minutes, which aggregate to `hourly` exactly; undefined when not asked for. */
  readonly fiveMinute: CandleSeries | undefined;
}

/** The contract's life in the market, or undefined when the market ends before its listing. */
export function createContractCandles(
  spec: ContractSpec,
  factor: MarketFactor,
  making: { readonly random: Random; readonly withFiveMinute: boolean },
): ContractCandles | undefined {
  const firstHour = (spec.listedDay * DAY_MS) / HOUR_MS;
  const endHour = Math.min(factor.hours, (spec.delistedDay * DAY_MS) / HOUR_MS);
  const hours = endHour - firstHour;
  if (hours <= 0) return undefined;
  const startTime = listedAt(spec);
  const hourly = blankSeries(spec.symbol, { startTime, intervalMs: HOUR_MS, length: hours });
  const keptHours = making.withFiveMinute ? hours : 1;
  const bars = blankSeries(spec.symbol, { startTime, intervalMs: STEP_MS, length: keptHours * STEPS_PER_HOUR });
  const states = walkChain(making.random.fork('states'), OWN_STATES, hours);
  const walkHour = createWalker(spec, factor, making.random);
  const lots = Math.round(1 / spec.lotSize);
  for (let hour = 0; hour < hours; hour += 1) {
    const first = making.withFiveMinute ? hour * STEPS_PER_HOUR : 0;
    walkHour(bars, { first, marketHour: firstHour + hour, own: OWN_STATES[states[hour]] });
    gather(bars, first, { hourly, hour, lots });
  }
  return { hourly, fiveMinute: making.withFiveMinute ? bars : undefined };
}

interface HourPlace {
  /** Index of the hour's first bar of five minutes. */
  readonly first: number;
  /** Hours since the market's start. */
  readonly marketHour: number;
  readonly own: ChainState;
}

/** Walks hour by hour; keeps the log price, its own volatility cluster and the noise of the volume. */
function createWalker(
  spec: ContractSpec,
  factor: MarketFactor,
  random: Random,
): (bars: CandleSeries, place: HourPlace) => void {
  const steps = random.fork('steps');
  const volumes = random.fork('volumes');
  const start = Math.log(spec.startPrice);
  const perUnit = Math.round(1 / spec.tickSize);
  const ownHourly =
    (YEARLY_VOLATILITY * spec.volatilityFactor * Math.sqrt(1 - spec.factorShare)) / Math.sqrt(HOURS_PER_YEAR);
  const loading = spec.volatilityFactor * Math.sqrt(spec.factorShare);
  const cluster = createVolatilityCluster();
  let logPrice = start;
  let lastTicks = toTicks(perUnit, logPrice);
  let volumeNoise = 0;

  return (bars, { first, marketHour, own }) => {
    const time = MARKET_START + marketHour * HOUR_MS;
    const calm = season(utcHour(time), utcWeekday(time));
    const scale = Math.sqrt(cluster.variance) * studentScale(steps);
    const ownStep = (ownHourly * calm * scale) / Math.sqrt(STEPS_PER_HOUR);
    const marketStep =
      (loading * YEARLY_VOLATILITY * factor.level[marketHour]) / Math.sqrt(HOURS_PER_YEAR * STEPS_PER_HOUR);
    const variance = ownStep * ownStep + marketStep * marketStep;
    const drift =
      (spec.volatilityFactor * factor.drift[marketHour] +
        own.yearlyDrift / HOURS_PER_YEAR -
        PULL * (logPrice - start)) /
      STEPS_PER_HOUR;
    let ownSum = 0;
    for (let step = 0; step < STEPS_PER_HOUR; step += 1) {
      const ownShock = ownStep * steps.normal();
      ownSum += ownShock;
      const next = logPrice + drift + loading * factor.shocks[marketHour * STEPS_PER_HOUR + step] + ownShock;
      const index = first + step;
      const high = toTicks(perUnit, bridgeExtreme(logPrice, next, variance, { uniform: steps.next(), sign: 1 }));
      const low = toTicks(perUnit, bridgeExtreme(logPrice, next, variance, { uniform: steps.next(), sign: -1 }));
      const closeTicks = toTicks(perUnit, next);
      bars.open[index] = lastTicks / perUnit;
      bars.close[index] = closeTicks / perUnit;
      bars.high[index] = Math.max(high, lastTicks, closeTicks) / perUnit;
      bars.low[index] = Math.min(low, lastTicks, closeTicks) / perUnit;
      lastTicks = closeTicks;
      logPrice = next;
    }
    cluster.feed(ownSum / (ownHourly * calm));
    volumeNoise = VOLUME_MEMORY * volumeNoise + 0.2 * volumes.normal();
    tradeHour(spec, bars, { first, level: Math.sqrt(factor.level[marketHour]) * Math.exp(volumeNoise) });
  };
}

/** Turnover follows the level of volatility and each bar's own range. */
function tradeHour(spec: ContractSpec, bars: CandleSeries, wave: { first: number; level: number }): void {
  const usualRange = (YEARLY_VOLATILITY * spec.volatilityFactor * 1.6) / Math.sqrt(HOURS_PER_YEAR * STEPS_PER_HOUR);
  const lotsPerUnit = Math.round(1 / spec.lotSize);
  const base = (spec.hourlyTurnover / STEPS_PER_HOUR) * wave.level;
  for (let step = 0; step < STEPS_PER_HOUR; step += 1) {
    const index = wave.first + step;
    const close = bars.close[index];
    const range = (bars.high[index] - bars.low[index]) / close;
    const turnover = base * (0.35 + (0.65 * range) / usualRange);
    bars.volume[index] = Math.max(1, Math.round((turnover / close) * lotsPerUnit)) / lotsPerUnit;
  }
}

/** Whole ticks of a log price, at least one. */
function toTicks(perUnit: number, logPrice: number): number {
  return Math.max(1, Math.round(Math.exp(logPrice) * perUnit));
}

/** Puts the hour's twelve bars, from `first` on, together; volume is summed in whole lots. */
function gather(
  bars: CandleSeries,
  first: number,
  into: { readonly hourly: CandleSeries; readonly hour: number; readonly lots: number },
): void {
  const { hourly, hour, lots } = into;
  const last = first + STEPS_PER_HOUR - 1;
  let high = bars.high[first];
  let low = bars.low[first];
  let volume = bars.volume[first];
  for (let index = first + 1; index <= last; index += 1) {
    high = Math.max(high, bars.high[index]);
    low = Math.min(low, bars.low[index]);
    volume += bars.volume[index];
  }
  hourly.open[hour] = bars.open[first];
  hourly.high[hour] = high;
  hourly.low[hour] = low;
  hourly.close[hour] = bars.close[last];
  hourly.volume[hour] = Math.round(volume * lots) / lots;
}
