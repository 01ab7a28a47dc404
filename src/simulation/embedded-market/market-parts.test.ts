// Do the parts of the invented market keep their promises: unit variance, clustering, chains that last, causal funding?
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../domain/random.ts';
import { bridgeExtreme } from './candle-columns.ts';
import { MARKET_STATES, walkChain } from './chains.ts';
import { createContractFunding } from './contract-funding.ts';
import { createEmbeddedMarket } from './create-embedded-market.ts';
import { CONTRACTS } from './market-spec.ts';
import { createVolatilityCluster, season, studentScale } from './volatility-cluster.ts';

describe('volatility', () => {
  it('rises after a wild hour and falls back to its mean', () => {
    const cluster = createVolatilityCluster();
    cluster.feed(4);
    const wild = cluster.variance;
    expect(wild).toBeGreaterThan(1.8);
    for (let hour = 0; hour < 24; hour += 1) cluster.feed(1);
    expect(cluster.variance).toBeLessThan(wild);
    expect(cluster.variance).toBeGreaterThan(1.05);
    for (let hour = 0; hour < 1000; hour += 1) cluster.feed(1);
    expect(cluster.variance).toBeCloseTo(1, 6);
  });

  it('has a seasonal pattern and Student-t hours of unit mean square', () => {
    let seasonal = 0;
    for (let hour = 0; hour < 168; hour += 1) seasonal += season(hour % 24, Math.floor(hour / 24)) ** 2 / 168;
    expect(seasonal).toBeCloseTo(1, 1);
    const random = createRandom(1);
    let square = 0;
    for (let draw = 0; draw < 100_000; draw += 1) square += studentScale(random) ** 2 / 100_000;
    expect(square).toBeCloseTo(1, 1);
  });

  it('has bar extremes beyond both ends', () => {
    const random = createRandom(2);
    for (let draw = 0; draw < 1000; draw += 1) {
      const [a, b, uniform] = [random.normal(), random.normal(), random.next()];
      expect(bridgeExtreme(a, b, 0.5, { uniform, sign: 1 })).toBeGreaterThanOrEqual(Math.max(a, b) - 1e-12);
      expect(bridgeExtreme(a, b, 0.5, { uniform, sign: -1 })).toBeLessThanOrEqual(Math.min(a, b) + 1e-12);
    }
  });
});

describe('walkChain', () => {
  it('visits every state and stays as long as told', () => {
    const path = walkChain(createRandom(3), MARKET_STATES, 400_000);
    const hours = [0, 0, 0, 0];
    const visits = [0, 0, 0, 0];
    path.forEach((state, hour) => {
      hours[state] += 1;
      if (hour === 0 || path[hour - 1] !== state) visits[state] += 1;
    });
    for (const [state, { meanHours }] of MARKET_STATES.entries()) {
      const stay = hours[state] / visits[state];
      expect(stay).toBeGreaterThan(meanHours * 0.75);
      expect(stay).toBeLessThan(meanHours * 1.35);
    }
  });
});

describe('createContractFunding', () => {
  const spec = CONTRACTS[0];
  const hourly = createEmbeddedMarket({ seed: 1, years: 0.2 }).candles(spec.symbol)!;

  it('makes no rate of a candle that closes after its stamp', () => {
    const cut = 1000;
    const changed = structuredClone(hourly);
    for (const column of [changed.high, changed.low, changed.close]) column.fill(1, cut);
    changed.open.fill(1, cut + 1);
    const before = createContractFunding(spec, hourly, createRandom(4));
    const after = createContractFunding(spec, changed, createRandom(4));
    const known = before.time.filter((time) => time <= hourly.openTime[cut]).length;
    expect(known).toBe(126);
    expect(after.rate.slice(0, known)).toEqual(before.rate.slice(0, known));
    expect(after.rate.slice(known)).not.toEqual(before.rate.slice(known));
  });

  it('clamps at the cap', () => {
    const soaring = structuredClone(hourly);
    for (const column of [soaring.open, soaring.close])
      column.set(column.map((price, hour) => price * 1.5 ** (hour / 8)));
    const rates = createContractFunding(spec, soaring, createRandom(4)).rate;
    expect(Math.max(...rates)).toBe(spec.fundingCap);
  });
});
