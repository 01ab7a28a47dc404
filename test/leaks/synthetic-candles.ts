// On which market data do the leak and warm-up tests run? Seeded walks with calm and wild spells, volume and funding.
import type { CandleSeries } from '../../src/domain/candle.ts';
import type { FundingSeries } from '../../src/domain/funding.ts';
import { createRandom } from '../../src/domain/random.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { FundingView } from '../../src/strategy/strategy.ts';

const START = Date.UTC(2023, 0, 1);

/** `bars` hourly candles of a walk whose volatility switches between two levels; the same seed gives the same candles. */
export function syntheticSeries(bars: number, seed: string | number): CandleSeries {
  const random = createRandom(seed);
  const column = (): Float64Array => new Float64Array(bars);
  const series = {
    symbol: 'SYNUSDT',
    intervalMs: HOUR_MS,
    length: bars,
    openTime: Float64Array.from({ length: bars }, (_, bar) => START + bar * HOUR_MS),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    flags: new Uint8Array(bars),
  };
  let price = 100;
  let volatility = 0.004;
  for (let bar = 0; bar < bars; bar += 1) {
    if (random.next() < 0.02) volatility = volatility === 0.004 ? 0.012 : 0.004;
    const open = price * (1 + 0.0002 * random.normal());
    const path = [open];
    for (let step = 0; step < 4; step += 1) path.push(path[step] * Math.exp(0.5 * volatility * random.normal()));
    price = path[4];
    series.open[bar] = open;
    series.close[bar] = price;
    series.high[bar] = Math.max(...path);
    series.low[bar] = Math.min(...path);
    series.volume[bar] = 1000 * Math.exp(0.6 * random.normal()) * (volatility / 0.004);
  }
  return series;
}

/** A stamp every `hours` hours over the span of `series`. */
export function syntheticFunding(series: CandleSeries, seed: string | number, hours = 8): FundingSeries {
  const random = createRandom(seed);
  const length = Math.floor(series.length / hours);
  return {
    symbol: series.symbol,
    length,
    time: Float64Array.from({ length }, (_, stamp) => series.openTime[stamp * hours]),
    rate: Float64Array.from({ length }, () => 0.0001 + 0.0002 * random.normal()),
  };
}

/** Walks over `funding` in rising time: the view that is known at a close. */
export function fundingWalk(funding: FundingSeries | undefined): (time: number) => FundingView {
  const view: FundingView = { rate: NaN, previousRate: NaN, time: NaN };
  let next = 0;
  return (time) => {
    if (funding === undefined) return view;
    for (; next < funding.length && funding.time[next] <= time; next += 1) {
      view.previousRate = next === 0 ? NaN : funding.rate[next - 1];
      view.rate = funding.rate[next];
      view.time = funding.time[next];
    }
    return view;
  };
}
