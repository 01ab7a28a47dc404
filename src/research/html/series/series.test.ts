// Do the series behind the charts add up to what they were made from?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../domain/time.ts';
import { drawdown } from '../../statistics/drawdown.ts';
import { sampleDeviation } from '../../statistics/moments.ts';
import type { CalibrationBin, ReportTrade } from '../report-data.ts';
import { drawdownsOf, growthOf, returnsOf, volatilityFactor } from './daily-series.ts';
import { exposureSeries } from './exposure-series.ts';
import { groupedBins } from './fold-calibration.ts';
import { joinedCandles } from './joined-candles.ts';
import { meanGrowth } from './mean-growth.ts';
import { monthlyReturns } from './monthly-returns.ts';
import { regimeShares } from './regime-shares.ts';
import { thinnedLine } from './thinned-line.ts';
import { tradeCalibration, wilsonInterval } from './trade-calibration.ts';
import { multipleOf } from './trade-multiple.ts';

const changes = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 60 });
const START = Date.UTC(2023, 10, 20);

function trade(partial: Partial<ReportTrade>): ReportTrade {
  return {
    direction: 1,
    entryTime: 0,
    exitTime: 1,
    entryPrice: 100,
    exitPrice: 100,
    quantity: 1,
    grossPnl: 0,
    fees: 0,
    slippage: 0,
    funding: 0,
    netPnl: 0,
    initialRisk: 1,
    reason: 'stop',
    probability: 0.5,
    regime: 'RANGING',
    ambiguous: false,
    stopPrice: undefined,
    targetPrice: undefined,
    ...partial,
  };
}

describe('growth and drawdown', () => {
  it('lead back to the equity, and the deepest drawdown is the one of the figures', () => {
    fc.assert(
      fc.property(changes, (returns) => {
        const equity = growthOf(returns).map((growth) => 500 * (1 + growth));
        returnsOf(equity).forEach((change, index) => expect(change).toBeCloseTo(returns[index], 9));
        const deepest = Math.min(...drawdownsOf(growthOf(returns)));
        expect(-deepest).toBeCloseTo(drawdown(Float64Array.from(equity))?.maximum ?? NaN, 9);
      }),
      { seed: 51 },
    );
  });

  it('end at total loss for good', () => {
    expect(growthOf([0.5, -1.2, 3])).toEqual([0, 0.5, -1, -1]);
    expect(drawdownsOf([0, 0.5, -1, -1])).toEqual([0, 0, -1, -1]);
  });

  it('are scaled to the volatility of another series, and not where there is none', () => {
    fc.assert(
      fc.property(changes, changes, (own, reference) => {
        const factor = volatilityFactor(own, reference);
        if (factor === undefined) return;
        const scaled = sampleDeviation(own.map((change) => change * factor)) ?? NaN;
        const wanted = sampleDeviation(reference) ?? NaN;
        expect(Math.abs(scaled / wanted - 1)).toBeLessThan(1e-9);
      }),
      { seed: 52 },
    );
    expect(volatilityFactor([0, 0, 0], [0.1, -0.1])).toBeUndefined();
  });
});

describe('monthly returns', () => {
  it('multiply to the whole, year by year', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (returns) => {
          const equity = growthOf(returns).map((growth) => 1 + growth);
          const years = monthlyReturns(
            equity.map((_, day) => START + day * DAY_MS),
            equity,
          );
          const product = years.reduce((total, { whole }) => total * (1 + whole), 1);
          expect(Math.abs(product / equity[equity.length - 1] - 1)).toBeLessThan(1e-9);
          for (const { months, whole } of years) {
            expect(months.reduce<number>((total, month) => total * (1 + (month ?? 0)), 1) - 1).toBeCloseTo(whole, 9);
          }
        },
      ),
      { seed: 53 },
    );
  });

  it('put the midnight that ends a month into that month', () => {
    const [year] = monthlyReturns([Date.UTC(2024, 0, 31), Date.UTC(2024, 1, 1), Date.UTC(2024, 1, 2)], [100, 110, 121]);
    expect(year.months.slice(0, 3).map((value) => value?.toFixed(3))).toEqual(['0.100', '0.100', undefined]);
  });
});

