// When may the shipped strategy decide, and which settings give its columns another meaning?
import { describe, expect, it } from 'vitest';
import { defaultFeatures, defaultPrimary, defaultRegime } from '../../test/leaks/default-settings.ts';
import { syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { createCandleView, FLAG_FILLED, FLAG_SEGMENT_START, loadCandle } from '../domain/candle.ts';
import { HOUR_MS } from '../domain/time.ts';
import { createTrendStrategy, type TrendStrategyParams } from './trend-strategy.ts';

const params: TrendStrategyParams = {
  barMs: HOUR_MS,
  features: defaultFeatures,
  primary: defaultPrimary,
  regime: defaultRegime,
};
const BARS = 3_200;
const series = syntheticSeries(BARS, 'trend-strategy');
const unknown = { rate: NaN, previousRate: NaN, time: NaN };

/** Bars at which the strategy is ready, with the given flags set. */
function readyBars(own: TrendStrategyParams, flagged: Readonly<Record<number, number>> = {}): number[] {
  const symbol = createTrendStrategy(own).create({ barMs: HOUR_MS, hasFunding: false });
  const view = createCandleView();
  const bars: number[] = [];
  for (let bar = 0; bar < BARS; bar += 1) {
    loadCandle(view, series, bar);
    view.flags = flagged[bar] ?? 0;
    symbol.update(view, unknown);
    if (symbol.ready) bars.push(bar);
  }
  return bars;
}

/** A primary signal that needs longer than every feature. */
const slow: TrendStrategyParams = {
  ...params,
  primary: { ...defaultPrimary, ema: { ...defaultPrimary.ema, fast: 9, slow: 90 } },
};

describe('readiness', () => {
  it('begins when the slowest of features, signal and regime has warmed up', () => {
    for (const own of [params, slow]) {
      const { warmupBars } = createTrendStrategy(own);
      expect(readyBars(own)[0]).toBe(warmupBars - 1);
    }
    expect(createTrendStrategy(slow).warmupBars).toBeGreaterThan(createTrendStrategy(params).warmupBars);
  });

  it('begins anew after a hole, for the signal and the regime too', () => {
    const { warmupBars } = createTrendStrategy(slow);
    const bars = readyBars(slow, { [warmupBars + 100]: FLAG_SEGMENT_START });
    expect(bars.filter((bar) => bar < warmupBars + 100)).toHaveLength(101);
    expect(bars.find((bar) => bar >= warmupBars + 100)).toBe(warmupBars + 100 + warmupBars - 1);
  });

  it('does not count filled candles, and is off at them', () => {
    const { warmupBars } = createTrendStrategy(params);
    const bars = readyBars(params, { 10: FLAG_FILLED, 11: FLAG_FILLED, [warmupBars + 50]: FLAG_FILLED });
    expect(bars[0]).toBe(warmupBars + 1);
    expect(bars).not.toContain(warmupBars + 50);
    expect(bars).toContain(warmupBars + 51);
  });
});

const hash = (own: TrendStrategyParams): string => createTrendStrategy(own).schemaHash;

describe('the schema of the columns', () => {
  it('is shared by all regime thresholds and sensitivities, so that risk levels share their models', () => {
    for (const regime of [
      { ...defaultRegime, adxEnter: 30, adxExit: 25 },
      { ...defaultRegime, sensitivity: 'strict' as const },
      { ...defaultRegime, allowRanging: true, enabled: false },
      { ...defaultRegime, confirmBars: 3 },
    ]) {
      expect(hash({ ...params, regime })).toBe(hash(params));
    }
  });

  it('changes with the primary signal, the features, the candles and a column of a user', () => {
    const extra = { name: 'own', directional: false, stableAfter: 1, create: () => ({ update: () => 0 }) };
    const hashes = [
      hash(params),
      hash(slow),
      hash({ ...params, features: { ...defaultFeatures, rsiPeriod: 21 } }),
      hash({ ...params, barMs: 4 * HOUR_MS }),
      createTrendStrategy(params, [extra]).schemaHash,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(createTrendStrategy(params, [extra]).rowNames.slice(-2)).toEqual(['own', 'direction']);
  });
});
