// Does the portfolio layer decide by what is known, the same whatever the order and the scale, and within its limits?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FIRST_OPEN,
  inventedMarket,
  portfolioParams,
  rebalancesOf,
  type Listed,
} from '../../test/scenarios/portfolio-market.ts';
import type { Candle } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { COMPONENTS, type PortfolioParams } from './portfolio-params.ts';

const allocation = fc.constantFrom('equal' as const, 'inverse_volatility' as const, 'risk_parity' as const);
const normalisation = fc.constantFrom('rank' as const, 'zscore' as const);
const seed = fc.integer({ min: 0, max: 1e6 }).map(String);
const HOURS = 24 * 12;

const changed = (listed: Listed, change: (candle: Candle) => Candle): Listed => ({
  ...listed,
  candles: listed.candles.map(change),
});

describe('a rebalance', () => {
  it('is the same whatever the order of the symbols', () => {
    fc.assert(
      fc.property(seed, allocation, normalisation, fc.boolean(), (name, how, norm, reverse) => {
        const market = inventedMarket(name, 6, HOURS);
        const params = portfolioParams({
          crossSectional: { allocation: how, topK: 3 },
          selection: { normalisation: norm, rankBuffer: 1 },
        });
        const turned = reverse ? market.toReversed() : [...market.slice(2), ...market.slice(0, 2)];
        expect(rebalancesOf(turned, params)).toEqual(rebalancesOf(market, params));
      }),
      { seed: 41, numRuns: 25 },
    );
  });

  it('does not change when all prices of a symbol are scaled and it trades for as much', () => {
    fc.assert(
      fc.property(seed, allocation, fc.integer({ min: -12, max: 12 }), (name, how, power) => {
        const market = inventedMarket(name, 5, HOURS);
        const factor = 2 ** power;
        const scaled = market.with(
          1,
          changed(market[1], (candle) => ({
            ...candle,
            open: candle.open * factor,
            high: candle.high * factor,
            low: candle.low * factor,
            close: candle.close * factor,
            volume: candle.volume / factor,
          })),
        );
        const params = portfolioParams({ crossSectional: { allocation: how } });
        expect(rebalancesOf(scaled, params)).toEqual(rebalancesOf(market, params));
      }),
      { seed: 42, numRuns: 25 },
    );
  });

  it('selects the same at a scale that doubles cannot hold exactly', () => {
    const market = inventedMarket('thirds', 6, HOURS);
    const scaled = market.map((each) =>
      changed(each, (candle) => ({
        ...candle,
        open: candle.open / 3,
        high: candle.high / 3,
        low: candle.low / 3,
        close: candle.close / 3,
        volume: candle.volume * 3,
      })),
    );
    const params = portfolioParams({ crossSectional: { allocation: 'risk_parity' } });
    const picks = (listed: readonly Listed[]) => rebalancesOf(listed, params).map(({ selected }) => selected);
    expect(picks(scaled)).toEqual(picks(market));
  });

  it('gives weights of 0 or more, none above its cap, together at most 1 and the gross limit, and the rest is cash', () => {
    const caps = fc.record({
      maxShare: fc.double({ min: 0.1, max: 3, noNaN: true }),
      maxGross: fc.double({ min: 0.05, max: 3, noNaN: true }),
      topK: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(seed, allocation, caps, (name, how, { maxShare, maxGross, topK }) => {
        const params = portfolioParams({ crossSectional: { allocation: how, topK }, limits: { maxGross }, maxShare });
        rebalancesOf(inventedMarket(name, 5, HOURS / 2), params, (portfolio, { weights, cash, selected }) => {
          const sum = weights.reduce((total, weight) => total + weight, 0);
          expect(sum).toBeLessThanOrEqual(Math.min(1, maxGross) * (1 + 1e-12));
          expect(sum + cash).toBeCloseTo(1, 12);
          for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0);
          for (let index = 0; index < 5; index += 1) {
            expect(portfolio.share(index)).toBeLessThanOrEqual(maxShare);
            const place = selected.indexOf(`S${index}USDT`);
            if (place < 0) expect(portfolio.share(index)).toBe(0);
            else expect(portfolio.share(index)).toBeCloseTo(weights[place] * selected.length, 12);
          }
        });
      }),
      { seed: 43, numRuns: 40 },
    );
  });

  it('is not changed by anything that comes after it', () => {
    const market = inventedMarket('future', 6, HOURS);
    const params = portfolioParams({ crossSectional: { allocation: 'risk_parity' }, selection: { rankBuffer: 1 } });
    const whole = rebalancesOf(market, params);
    expect(whole.length).toBe(13);
    whole.forEach(({ time }, index) => {
      const cut = market.map((each) => ({
        ...each,
        candles: each.candles.filter(({ closeTime }) => closeTime <= time),
      }));
      expect(rebalancesOf(cut, params)).toEqual(whole.slice(0, index + 1));
      const other = market.map((each) =>
        changed(each, (candle) =>
          candle.closeTime <= time ? candle : { ...candle, close: candle.close * 1.5, volume: 0 },
        ),
      );
      expect(rebalancesOf(other, params).slice(0, index + 1)).toEqual(whole.slice(0, index + 1));
    });
  });

  it('comes at the first close at or after every multiple of the interval in UTC', () => {
    const [only] = inventedMarket('clock', 1, 100);
    const hours = new Set([1, 5, 6, 8, 12, 19, 31, 40]);
    const candles = only.candles
      .map((candle, hour) => ({ candle, hour }))
      .filter(({ hour }) => hours.has(hour))
      .map(({ candle }) => candle);
    const times = rebalancesOf(
      [{ ...only, candles }],
      portfolioParams({ crossSectional: { rebalanceIntervalHours: 6 } }),
    ).map(({ time }) => time);
    const multiples = candles.map(({ closeTime }) => Math.floor(closeTime / (6 * HOUR_MS)));
    expect(times).toEqual(
      candles.filter((_, at) => at === 0 || multiples[at] > multiples[at - 1]).map(({ closeTime }) => closeTime),
    );
    expect(times.length).toBeGreaterThan(3);
    expect(times.length).toBeLessThan(candles.length);
  });

  it('ranks by the components it shows, weighted', () => {
    const { scoreWeights } = portfolioParams().crossSectional;
    const made = rebalancesOf(inventedMarket('shown', 6, HOURS), portfolioParams());
    for (const { ranking, selected } of made.slice(3)) {
      const eligible = ranking.filter((row) => row.eligible);
      expect(eligible.map(({ rank }) => rank)).toEqual(eligible.map((_, index) => index + 1));
      expect(selected).toEqual(eligible.slice(0, 2).map(({ symbol }) => symbol));
      for (const { score = NaN, components, values } of eligible) {
        const byHand = COMPONENTS.reduce((sum, name) => sum + scoreWeights[name] * (components[name] ?? NaN), 0);
        expect(score).toBeCloseTo(byHand, 12);
        expect(Object.values(values).every((value) => value !== undefined)).toBe(true);
      }
    }
  });
});