describe('exposure', () => {
  it('is the time-weighted value of the positions, however time is cut', () => {
    const days = Array.from({ length: 11 }, (_, day) => START + day * DAY_MS);
    const equity = days.map(() => 1_000);
    const interval = fc.tuple(fc.integer({ min: -20, max: 230 }), fc.integer({ min: 1, max: 60 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), fc.integer({ min: 5, max: 100 }), (spans, hours) => {
        const trades = spans.map(([from, length, isLong]) =>
          trade({
            direction: isLong ? 1 : -1,
            entryTime: START + from * HOUR_MS,
            exitTime: START + (from + length) * HOUR_MS,
          }),
        );
        const total = (lengthMs: number, side: 'long' | 'short'): number =>
          exposureSeries({ days, equity }, trades, lengthMs).reduce(
            (sum, stretch) => sum + stretch[side] * (stretch.to - stretch.from),
            0,
          );
        for (const side of ['long', 'short'] as const) {
          expect(total(hours * HOUR_MS, side)).toBeCloseTo(total(10 * DAY_MS, side), 3);
        }
      }),
      { seed: 54 },
    );
    const [only] = exposureSeries(
      { days, equity },
      [trade({ entryTime: START, exitTime: START + DAY_MS })],
      10 * DAY_MS,
    );
    expect(only.long).toBeCloseTo(0.01, 12);
    expect(only.short).toBe(0);
  });
});

describe('regime shares', () => {
  it('fill each stretch exactly where the spans leave no hole', () => {
    const names = ['A', 'B', 'C'];
    const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.constantFrom(...names)), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 40 }), (parts, count) => {
        let time = 0;
        const spans = parts.map(([length, regime]) => {
          const from = time;
          time += length;
          return { from, to: time, regime };
        });
        const stretches = regimeShares(spans, names, count);
        for (const { shares } of stretches) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        names.forEach((name, at) => {
          const held = spans.filter(({ regime }) => regime === name).reduce((sum, { from, to }) => sum + to - from, 0);
          const shown = stretches.reduce((sum, { shares, from, to }) => sum + shares[at] * (to - from), 0);
          expect(shown).toBeCloseTo(held, 6);
        });
      }),
      { seed: 55 },
    );
    expect(regimeShares([], names, 5)).toEqual([]);
  });
});

describe('the mean of many accounts', () => {
  it('grows as the sum of accounts of equal size does, each on its own days', () => {
    const curve = { days: [0, 1, 2], equity: [100, 110, 99] };
    expect(meanGrowth([curve]).equity.map((value) => value.toFixed(2))).toEqual(['1.00', '1.10', '0.99']);
    const later = { days: [1, 2, 3], equity: [5, 10, 20] };
    const { days, equity } = meanGrowth([curve, later]);
    expect(days).toEqual([0, 1, 2, 3]);
    expect(equity.map((value) => value.toFixed(3))).toEqual(['1.000', '1.050', '1.495', '2.495']);
    expect(meanGrowth([])).toEqual({ days: [], equity: [] });
  });
});

describe('a thinned line', () => {
  it('keeps both ends, the lowest and the highest point, and no more points than asked for', () => {
    const heights = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(heights, fc.integer({ min: 8, max: 100 }), (ys, most) => {
        const line = { xs: ys.map((_, at) => at), ys };
        const thin = thinnedLine(line, most);
        expect(thin.xs.length).toBeLessThanOrEqual(Math.max(most + 4, ys.length <= most ? ys.length : 0));
        expect([Math.min(...thin.ys), Math.max(...thin.ys)]).toEqual([Math.min(...ys), Math.max(...ys)]);
        expect([thin.xs[0], thin.xs[thin.xs.length - 1]]).toEqual([0, ys.length - 1]);
        thin.xs.forEach((x, at) => {
          expect(thin.ys[at]).toBe(ys[x]);
          if (at > 0) expect(x).toBeGreaterThan(thin.xs[at - 1]);
        });
        if (ys.length <= most) expect(thin.xs).toEqual(line.xs);
      }),
      { seed: 57 },
    );
    expect(thinnedLine({ xs: [], ys: [] }, 9)).toEqual({ xs: [], ys: [] });
  });
});

