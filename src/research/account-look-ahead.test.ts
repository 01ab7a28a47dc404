// Is a leak into what an account selects, weighs or orders found by its name, and the shipped account clean? (R11)
import { describe, expect, it } from 'vitest';
import { marketOf, marks, resultOf, settingsWith, TRAIN_BARS } from '../../test/leaks/leak-soil.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { checkAccountLookAhead } from './account-look-ahead.ts';
import type { LookAheadReport } from './look-ahead-check.ts';
import type { SymbolMarket } from './market.ts';
import { shippedPreparation, type Preparation } from './prepare-market.ts';

const named = (symbol: string, market: SymbolMarket): SymbolMarket => ({
  ...market,
  symbol,
  instrument: { ...market.instrument, symbol },
  series: { ...market.series, symbol },
  funding: market.funding === undefined ? undefined : { ...market.funding, symbol },
});
/** One of them is listed when the others are tested already, and one is delisted before they end. */
const markets = ['AAA', 'BBB', 'CCC', 'DDD'].map((symbol, index) => {
  const market = named(symbol, marketOf(`account ${index}`));
  const { series } = market;
  if (symbol === 'CCC') return { ...market, series: sliceSeries(series, 1_150, series.length) };
  return symbol === 'DDD' ? { ...market, series: sliceSeries(series, 0, 1_480) } : market;
});
const { crossSectional, selection, rebalancing, limits, covariance } = portfolioParams({
  crossSectional: { rebalanceIntervalHours: 6, allocation: 'risk_parity', maxSymbolRisk: 0.1 },
  rebalancing: { noTradeBand: 0.02 },
});
const settings = {
  ...settingsWith(
    [
      'universe.min_listing_age_days=1',
      'universe.min_traded_value_24h=0',
      'risk.cooldown_hours=0',
      'guard.enabled=false',
    ],
    'aggressive',
  ),
  portfolio: { crossSectional, selection, rebalancing, limits, covariance },
};
const shipped = shippedPreparation(settings, marks);

/** As it is; the late listing learns from a few bars and is traded all the same. */
function check(
  prepare: Preparation = shipped,
  more: { readonly cuts?: number; readonly seed?: string } = {},
): LookAheadReport {
  return resultOf(
    checkAccountLookAhead({
      name: 'portfolio/test',
      markets,
      settings,
      prepare,
      trainBarsOf: ({ series: { length } }) => Math.min(TRAIN_BARS, length >> 1),
      cuts: 14,
      seed: 'test',
      ...more,
    }),
  );
}

const guiltyOf = ({ findings }: LookAheadReport): string[] =>
  findings.filter(({ kind }) => kind === 'leak').map(({ stage, name }) => `${stage} ${name}`);

describe('an account over many symbols', () => {
  it('ranks, selects, weighs, orders and earns before every cut as it does without the future', () => {
    const before = structuredClone(markets);
    const report = check(shipped, { cuts: 44 });
    expect(report).toMatchObject({ symbol: 'portfolio/test', cuts: 44, wholeCuts: 4, findings: [] });
    expect(report.ordersCompared).toBeGreaterThan(150);
    expect(markets).toEqual(before);
  });

  it('is checked the same way by the same seed', () => {
    expect(check(shipped, { cuts: 8 })).toEqual(check(shipped, { cuts: 8 }));
    expect(check(shipped, { cuts: 8, seed: 'other' })).not.toEqual(check(shipped, { cuts: 8 }));
  });
});

describe('a leak planted into an account', () => {
  it('is found in the ranking: volume as a share of the mean of all history', () => {
    const report = check((history) => {
      const prepared = shipped(history);
      const { series } = prepared;
      const mean = series.volume.reduce((sum, volume) => sum + volume, 0) / series.length;
      return { ...prepared, series: { ...series, volume: series.volume.map((volume) => (1_000 * volume) / mean) } };
    });
    const guilty = guiltyOf(report);
    expect(guilty).toContain('ranking traded value of AAA');
    expect(guilty.every((each) => each.startsWith('ranking traded value of '))).toBe(true);
    expect(report.findings.length).toBeGreaterThan(guilty.length);
  });

  it('is found in the orders: a signal that knows the candle after next', () => {
    const report = check((history) => {
      const prepared = shipped(history);
      const { close, openTime } = history.series;
      const { strategy } = prepared;
      return {
        ...prepared,
        strategy: {
          ...strategy,
          create(symbol) {
            const inner = strategy.create(symbol);
            let bar = -1;
            return {
              update(candle, funding) {
                bar = firstBarAtOrAfter(history.series, candle.openTime);
                inner.update(candle, funding);
              },
              get ready() {
                return inner.ready;
              },
              get regime() {
                return inner.regime;
              },
              get regimeSize() {
                return inner.regimeSize;
              },
              get signal() {
                if (openTime[bar + 2] === undefined) return 0;
                return close[bar + 2] > close[bar] ? 1 : -1;
              },
              allows: () => true,
              writeRow: (direction, out, offset) => inner.writeRow(direction, out, offset),
            };
          },
        },
      };
    });
    expect(report.findings.map(({ stage }) => stage)).toContain('order');
    expect(report.findings[0].reachBars).toBeGreaterThan(0);
  });

  it('is found in the account: a price that is drawn towards the last one of all', () => {
    const report = check((history) => {
      const prepared = shipped(history);
      const { series } = prepared;
      const last = series.close[series.length - 1];
      return { ...prepared, series: { ...series, close: series.close.map((close) => 0.999 * close + 0.001 * last) } };
    });
    expect(report.findings.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['ranking', 'order', 'account']));
  });
});