/** Candles of a price that moves by `step` every hour. */
function walkOf(symbol: string, hours: number, step: (hour: number) => number): Listed {
  let close = 100;
  const candles = Array.from({ length: hours }, (_, hour): Candle => {
    const open = close;
    close *= 1 + step(hour);
    const openTime = FIRST_OPEN + hour * HOUR_MS;
    return {
      openTime,
      closeTime: openTime + HOUR_MS,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 10,
      flags: 0,
    };
  });
  return { symbol, candles, confidences: candles.map(() => 0.5) };
}

describe('components', () => {
  it('are the annualised Sharpe ratio, and the daily volatility of the lookback, recomputed by hand', () => {
    const [listed] = inventedMarket('by-hand', 1, 24 * 6);
    const candles = inventedMarket('by-hand', 1, 24 * 6)[0].candles;
    const made = rebalancesOf([listed], portfolioParams());
    const { time, ranking } = made[made.length - 1];
    const known = candles.filter(({ closeTime }) => closeTime <= time);
    const returns = known.flatMap(({ close, closeTime }, at) =>
      at > 0 && closeTime > time - 3 * DAY_MS ? [close / known[at - 1].close - 1] : [],
    );
    const mean = returns.reduce((sum, x) => sum + x, 0) / returns.length;
    const deviation = Math.sqrt(returns.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (returns.length - 1));
    const { sharpe = NaN, volatility = NaN } = ranking[0].values;
    expect(sharpe / ((mean / deviation) * Math.sqrt(8760))).toBeCloseTo(1, 10);
    expect(volatility / (deviation * Math.sqrt(24))).toBeCloseTo(1, 10);
  });

  it('take the mean confidence of the last interval only', () => {
    const [listed] = inventedMarket('confidence', 1, 24 * 4);
    const made = rebalancesOf([listed], portfolioParams());
    for (const [at, { time, ranking }] of made.entries()) {
      if (at === 0) continue;
      const noted = listed.confidences.filter(
        (_, index) => listed.candles[index].closeTime > made[at - 1].time && listed.candles[index].closeTime <= time,
      );
      expect(ranking[0].values.confidence).toBeCloseTo(noted.reduce((sum, x) => sum + x, 0) / noted.length, 10);
    }
  });

  it('that are not known count neither for nor against a symbol', () => {
    const [first] = rebalancesOf(inventedMarket('early', 4, 24), portfolioParams());
    for (const { components, values } of first.ranking.filter(({ eligible }) => eligible)) {
      expect(values).toMatchObject({ sharpe: undefined, adx: undefined, volatility: undefined });
      expect(components).toMatchObject({ sharpe: 0.5, adx: 0.5, volatility: 0.5 });
    }
  });
});

