// Does an account over many symbols know the future? Every selection, weight, order and fill on cut data, against those on all of it. (R11)
import { beforeAll, describe, expect, it } from 'vitest';
import { markSeries } from '../../src/domain/candle-quality.ts';
import { firstBarAtOrAfter, sliceSeries, type CandleSeries } from '../../src/domain/candle.ts';
import { createRandom } from '../../src/domain/random.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { EngineEvent } from '../../src/engine/event.ts';
import { engineParams } from '../../src/research/engine-params.ts';
import { strategyOf } from '../../src/research/jobs.ts';
import type { SymbolMarket } from '../../src/research/market.ts';
import { createPlantedEdge } from '../../src/simulation/embedded-market/null-markets.ts';
import type { MetaModel } from '../../src/strategy/meta-model.ts';
import { buildDataset } from '../../src/training/dataset.ts';
import { trainModel } from '../../src/training/train-model.ts';
import { marketOf as embedded } from '../scenarios/engine/random-backtest.ts';
import { portfolioParams } from '../scenarios/portfolio-market.ts';
import { observed } from './decision-chain.ts';
import { settingsWith } from './leak-soil.ts';
import { cutAt, knownAt, otherwiseAfter, toldBy, type PortfolioRun, type Told } from './portfolio-run.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
const BARS = 1_000;
const settings = settingsWith(
  [
    'risk.confidence_threshold=0.3',
    'risk.daily_loss_limit=0.9',
    'risk.drawdown_limit=0.9',
    'guard.enabled=false',
    'universe.min_listing_age_days=2',
    'regime.sensitivity=relaxed',
    'exits.stop_fraction=0.06',
    'exits.target_fraction=0',
    'exits.max_hold_hours=36',
    'risk.max_open_positions=4',
    'risk.cooldown_hours=0',
  ],
  'aggressive',
);

/** Four symbols that move partly together: one with a hole, one that is listed late, one that is delisted. */
const markets = ((): SymbolMarket[] => {
  const { instruments, series, funding } = embedded(SYMBOLS, 5_000, 5_000 + BARS);
  const parts: Readonly<Record<string, (whole: CandleSeries) => CandleSeries>> = {
    BRAVOUSDT: (whole) => withoutBars(whole, 40, 60),
    CHARLIEUSDT: (whole) => sliceSeries(whole, 200, BARS),
    DELTAUSDT: (whole) => sliceSeries(whole, 0, 800),
  };
  return SYMBOLS.map((symbol, index) => ({
    symbol,
    series: (parts[symbol] ?? ((whole) => whole))(series[index]),
    funding: funding[index],
    finer: [],
    instrument: instruments[index],
    provenance: 'invented for a test',
    dataHash: symbol,
  }));
})();
const START = markets[0].series.openTime[0];

function withoutBars(series: CandleSeries, from: number, to: number): CandleSeries {
  const keep = [...series.openTime.keys()].filter((bar) => bar < from || bar >= to);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(keep, (bar) => column[bar]);
  const { openTime, open, high, low, close, volume } = series;
  return markSeries(
    {
      ...series,
      length: keep.length,
      openTime: pick(openTime),
      open: pick(open),
      high: pick(high),
      low: pick(low),
      close: pick(close),
      volume: pick(volume),
    },
    { maxGapBars: 6, jumpFraction: 0.25 },
  );
}

/** A model with skill, trained on other candles: the cut data have no part in it. */
function trainedElsewhere(): MetaModel {
  const other = createPlantedEdge({ seed: 'elsewhere', bars: 2_400, fundingRate: 0.0001 });
  const { labeling, costs, features, model: params } = settings;
  const strategy = strategyOf(settings, HOUR_MS);
  const data = { series: other.candles, funding: other.funding, strategy, labeling, costs };
  const dataset = buildDataset({ ...data, atrPeriod: features.atrPeriod });
  const { openTime } = other.candles;
  const window = { start: openTime[0], end: openTime[openTime.length - 1] + HOUR_MS, embargoMs: 0 };
  return trainModel(dataset, window, { params, seed: 'portfolio' }).model;
}

const PARAMS = {
  ...engineParams(settings, HOUR_MS),
  portfolio: portfolioParams({
    crossSectional: { topK: 3, rebalanceIntervalHours: 6, allocation: 'risk_parity', maxSymbolRisk: 0.05 },
    selection: { rankBuffer: 1 },
    rebalancing: { noTradeBand: 0.02 },
    limits: { maxGross: 1, maxNet: 0.4, maxGroup: 0.5, groupCorrelation: 0.7 },
    maxShare: 2,
    ageDays: 2,
  }),
};