describe('joined candles', () => {
  it('span the same time with the same extremes, opens and closes', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(prices, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 9 }), (open, factor, start) => {
        const columns = {
          symbol: 'X',
          intervalMs: HOUR_MS,
          tickSize: 1,
          openTime: open.map((_, bar) => (start + bar) * HOUR_MS),
          open,
          high: open.map((price) => price + 3),
          low: open.map((price) => price - 2),
          close: open.map((price) => price + 1),
        };
        const joined = joinedCandles(columns, factor);
        expect(joined.intervalMs).toBe(factor * HOUR_MS);
        for (let bar = 0; bar < joined.openTime.length; bar += 1) {
          const from = joined.openTime[bar];
          expect(from % joined.intervalMs).toBe(0);
          const own = open.filter(
            (_, at) => Math.floor(columns.openTime[at] / joined.intervalMs) * joined.intervalMs === from,
          );
          expect([joined.open[bar], joined.close[bar]]).toEqual([own[0], own[own.length - 1] + 1]);
          expect([joined.high[bar], joined.low[bar]]).toEqual([Math.max(...own) + 3, Math.min(...own) - 2]);
        }
      }),
      { seed: 58 },
    );
  });
});

const casesIn = (bins: readonly CalibrationBin[]): number[] => [
  bins.reduce((sum, { count }) => sum + count, 0),
  bins.reduce((sum, { won }) => sum + won, 0),
];
const predictedIn = (bins: readonly CalibrationBin[]): number =>
  bins.reduce((sum, { predicted, count }) => sum + predicted * count, 0);

describe('calibration', () => {
  it('of folds keeps every case, in groups large enough to say something', () => {
    const bin = fc.record({
      predicted: fc.double({ min: 0, max: 1, noNaN: true }),
      count: fc.integer({ min: 1, max: 300 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(bin, { maxLength: 60 }), (given) => {
        const bins = given.map(({ predicted, count, share }) => ({ predicted, count, won: Math.round(count * share) }));
        const groups = groupedBins(bins);
        expect(casesIn(groups)).toEqual(casesIn(bins));
        expect(predictedIn(groups)).toBeCloseTo(predictedIn(bins), 6);
        if (groups.length > 1) for (const { count } of groups) expect(count).toBeGreaterThanOrEqual(100);
        groups.slice(1).forEach(({ predicted }, at) => expect(predicted).toBeGreaterThan(groups[at].predicted));
      }),
      { seed: 59 },
    );
  });

  it('counts every judged trade once, in rising probability', () => {
    const outcomes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 120 });
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 10 }), (given, most) => {
        const trades = given.map(([probability, won]) => trade({ probability, netPnl: won ? 1 : -1 }));
        const bins = tradeCalibration([...trades, trade({ probability: NaN })], most);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(given.length);
        expect(bins.reduce((sum, { won }) => sum + won, 0)).toBe(given.filter(([, won]) => won).length);
        expect(bins.length).toBeLessThanOrEqual(most);
        bins
          .slice(1)
          .forEach(({ predicted }, index) => expect(predicted).toBeGreaterThanOrEqual(bins[index].predicted - 1e-12));
      }),
      { seed: 56 },
    );
  });

  it("has Wilson's interval: known values, and always around the share", () => {
    const [low, high] = wilsonInterval(10, 20);
    expect(low).toBeCloseTo(0.299298, 5);
    expect(high).toBeCloseTo(0.700702, 5);
    expect(wilsonInterval(0, 10)[0]).toBe(0);
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  it('has multiples only where something was at risk', () => {
    expect(multipleOf({ netPnl: -3, initialRisk: 2 })).toBe(-1.5);
    expect(multipleOf({ netPnl: -3, initialRisk: 0 })).toBeUndefined();
    expect(multipleOf({ netPnl: -3, initialRisk: NaN })).toBeUndefined();
  });
});
