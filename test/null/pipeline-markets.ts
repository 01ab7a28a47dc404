// Which markets does the null test run over? Prices without any edge, and such with one that is known to be there.
import type { CandleSeries } from '../../src/domain/candle.ts';
import { createRandom } from '../../src/domain/random.ts';
import { DAYS_PER_YEAR } from '../../src/domain/time.ts';
import { createEmbeddedMarket } from '../../src/simulation/embedded-market/create-embedded-market.ts';
import { CONTRACTS } from '../../src/simulation/embedded-market/market-spec.ts';
import {
  createPlantedEdge,
  createRandomWalk,
  type NullMarket,
} from '../../src/simulation/embedded-market/null-markets.ts';

/** `walk`: constant volatility. `flipped`: volatility in clusters and fat tails, each bar up or down by the toss of a coin. */
export type Noise = 'walk' | 'flipped';

const SYMBOL = 'NULLUSDT';
const BARS_PER_DAY = 24;
/** Of the walks, whose volume is about 1,000 an hour: so an hour's turnover dwarfs the account, as in a real market. */
const START_PRICE = 30_000;

/** `days` of hourly candles in which nothing can be foreseen: their price is a martingale, and funding is 0. */
export function noiseMarket(
  noise: Noise,
  { seed, days }: { readonly seed: number; readonly days: number },
): NullMarket {
  const bars = days * BARS_PER_DAY;
  const walk = createRandomWalk({ symbol: SYMBOL, seed: `null/${seed}`, bars, startPrice: START_PRICE });
  if (noise === 'walk') return walk;
  const candles = createEmbeddedMarket({ seed: `null/${seed}`, years: days / DAYS_PER_YEAR }).candles(
    CONTRACTS[0].symbol,
  );
  if (candles === undefined) throw new Error(`the embedded market has no ${CONTRACTS[0].symbol}`);
  return { candles: { ...flipSigns(candles, `null/${seed}/flip`), symbol: SYMBOL }, funding: walk.funding };
}

/** `days` of hourly candles with a drift of `size` standard deviations that turns its sign at random times. */
export function edgeMarket(size: number, { seed, days }: { readonly seed: number; readonly days: number }): NullMarket {
  return createPlantedEdge({
    symbol: SYMBOL,
    seed: `edge/${seed}`,
    bars: days * BARS_PER_DAY,
    driftPerDeviation: size,
    startPrice: START_PRICE,
  });
}

/**
 * The candles with the sign of every bar drawn anew: each one, with the gap before it, is mirrored at its first price with
 * probability one half, as simple returns, so that the expected price of every bar is the one before. How large the moves
 * are, and when, stays as it was.
 */
export function flipSigns(candles: CandleSeries, seed: string): CandleSeries {
  const random = createRandom(seed);
  const { length } = candles;
  const open = new Float64Array(length);
  const high = new Float64Array(length);
  const low = new Float64Array(length);
  const close = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    const sign = random.next() < 0.5 ? 1 : -1;
    const base = index === 0 ? candles.open[0] : candles.close[index - 1];
    const from = index === 0 ? base : close[index - 1];
    const moved = (price: number): number => from * (1 + sign * (price / base - 1));
    open[index] = moved(candles.open[index]);
    close[index] = moved(candles.close[index]);
    high[index] = moved(sign === 1 ? candles.high[index] : candles.low[index]);
    low[index] = moved(sign === 1 ? candles.low[index] : candles.high[index]);
  }
  return { ...candles, open, high, low, close };
}