/** Models come and go: of two symbols they change, one has none for a time. */
const scheduleOf = (model: (symbol: string) => MetaModel): EngineEvent[] =>
  [
    ...SYMBOLS.map((symbol) => [100, symbol, model(symbol)] as const),
    [600, 'ALPHAUSDT', undefined] as const,
    [650, 'ALPHAUSDT', model('ALPHAUSDT')] as const,
    [700, 'BRAVOUSDT', model('BRAVOUSDT')] as const,
  ].map(([hour, symbol, promoted]) => ({
    kind: 'model-promoted',
    time: START + hour * HOUR_MS,
    symbol,
    model: promoted,
  }));

/** Hours at which the future is cut off: every symbol that is listed then has a candle, for one without would look delisted. */
function randomCuts(count: number, seed: string): number[] {
  const random = createRandom(seed);
  const cuts: number[] = [];
  while (cuts.length < count) {
    const time = START + (460 + random.below(BARS - 460)) * HOUR_MS;
    const isWhole = markets.every(({ series: { openTime, length } }) => {
      const isListed = openTime[0] < time && openTime[length - 1] + HOUR_MS > time;
      return !isListed || openTime.includes(time - HOUR_MS);
    });
    if (isWhole) cuts.push(time);
  }
  return cuts;
}

/** What kinds of things differ before the cut; none: nothing looks ahead. */
function differences(whole: readonly Told[], cut: readonly Told[], time: number): Told['what'][] {
  const kinds = ['rebalance', 'order', 'venue', 'note', 'equity'] as const;
  const textsOf = (told: readonly Told[], kind: Told['what']): string =>
    knownAt(told, time)
      .filter(({ what }) => what === kind)
      .map((each) => `${each.time} ${each.text}`)
      .join('\n');
  return kinds.filter((kind) => textsOf(whole, kind) !== textsOf(cut, kind));
}

let model: MetaModel;
beforeAll(() => {
  model = trainedElsewhere();
});

const runOf = (of: readonly SymbolMarket[], more: Partial<PortfolioRun> = {}): Told[] =>
  toldBy({
    markets: of,
    params: PARAMS,
    costs: settings.costs,
    strategy: strategyOf(settings, HOUR_MS),
    schedule: scheduleOf(() => model),
    ...more,
  });

describe('an account over many symbols', () => {
  it('selects, weighs, orders, trades and earns before 200 random points as it does when the future is cut off there', () => {
    const whole = runOf(markets);
    const counts = Object.groupBy(whole, ({ what }) => what);
    const texts = (part: string): number => whole.filter(({ text }) => text.includes(part)).length;
    expect(counts.rebalance?.length).toBeGreaterThan(150);
    expect(texts('-entry"')).toBeGreaterThan(80);
    expect(texts('-increase"')).toBeGreaterThan(30);
    expect(texts('-reduce"')).toBeGreaterThan(50);
    expect(texts('no-model')).toBeGreaterThan(10);
    expect(texts('delisting')).toBe(1);
    const found = randomCuts(200, 'cuts').flatMap((time) => {
      const cut = runOf(markets.map((market) => cutAt(market, time)));
      return differences(whole, cut, time).map((what) => `${what} before ${time}`);
    });
    expect(found).toEqual([]);
  });

  it('does so as well where another future follows', () => {
    const whole = runOf(markets);
    const found = randomCuts(40, 'other').flatMap((time) => {
      const other = runOf(markets.map((market) => otherwiseAfter(market, time, String(time))));
      expect(differences(whole, other, Infinity)).not.toEqual([]);
      return differences(whole, other, time).map((what) => `${what} before ${time}`);
    });
    expect(found).toEqual([]);
  });
});

/** Models whose opinion of a symbol is its price of two days later; the signals themselves know nothing. */
function leaking(of: readonly SymbolMarket[]): Told[] {
  let now = START;
  const strategy = observed(strategyOf(settings, HOUR_MS), (_, candle) => {
    now = candle.closeTime;
  });
  const opinionOf = (symbol: string): MetaModel => ({
    ...model,
    skilled: false,
    get baseRate() {
      const { series } = of.find((market) => market.symbol === symbol) ?? of[0];
      const ahead = series.close[firstBarAtOrAfter(series, now + 48 * HOUR_MS)] ?? NaN;
      const here = series.close[firstBarAtOrAfter(series, now - HOUR_MS)] ?? NaN;
      return ahead > here ? 0.9 : 0.8;
    },
  });
  return runOf(of, { strategy, schedule: scheduleOf(opinionOf) });
}

describe('a leak planted into the selection', () => {
  it('is found: selections before the cut differ', () => {
    const whole = leaking(markets);
    const found = randomCuts(20, 'leak').map((time) =>
      differences(whole, leaking(markets.map((market) => cutAt(market, time))), time),
    );
    expect(found.filter((kinds) => kinds.includes('rebalance')).length).toBeGreaterThan(5);
  });
});
