// Does anything between candle and order know the future? The chain on cut data against the chain on all of it.
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOfResult } from '../../src/cli/research-answer.ts';
import { sliceSeries, type CandleSeries } from '../../src/domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { strategyOf } from '../../src/research/jobs.ts';
import { reportMarkdown } from '../../src/research/report-markdown.ts';
import { createPlantedEdge } from '../../src/simulation/embedded-market/null-markets.ts';
import type { FeatureDefinition } from '../../src/strategy/features.ts';
import type { MetaModel } from '../../src/strategy/meta-model.ts';
import { labelTrade } from '../../src/strategy/triple-barrier.ts';
import { buildDataset } from '../../src/training/dataset.ts';
import { trainModel } from '../../src/training/train-model.ts';
import { marketOf, runSmall, variantsOf } from '../scenarios/research/small-research.ts';
import { chainColumns, fundingUntil } from './decision-chain.ts';
import { findLookAhead, type NamedColumns } from './prefix-invariance.ts';

const BARS = 1_100;
const { candles, funding } = createPlantedEdge({ seed: 'chain', bars: BARS, fundingRate: 0.0001 });
const [settings] = variantsOf(['aggressive'], ['risk.confidence_threshold=0.5']);

/** A model with skill, trained on other candles: its decisions are many, and the cut data have no part in it. */
function trainedElsewhere(): MetaModel {
  const other = createPlantedEdge({ seed: 'elsewhere', bars: 2_400, fundingRate: 0.0001 });
  const { labeling, costs, features, model: params } = settings;
  const strategy = strategyOf(settings, HOUR_MS);
  const data = { series: other.candles, funding: other.funding, strategy, labeling, costs };
  const dataset = buildDataset({ ...data, atrPeriod: features.atrPeriod });
  const { openTime } = other.candles;
  const window = { start: openTime[0], end: openTime[openTime.length - 1] + HOUR_MS, embargoMs: 0 };
  return trainModel(dataset, window, { params, seed: 'chain' }).model;
}

const cutAt = (bars: number): CandleSeries => sliceSeries(candles, 0, bars);

/** The chain of the first `bars` bars alone: no later candle and no later funding stamp exists for it. */
function chainOnCut(
  bars: number,
  model: MetaModel | undefined,
  extra: readonly FeatureDefinition[] = [],
): NamedColumns {
  const series = cutAt(bars);
  return chainColumns({ series, funding: fundingUntil(series, funding), settings, model, extra });
}

describe('the future cut off at 200 random points', () => {
  let model: MetaModel;
  beforeAll(() => {
    model = trainedElsewhere();
  });

  it('changes no feature, signal, regime, probability, size or order before the cut', () => {
    expect(model.skilled).toBe(true);
    const whole = chainOnCut(BARS, model);
    const decided = (name: string): number =>
      Array.from(whole[name] ?? []).filter((value) => !Number.isNaN(value)).length;
    expect(Object.keys(whole)).toEqual(expect.arrayContaining(['rsi', 'signal', 'allowed', 'regime size', 'ready']));
    expect(decided('probability')).toBeGreaterThan(150);
    expect(decided('order quantity')).toBeGreaterThan(30);
    const compute = (bars: number): NamedColumns => chainOnCut(bars, model);
    expect(findLookAhead({ length: BARS, cuts: 200, seed: 'chain', compute })).toEqual([]);
  });
});

/** A feature that reads `peek` of the candles it was made for, bar by bar. */
const leak = (name: string, peek: (bar: number) => number): FeatureDefinition => ({
  name,
  directional: false,
  stableAfter: 1,
  create() {
    let bar = -1;
    return {
      update() {
        bar += 1;
        return peek(bar);
      },
    };
  },
});

const { labeling, costs } = settings;
const LEAKS: Readonly<Record<string, (series: CandleSeries) => (bar: number) => number>> = {
  'next return':
    ({ close }) =>
    (bar) =>
      close[bar + 1] / close[bar] - 1,
  'centred average':
    ({ close }) =>
    (bar) =>
      (close[bar - 1] + close[bar] + close[bar + 1]) / 3,
  'joined label': (series) => (bar) => {
    const taker = { takerFee: costs.takerFeeBps / 1e4, slippage: costs.slippageBps / 1e4, missingFundingRate: 0 };
    const market = { series, funding: undefined, params: labeling, costs: taker };
    const outcome = labelTrade(market, { signalIndex: bar, direction: 1, width: 1 });
    return outcome.kind === 'labelled' ? outcome.label : NaN;
  },
};

describe('a planted leak', () => {
  it.each(Object.keys(LEAKS))('is found by its name, and nothing else is suspected: %s', (name) => {
    const compute = (bars: number): NamedColumns => {
      const { ready: _ready, ...columns } = chainOnCut(bars, undefined, [leak(name, LEAKS[name](cutAt(bars)))]);
      // What is decided follows from the leak; the finding is to name the feature.
      return Object.fromEntries(Object.entries(columns).filter(([column]) => !column.startsWith('order')));
    };
    const found = findLookAhead({ length: 500, cuts: 8, seed: name, compute });
    expect(new Set(found.map(({ column }) => column))).toEqual(new Set([name]));
    expect(found).toHaveLength(8);
  });

  it('raises the leak alarm of a research run: no verdict is believed, and the exit code says so', async () => {
    const planted = createPlantedEdge({ seed: 'leak', bars: 120 * 24 });
    const market = marketOf(planted.candles, planted.funding);
    const { close, length } = planted.candles;
    const ahead = leak('return of the next 12 hours', (bar) => close[Math.min(length - 1, bar + 12)] / close[bar] - 1);
    const honest = await runSmall({ markets: [market], variants: variantsOf(['moderate']) });
    const leaking = await runSmall({
      markets: [market],
      variants: variantsOf(['moderate']),
      extra: [{ ...ahead, directional: true }],
    });
    expect(honest.result.models.leakAlarms).toEqual([]);
    expect(exitCodeOfResult(honest.result)).toBe(0);
    expect(leaking.result.models.leakAlarms.length).toBeGreaterThan(0);
    expect(leaking.result.levels).toEqual([{ riskLevel: 'moderate', word: 'leak suspected' }]);
    expect(exitCodeOfResult(leaking.result)).toBe(1);
    expect(reportMarkdown(leaking.result)).toContain('**Leak alarm:**');
  });
});

describe('a whole run on data cut at a fold border', () => {
  it('trains the same models and makes the same trades as the run that has the rest too', async () => {
    const days = 160;
    const whole = createPlantedEdge({ seed: 'walk-forward', bars: days * 24 });
    const until = 120 * DAY_MS;
    const cut = sliceSeries(whole.candles, 0, 120 * 24);
    const variants = variantsOf(['moderate']);
    const long = await runSmall({ markets: [marketOf(whole.candles, whole.funding)], variants });
    const short = await runSmall({ markets: [marketOf(cut, fundingUntil(cut, whole.funding))], variants });
    const modelsOf = ({ suite }: typeof long): string[] => suite.cards.map(({ modelId }) => modelId);
    expect(modelsOf(short).length).toBeGreaterThan(2);
    expect(modelsOf(long).slice(0, modelsOf(short).length)).toEqual(modelsOf(short));
    const end = whole.candles.openTime[0] + until;
    const before = ({ suite }: typeof long) => suite.outcomes[0].trades.filter(({ exitTime }) => exitTime < end);
    expect(before(short).length).toBeGreaterThan(20);
    expect(before(long)).toEqual(before(short));
  });
});
