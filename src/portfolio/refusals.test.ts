// Why does a symbol get no seat? Every refusal, all in cash, and more seats than symbols.
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
import { createPortfolio } from './portfolio.ts';

const HOURS = 24 * 12;

const changed = (listed: Listed, change: (candle: Candle) => Candle): Listed => ({
  ...listed,
  candles: listed.candles.map(change),
});

const refusals = (listed: readonly Listed[], params: Parameters<typeof portfolioParams>[0]) => {
  const made = rebalancesOf(listed, portfolioParams(params));
  const last = made[made.length - 1];
  return { last, of: new Map(last.ranking.map(({ symbol, refusal }) => [symbol, refusal])) };
};

describe('a symbol that cannot be selected', () => {
  const market = inventedMarket('refused', 5, HOURS);
  it('says why: excluded, or not included', () => {
    const { of } = refusals(market, { selection: { exclude: ['S0USDT'] }, crossSectional: { topK: 9 } });
    expect(of.get('S0USDT')).toBe('excluded');
    expect([...of.values()].filter((reason) => reason === undefined)).toHaveLength(4);
    const only = refusals(market, { selection: { include: ['S1USDT', 'NONEUSDT'] } });
    expect(only.last.selected).toEqual(['S1USDT']);
    expect([...only.of.values()].filter((reason) => reason === 'excluded')).toHaveLength(4);
    expect(only.last.warnings.join()).toContain('NONEUSDT');
  });

  it('says why: without volume, or with too little, where some is asked for', () => {
    const silent = market.with(
      0,
      changed(market[0], (candle) => ({ ...candle, volume: NaN })),
    );
    const poor = silent.with(
      1,
      changed(silent[1], (candle) => ({ ...candle, volume: 1e-9 })),
    );
    const mute = poor.with(
      2,
      changed(poor[2], (candle) => ({ ...candle, volume: 0 })),
    );
    const { of, last } = refusals(mute, { crossSectional: { minLiquidity: 1 } });
    expect(Object.fromEntries(of)).toMatchObject({ S0USDT: 'no-volume', S1USDT: 'illiquid', S2USDT: 'no-volume' });
    expect(last.selected.toSorted()).toEqual(['S3USDT', 'S4USDT']);
    expect(refusals(mute, { crossSectional: { topK: 5 } }).last.selected).toHaveLength(5);
  });

  it('says why: too young, without a candle, outranked', () => {
    const late = market.with(0, {
      ...market[0],
      candles: market[0].candles.filter(({ openTime }) => openTime > FIRST_OPEN + 9 * DAY_MS),
    });
    const dead = late.with(1, {
      ...late[1],
      candles: late[1].candles.filter(({ openTime }) => openTime < FIRST_OPEN + 9 * DAY_MS),
    });
    const { of, last } = refusals(dead, { ageDays: 5 });
    expect([of.get('S0USDT'), of.get('S1USDT')]).toEqual(['too-young', 'no-candle']);
    expect([...of.values()].filter((reason) => reason === 'outranked')).toHaveLength(1);
    expect(last.ranking.find(({ symbol }) => symbol === 'S1USDT')).toMatchObject({ score: undefined, rank: undefined });
  });

  it('says why: without a model, where one is asked for; the next best get the seats', () => {
    const symbols = market.map(({ symbol }) => ({ symbol }));
    const portfolio = createPortfolio(symbols, HOUR_MS, portfolioParams({ crossSectional: { topK: 2 } }));
    const [first] = market[0].candles;
    symbols.forEach((_, index) => portfolio.update(index, { ...first, volume: 10 - index }));
    const { ranking, selected } = portfolio.rebalanceNow(first.closeTime, (index) => index !== 0 && index !== 2);
    expect(selected).toEqual(['S1USDT', 'S3USDT']);
    const refused = ranking.filter(({ refusal }) => refusal === 'no-model');
    expect(refused.map(({ symbol, rank, eligible }) => [symbol, rank, eligible])).toEqual([
      ['S0USDT', undefined, false],
      ['S2USDT', undefined, false],
    ]);
    expect(refused.every(({ score }) => score !== undefined)).toBe(true);
    expect(portfolio.share(0)).toBe(0);
    expect(portfolio.rebalanceNow(first.closeTime).selected).toEqual(['S0USDT', 'S1USDT']);
  });

  it('leaves all in cash with every reason, when all are refused', () => {
    const { last } = refusals(market, { crossSectional: { minLiquidity: 1e15 }, selection: { exclude: ['S0USDT'] } });
    expect(last).toMatchObject({ selected: [], weights: [], cash: 1, riskContributions: undefined });
    expect(last.warnings).toEqual(['no symbol can be selected, so all is held in cash: 1 excluded, 4 illiquid']);
  });
});

describe('while nobody is selected', () => {
  it('the first close at which somebody can be is a rebalance, and then only the schedule is', () => {
    const [listed] = inventedMarket('awaited', 1, 60);
    const portfolio = createPortfolio([listed], HOUR_MS, portfolioParams());
    const since = FIRST_OPEN + 8 * HOUR_MS;
    const made: (readonly [hour: number, selected: number])[] = [];
    for (const candle of listed.candles) {
      portfolio.update(0, candle);
      const rebalance = portfolio.rebalance(candle.closeTime, () => candle.closeTime > since);
      if (rebalance !== undefined) {
        made.push([(candle.closeTime - FIRST_OPEN) / HOUR_MS, rebalance.selected.length]);
      }
    }
    const hours = listed.candles.map(({ closeTime }) => (closeTime - FIRST_OPEN) / HOUR_MS);
    const first = (least: number): number => hours.find((hour) => hour >= least) ?? NaN;
    expect(made).toEqual([
      [first(1), 0],
      [first(9), 1],
      [first(24), 1],
      [first(48), 1],
    ]);
  });
});

describe('more seats than symbols', () => {
  it('takes all and warns', () => {
    const made = rebalancesOf(inventedMarket('few', 3, 100), portfolioParams({ crossSectional: { topK: 5 } }));
    for (const { selected, weights, warnings } of made.slice(1)) {
      expect(selected).toHaveLength(3);
      expect(weights).toEqual([1 / 3, 1 / 3, 1 / 3]);
      expect(warnings).toEqual(['top_k is 5, but the universe has 3: all that are eligible are taken']);
    }
  });
});
