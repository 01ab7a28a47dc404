// On which data is the right answer known? A random walk without any edge, and a walk with an edge planted in it.
import type { CandleSeries } from '../../domain/candle.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import { createRandom } from '../../domain/random.ts';
import type { Random } from '../../domain/random.ts';
import { HOUR_MS, barsPerYear } from '../../domain/time.ts';
import { blankSeries, bridgeExtreme } from './candle-columns.ts';
import { MARKET_START } from './market-spec.ts';

export interface NullMarketOptions {
  readonly seed: string | number;
  readonly bars: number;
  /** Standard deviation of the log returns of a year; default 0.6. */
  readonly annualVolatility?: number;
  readonly symbol?: string;
  /** Default one hour. */
  readonly intervalMs?: number;
  /** First open; default 2023-01-01 00:00 UTC. */
  readonly startTime?: number;
  readonly startPrice?: number;
  /** Rate at every eighth hour; default 0: funding is no edge either. */
  readonly fundingRate?: number;
}

export interface PlantedEdgeOptions extends NullMarketOptions {
  /** Drift of a bar over its standard deviation, up or down in turns; default 0.25. */
  readonly driftPerDeviation?: number;
  /** Mean length of a stretch with one direction, in bars; default 200. */
  readonly meanRegimeBars?: number;
}

export interface NullMarket {
  readonly candles: CandleSeries;
  readonly funding: FundingSeries;
}

/**
 * A geometric random walk of constant volatility whose price is a martingale: the mean simple return of every bar is 0,
 * so that nothing learned from its past can earn anything. Volume is independent of price.
 */
export function createRandomWalk(options: NullMarketOptions): NullMarket {
  return walk(options, () => 0);
}

/**
 * The same walk with a drift that turns its sign at random times: long stretches up and down in turns. A trend follower
 * earns on it clearly after costs; the drift is known to nobody but shows in past returns.
 */
export function createPlantedEdge(options: PlantedEdgeOptions): NullMarket {
  const regimes = createRandom(`planted-edge/${options.seed}`).fork('regimes');
  const size = options.driftPerDeviation ?? 0.25;
  const meanBars = options.meanRegimeBars ?? 200;
  let sign = regimes.next() < 0.5 ? 1 : -1;
  return walk(options, () => {
    if (regimes.next() < 1 / meanBars) sign = -sign;
    return sign * size;
  });
}

/** `drift` gives each bar's drift in standard deviations; bars of 12 steps would gain nothing over exact bridge extremes. */
function walk(options: NullMarketOptions, drift: () => number): NullMarket {
  const intervalMs = options.intervalMs ?? HOUR_MS;
  const startTime = options.startTime ?? MARKET_START;
  const length = options.bars;
  const candles = blankSeries(options.symbol ?? 'NULLUSDT', { startTime, intervalMs, length });
  const deviation = (options.annualVolatility ?? 0.6) / Math.sqrt(barsPerYear(intervalMs));
  const random = createRandom(`null-market/${options.seed}`);
  let logPrice = Math.log(options.startPrice ?? 100);
  for (let index = 0; index < length; index += 1) {
    const next = logPrice + deviation * (drift() + random.normal()) - (deviation * deviation) / 2;
    fillBar(candles, index, { from: logPrice, to: next, deviation, random });
    logPrice = next;
  }
  return { candles, funding: flatFunding(candles, options.fundingRate ?? 0) };
}

function fillBar(
  candles: CandleSeries,
  index: number,
  move: { readonly from: number; readonly to: number; readonly deviation: number; readonly random: Random },
): void {
  const { from, to, deviation, random } = move;
  const variance = deviation * deviation;
  const open = Math.exp(from);
  const close = Math.exp(to);
  const top = Math.exp(bridgeExtreme(from, to, variance, { uniform: random.next(), sign: 1 }));
  const bottom = Math.exp(bridgeExtreme(from, to, variance, { uniform: random.next(), sign: -1 }));
  candles.open[index] = open;
  candles.close[index] = close;
  candles.high[index] = Math.max(open, close, top);
  candles.low[index] = Math.min(open, close, bottom);
  candles.volume[index] = 1000 * Math.exp(0.4 * random.normal());
}

function flatFunding(candles: CandleSeries, rate: number): FundingSeries {
  const spacing = 8 * HOUR_MS;
  const from = candles.length === 0 ? 0 : Math.ceil(candles.openTime[0] / spacing) * spacing;
  const end = candles.length === 0 ? 0 : candles.openTime[candles.length - 1] + candles.intervalMs;
  const length = Math.max(0, Math.ceil((end - from) / spacing));
  const time = Float64Array.from({ length }, (_, index) => from + index * spacing);
  return { symbol: candles.symbol, length, time, rate: new Float64Array(length).fill(rate) };
}
