// What do longs pay shorts? Rates that follow the trend with noise, clamped, at stamps that may come more often.
import type { CandleSeries } from '../../domain/candle.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import type { Random } from '../../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';
import { MARKET_START } from './market-spec.ts';
import type { ContractSpec } from './market-spec.ts';

const USUAL_HOURS = 8;
/** The rate for eight hours in a market without trend. */
const INTEREST = 0.0001;
/** Rate for eight hours per unit of trend (log distance of price from its slow mean). */
const TREND_WEIGHT = 0.004;
/** Weight of the newest hour in the slow mean: three days. */
const MEAN_WEIGHT = 1 / 72;

/** Stamps from the contract's first to its last candle close, each made of closes up to it alone. */
export function createContractFunding(spec: ContractSpec, hourly: CandleSeries, random: Random): FundingSeries {
  const times: number[] = [];
  const rates: number[] = [];
  let mean = Math.log(hourly.open[0]);
  let noise = 0;
  for (let hour = 0; hour < hourly.length; hour += 1) {
    const time = hourly.openTime[hour];
    const interval = intervalHours(spec, time);
    if (time % (interval * HOUR_MS) === 0) {
      const trend = Math.log(hourly.open[hour]) - mean;
      noise = 0.7 * noise + 0.00005 * random.normal();
      const perEightHours = INTEREST + TREND_WEIGHT * trend + noise;
      const clamped = Math.min(spec.fundingCap, Math.max(-spec.fundingCap, perEightHours));
      times.push(time);
      rates.push(Math.round((clamped * interval * 1e8) / USUAL_HOURS) / 1e8 + 0);
    }
    mean += MEAN_WEIGHT * (Math.log(hourly.close[hour]) - mean);
  }
  return { symbol: spec.symbol, length: times.length, time: Float64Array.from(times), rate: Float64Array.from(rates) };
}

function intervalHours(spec: ContractSpec, time: number): number {
  const day = (time - MARKET_START) / DAY_MS;
  const stretch = spec.fundingStretches.find(({ fromDay, toDay }) => day > fromDay && day <= toDay);
  return stretch?.hours ?? USUAL_HOURS;
}
