// Is the mean correlation that of all pairs, over the days that both have?
import { expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { sliceSeries, type CandleSeries } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { meanPairwiseCorrelation } from './pairwise-correlation.ts';

const DAYS = 60;
const FROM = createPlantedEdge({ symbol: 'A', seed: 1, bars: 1 }).candles.openTime[0];
const SPAN = { from: FROM, to: FROM + DAYS * DAY_MS };

/** Hours whose close at each midnight follows from `returns`, one per day. */
function seriesOf(symbol: string, returns: readonly number[]): CandleSeries {
  const { candles } = createPlantedEdge({ symbol, seed: 1, bars: DAYS * 24 });
  let price = 100;
  const close = candles.close.map((_, bar) => {
    const end = candles.openTime[bar] + HOUR_MS;
    if (end % DAY_MS === 0 && end > FROM + DAY_MS) price *= 1 + returns[Math.round((end - FROM) / DAY_MS) - 1];
    return price;
  });
  return { ...candles, symbol, close };
}

const random = createRandom('pairs');
const noise = (): number[] => Array.from({ length: DAYS }, () => 0.02 * (random.next() - 0.5));
const [one, other] = [noise(), noise()];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's by its definition. */
function pearson(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [mean(a), mean(b)];
  const sum = (of: (at: number) => number): number => a.reduce((total, _, at) => total + of(at), 0);
  const joint = sum((at) => (a[at] - x) * (b[at] - y));
  return joint / Math.sqrt(sum((at) => (a[at] - x) ** 2) * sum((at) => (b[at] - y) ** 2));
}

it('is 1 for one market twice, -1 for its mirror, and the mean of all three pairs together', () => {
  const market = seriesOf('ONE', one);
  const mirror = seriesOf(
    'MIRROR',
    one.map((value) => -value),
  );
  const stranger = seriesOf('OTHER', other);
  expect(meanPairwiseCorrelation([market, market], SPAN)).toBeCloseTo(1, 9);
  expect(meanPairwiseCorrelation([market, mirror], SPAN)).toBeCloseTo(-1, 9);
  const apart = pearson(one.slice(1), other.slice(1));
  expect(meanPairwiseCorrelation([market, stranger], SPAN)).toBeCloseTo(apart, 9);
  expect(meanPairwiseCorrelation([market, mirror, stranger], SPAN)).toBeCloseTo((-1 + apart - apart) / 3, 9);
});

it('counts the common days only, and says nothing of a pair with fewer than 20', () => {
  const market = seriesOf('ONE', one);
  const stranger = seriesOf('OTHER', other);
  const late = sliceSeries(stranger, 25 * 24, DAYS * 24);
  expect(meanPairwiseCorrelation([market, late], SPAN)).toBeCloseTo(pearson(one.slice(26), other.slice(26)), 9);
  expect(meanPairwiseCorrelation([market, sliceSeries(stranger, 45 * 24, DAYS * 24)], SPAN)).toBeUndefined();
  expect(meanPairwiseCorrelation([market], SPAN)).toBeUndefined();
});