describe('the spread of risk', () => {
  it('falls back to inverse volatility where the covariance is singular, and says so', () => {
    const [one, other] = inventedMarket('twins', 2, HOURS);
    const twin = { ...one, symbol: 'TWINUSDT' };
    const params = portfolioParams({
      crossSectional: { allocation: 'risk_parity', topK: 3 },
      covariance: { shrinkage: 0 },
    });
    const made = rebalancesOf([one, twin, other], params);
    const last = made[made.length - 1];
    expect(last.fallback).toEqual({
      method: 'inverse-volatility',
      reason: 'the covariance is singular: some symbols move as one',
    });
    const simple = rebalancesOf(
      [one, twin, other],
      portfolioParams({ crossSectional: { allocation: 'inverse_volatility', topK: 3 }, covariance: { shrinkage: 0 } }),
    );
    expect(last.weights).toEqual(simple[simple.length - 1].weights);
    const shrunk = rebalancesOf(
      [one, twin, other],
      portfolioParams({ crossSectional: { allocation: 'risk_parity', topK: 3 } }),
    );
    expect(shrunk[shrunk.length - 1].fallback).toBeUndefined();
  });

  it('falls back to equal weights while there is too little history, or where a price does not move', () => {
    const params = portfolioParams({ crossSectional: { allocation: 'risk_parity' } });
    const [first] = rebalancesOf(inventedMarket('short', 3, 20), params);
    expect(first.fallback?.method).toBe('equal');
    const still = [...inventedMarket('still', 1, HOURS), walkOf('STILLUSDT', HOURS, () => 0)];
    const made = rebalancesOf(still, params);
    expect(made[made.length - 1]).toMatchObject({
      weights: [0.5, 0.5],
      fallback: { method: 'equal', reason: 'the price of a selected symbol did not move' },
    });
  });

  it('gives every symbol the same part of the risk by risk parity, and less to the wilder by inverse volatility', () => {
    const market = inventedMarket('spread', 4, HOURS);
    const parity = rebalancesOf(market, portfolioParams({ crossSectional: { allocation: 'risk_parity', topK: 4 } }));
    const { riskContributions = [], groups, meanCorrelation = NaN } = parity[parity.length - 1];
    for (const part of riskContributions) expect(part).toBeCloseTo(0.25, 10);
    expect(groups).toEqual([]);
    expect(meanCorrelation).toBeGreaterThan(0.1);
    const made = rebalancesOf(
      market,
      portfolioParams({ crossSectional: { allocation: 'inverse_volatility', topK: 4 } }),
    );
    const { selected, weights, ranking } = made[made.length - 1];
    const volatility = selected.map((symbol) => ranking.find((row) => row.symbol === symbol)?.values.volatility ?? NaN);
    const calmest = volatility.indexOf(Math.min(...volatility));
    expect(weights[calmest]).toBe(Math.max(...weights));
  });

  it('puts symbols that move together into one group', () => {
    const [a, b, c] = inventedMarket('groups', 3, HOURS);
    const market = [a, { ...a, symbol: 'ALIKEUSDT' }, b, c];
    const made = rebalancesOf(market, portfolioParams({ crossSectional: { topK: 4 } }), (portfolio, { groups }) => {
      if (groups.length > 0)
        expect([portfolio.group(0) === portfolio.group(1), portfolio.group(2) === portfolio.group(3)]).toEqual([
          true,
          false,
        ]);
    });
    expect(made[made.length - 1].groups).toEqual([['ALIKEUSDT', a.symbol]]);
  });
});

const noise = (hour: number): number => (hour % 2 === 0 ? 0.004 : -0.003);
const turn =
  (own: number) =>
  (hour: number): number =>
    noise(hour) + (Math.floor(hour / 24) % 2 === own ? 0.002 : -0.001);

/** Two that lead, two that are by turns a little better than each other from day to day, and one that is last. */
const RIVALS: readonly Listed[] = [
  walkOf('AUSDT', HOURS, (hour) => noise(hour) + 0.004),
  walkOf('BUSDT', HOURS, (hour) => noise(hour) + 0.003),
  walkOf('CUSDT', HOURS, turn(0)),
  walkOf('DUSDT', HOURS, turn(1)),
  walkOf('EUSDT', HOURS, (hour) => noise(hour) - 0.003),
];

const rivalParams = (rankBuffer: number): PortfolioParams =>
  portfolioParams({
    crossSectional: {
      topK: 3,
      sharpeLookbackDays: 1,
      scoreWeights: { sharpe: 1, adx: 0, confidence: 0, volatility: 0 },
    },
    selection: { rankBuffer },
  });

/** Symbols that were not selected the day before, once all are known. */
const swaps = (rankBuffer: number): number =>
  rebalancesOf(RIVALS, rivalParams(rankBuffer))
    .slice(4)
    .reduce((sum, { entered }) => sum + entered.length, 0);

describe('hysteresis', () => {
  it('keeps rank 3 and 4 from swapping every day', () => {
    expect(swaps(0)).toBeGreaterThanOrEqual(7);
    expect(swaps(1)).toBe(0);
  });

  it('says of a symbol among the best that the seats were kept', () => {
    const made = rebalancesOf(RIVALS, rivalParams(1)).slice(4);
    const third = made.map(({ ranking }) => ranking[2].refusal);
    expect(new Set(third)).toEqual(new Set([undefined, 'seat-kept']));
    expect(made.every(({ ranking }) => ranking[4].refusal === 'outranked')).toBe(true);
  });
});
