// Which small market and settings do the look-ahead and warm-up tests use? A walk with everything that real series have.
import { settingsOf } from '../../src/cli/compose-variants.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { FLAG_FILLED, type CandleSeries } from '../../src/domain/candle.ts';
import { checkLookAhead, type LookAheadReport, type LookAheadTask } from '../../src/research/look-ahead-check.ts';
import type { SymbolMarket } from '../../src/research/market.ts';
import { shippedPreparation } from '../../src/research/prepare-market.ts';
import type { VariantSettings } from '../../src/research/settings.ts';
import { syntheticFunding, syntheticSeries } from './synthetic-candles.ts';

const BARS = 1_600;
export const TRAIN_BARS = 1_100;
/** Short periods, so that a short market has room for training and cuts; few trees. */
const QUICK = [
  'features.ema_slow=12',
  'features.ema_trend=15',
  'features.adx_period=6',
  'features.rsi_period=6',
  'features.macd_fast=5',
  'features.macd_slow=12',
  'features.atr_period=6',
  'features.volatility_long_bars=48',
  'features.atr_average_bars=30',
  'primary.ema.slow=15',
  'primary.macd.fast=5',
  'primary.macd.slow=12',
  'primary.rsi.period=6',
  'regime.volatility_window=30',
  'regime.ema_period=15',
  'regime.adx_period=6',
  'regime.atr_period=6',
  'model.boosting.trees=10',
];

const { config } = loadConfig();
export const marks = config.data;

/** The shipped settings with QUICK and `overrides` laid over them. */
export function settingsWith(overrides: readonly string[] = [], riskLevel?: string, minSamples = 50): VariantSettings {
  const all = [...QUICK, `model.min_train_samples=${minSamples}`, ...overrides];
  return settingsOf(riskLevel ?? 'none', loadConfig({ riskLevel, overrides: all }));
}

/** A market of the walk with what real series have: a hole that splits it, a short one, candles without trades, and a jump. */
export function marketOf(seed: string): SymbolMarket {
  const whole = syntheticSeries(BARS, seed);
  for (const bar of [300, 301, 1_250, 1_251, 1_400]) fillBar(whole, bar);
  for (let bar = 1_300; bar < BARS; bar += 1) {
    for (const column of [whole.open, whole.high, whole.low, whole.close]) column[bar] *= 1.4;
  }
  const series = withoutBars(whole, (bar) => (bar >= 100 && bar < 120) || bar === 1_350);
  return {
    symbol: series.symbol,
    series,
    funding: syntheticFunding(whole, seed),
    finer: [],
    instrument: {
      symbol: series.symbol,
      tickSize: 0.0001,
      lotSize: 0.0001,
      minQuantity: 0.0001,
      maxMarketQuantity: Infinity,
      minNotional: 1,
      tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
    },
    provenance: 'invented for a test',
    dataHash: seed,
  };
}

function fillBar(series: CandleSeries, bar: number): void {
  for (const column of [series.open, series.high, series.low, series.close]) column[bar] = series.close[bar - 1];
  series.volume[bar] = 0;
  series.flags[bar] = FLAG_FILLED;
}

function withoutBars(series: CandleSeries, isGone: (bar: number) => boolean): CandleSeries {
  const keep = Array.from({ length: series.length }, (_, bar) => bar).filter((bar) => !isGone(bar));
  const pick = (column: Float64Array): Float64Array => Float64Array.from(keep, (bar) => column[bar]);
  return {
    ...series,
    length: keep.length,
    openTime: pick(series.openTime),
    open: pick(series.open),
    high: pick(series.high),
    low: pick(series.low),
    close: pick(series.close),
    volume: pick(series.volume),
    flags: Uint8Array.from(keep, (bar) => series.flags[bar]),
  };
}

/** The report of a whole check; by default of the shipped pipeline with ten cuts. */
export function checkAll(more: Partial<LookAheadTask> & Pick<LookAheadTask, 'market' | 'settings'>): LookAheadReport {
  const prepare = more.prepare ?? shippedPreparation(more.settings, marks);
  return resultOf(checkLookAhead({ prepare, trainBars: TRAIN_BARS, cuts: 10, seed: 'test', ...more }));
}

/** What a generator returns at its end. */
export function resultOf<Result>(run: Generator<number, Result, void>): Result {
  for (;;) {
    const piece = run.next();
    if (piece.done === true) return piece.value;
  }
}
