// Does the report get what the run holds? Protective prices, buy and hold, and regimes without a hole.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { HEADLINE, variantsOf } from '../../../test/scenarios/research/small-research.ts';
import { createCandleView, loadCandle, type CandleSeries } from '../../domain/candle.ts';
import { createRandom } from '../../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';
import type { RoundTrip } from '../../engine/round-trip.ts';
import { createRegimeFilter, type RegimeParams } from '../../strategy/regime-filter.ts';
import { modelKeyOf } from '../jobs.ts';
import type { VariantSettings } from '../settings.ts';
import { collectReport, reportTrade, type ReportSources } from './collect-report.ts';
import type { ReportData } from './report-data.ts';

const START = Date.UTC(2024, 0, 1);
const FROM = START + 40 * DAY_MS;
const TO = FROM + 20 * DAY_MS;

const trade = { direction: 1, entryPrice: 200, quantity: 3, initialRisk: 6, netPnl: -7 } as RoundTrip;

describe('a trade', () => {
  it('has its stop where its risk was, and its target at its fraction', () => {
    expect(reportTrade(trade, 0.02)).toMatchObject({ stopPrice: 198, targetPrice: 204 });
    expect(reportTrade({ ...trade, direction: -1 }, 0.02)).toMatchObject({ stopPrice: 202, targetPrice: 196 });
  });

  it('has none where there was none', () => {
    const { stopPrice, targetPrice } = reportTrade({ ...trade, initialRisk: NaN }, undefined);
    expect([stopPrice, targetPrice]).toEqual([undefined, undefined]);
  });
});

describe('a run', () => {
  const series = candles(80 * 24);
  const regime = regimeParams();
  const days = Array.from({ length: 21 }, (_, day) => FROM + day * DAY_MS);
  const outcome = {
    symbol: 'X',
    riskLevel: 'moderate',
    variant: 'headline',
    from: FROM,
    to: TO,
    days,
    dailyEquity: days.map((_, day) => 100 + day),
    trades: [trade],
    notes: [
      { kind: 'limit', time: FROM, limit: 'drawdown' },
      { kind: 'guard', time: FROM + 1, mode: 'PAUSED', reason: 'losses' },
    ],
  };
  const settings = {
    riskLevel: 'moderate',
    variant: 'headline',
    regime,
    exits: { stopFraction: null, targetFraction: null, maxHoldHours: null },
    labeling: { profitBarrier: 0.03, stopBarrier: 0.01, horizonHours: 24 },
    costs: { takerFeeBps: 5, slippageBps: 1 },
    model: { thresholdScale: 'edge' },
  };
  const data = collectReport({
    result: { headlineVariant: 'headline' },
    suite: {
      outcomes: [outcome, { ...outcome, variant: 'other' }],
      baselines: [{ symbol: 'X', buyAndHold: { dailyReturns: Float64Array.from({ length: 20 }, () => 0.01) } }],
      models: [],
    },
    // No symbol is asked for its features here: there are no models.
    markets: [{ symbol: 'X', series, instrument: { tickSize: 0.5 } }],
    variants: [],
    currency: 'USDT',
    more: { runId: 'run' },
  } as unknown as ReportSources);
  const withSettings = collectReport({
    result: { headlineVariant: 'headline' },
    suite: { outcomes: [outcome], baselines: [], models: [] },
    markets: [],
    variants: [settings],
    currency: 'USDT',
  } as unknown as ReportSources);

  it('hands over its headline variant, its guard and its candles', () => {
    expect(data.runId).toBe('run');
    expect(data.curves).toHaveLength(1);
    expect(data.curves[0]).toMatchObject({ riskLevel: 'moderate', guard: [{ time: FROM + 1, mode: 'PAUSED' }] });
    expect(data.candles[0]).toMatchObject({ symbol: 'X', tickSize: 0.5, intervalMs: HOUR_MS });
    expect(withSettings.curves[0].trades[0].targetPrice).toBeUndefined();
  });

  it('has buy and hold on the days of its tests', () => {
    const [{ days: held, equity }] = data.holds;
    expect(held).toEqual(days);
    expect(equity[0]).toBe(1);
    expect(equity[20]).toBeCloseTo(1.01 ** 20, 12);
  });

  it('has the regime that the filter shows at every close, from the first test to the last, without a hole', () => {
    const lines = regimesOfRun({ outcome, settings, series });
    const filter = createRegimeFilter(regime);
    const view = createCandleView();
    for (let bar = 0; bar < series.length; bar += 1) {
      loadCandle(view, series, bar);
      filter.update(view);
      const span = lines.find(({ from, to }) => from <= view.closeTime && view.closeTime < to);
      if (view.closeTime >= FROM && view.closeTime < TO) expect(span?.regime).toBe(filter.regime);
      else expect(span).toBeUndefined();
    }
    expect(lines.length).toBeGreaterThan(3);
    expect(lines[0].from).toBe(FROM);
    expect(lines[lines.length - 1].to).toBe(TO);
    lines.slice(1).forEach(({ from }, index) => expect(from).toBe(lines[index].to));
  });
});

/** A trained fold as far as the report reads it. */
const fold = (calibration: readonly object[], card: object): object => ({
  status: 'trained',
  trained: { card, model: { ensemble: { featureNames: [], boosting: { names: [], treeStart: [0] } } } },
  test: { calibration },
});

describe('calibration', () => {
  const settings = variantsOf(['moderate']).find(({ variant }) => variant === HEADLINE) as VariantSettings;
  const other = { ...settings, model: { ...settings.model, validationFraction: 0.123 } };
  const bins = [
    { predicted: 0.31, count: 200, won: 60 },
    { predicted: 0.41, count: 100, won: 50 },
  ];
  const folds = [
    fold(bins, { trainSamples: 1_000, effectiveTrainSamples: 150, breakEven: 0.38 }),
    fold(bins, { trainSamples: 1_000, effectiveTrainSamples: 250, breakEven: 0.4 }),
    { status: 'failed', reason: 'too short' },
  ];
  const collected = (models: readonly object[]): ReportData['calibration'] =>
    collectReport({
      result: { headlineVariant: HEADLINE },
      suite: { outcomes: [], baselines: [], models },
      markets: [{ symbol: 'X', series: candles(24), instrument: { tickSize: 0.5 } }],
      variants: [settings],
      currency: 'USDT',
    } as unknown as ReportSources).calibration;

  it('puts the bins of all trained folds of the headline together, and of no other model', () => {
    const own = { symbol: 'X', modelKey: modelKeyOf(settings, HOUR_MS), folds };
    const foreign = { symbol: 'X', modelKey: modelKeyOf(other, HOUR_MS), folds: [...folds, ...folds] };
    expect(collected([own, foreign, { ...own, symbol: 'Y' }])).toEqual([
      {
        name: 'X',
        bins: [
          { predicted: 0.31, count: 400, won: 120 },
          { predicted: 0.41, count: 200, won: 100 },
        ],
        breakEven: 0.39,
        independence: 0.2,
      },
    ]);
    expect(collected([foreign])).toBeUndefined();
    expect(collected([])).toBeUndefined();
  });
});

/** Regimes alone: without features no model key can be made, so the market is handed over without models. */
function regimesOfRun({ outcome, settings, series }: { outcome: object; settings: object; series: CandleSeries }) {
  const sections = defaults();
  const { regimes = [] } = collectReport({
    result: { headlineVariant: 'headline' },
    suite: { outcomes: [outcome], baselines: [], models: [] },
    markets: [{ symbol: 'X', series, instrument: { tickSize: 0.5 } }],
    variants: [{ ...settings, features: sections['features'], primary: sections['primary'] }],
    currency: 'USDT',
  } as unknown as ReportSources);
  return regimes[0].spans;
}

function candles(length: number): CandleSeries {
  const random = createRandom('collect-report');
  const column = (): Float64Array => new Float64Array(length);
  const series = {
    symbol: 'X',
    intervalMs: HOUR_MS,
    length,
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column().fill(1),
    flags: new Uint8Array(length),
  };
  let price = 1_000;
  for (let bar = 0; bar < length; bar += 1) {
    series.openTime[bar] = START + bar * HOUR_MS;
    series.open[bar] = price;
    price *= 1 + 0.01 * random.normal() + 0.004 * Math.sin(bar / 90);
    series.close[bar] = price;
    series.high[bar] = Math.max(series.open[bar], price) * 1.002;
    series.low[bar] = Math.min(series.open[bar], price) * 0.998;
  }
  return series;
}

function defaults(): Record<string, unknown> {
  const file = new URL('../../../config/config.yaml', import.meta.url);
  return camelCase(parse(readFileSync(file, 'utf8'))) as Record<string, unknown>;
}

function regimeParams(): RegimeParams {
  return defaults()['regime'] as RegimeParams;
}

function camelCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelCase(inner),
    ]),
  );
}
