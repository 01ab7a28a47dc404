// Do real delisted contracts stand in the research to their last price, and do real candles resample to what is stored?
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createParquetSource } from '../../../src/adapters/parquet/parquet-source.ts';
import { loadMarkets } from '../../../src/cli/compose-markets.ts';
import { usableMarkets } from '../../../src/cli/usable-markets.ts';
import { firstBarAtOrAfter, type CandleSeries } from '../../../src/domain/candle.ts';
import { resampleCandles } from '../../../src/domain/resample-candles.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { holdoutOf } from '../../../src/research/holdout.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import { listedAtOf, type SymbolMarket } from '../../../src/research/market.ts';
import { planSuite } from '../../../src/research/plan-suite.ts';
import type { VariantSettings } from '../../../src/research/settings.ts';
import { simulateVariant } from '../../../src/research/simulate-variant.ts';
import type { BacktestResult } from '../../../src/simulation/run-backtest.ts';
import { variantsOf } from './small-research.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const has = (name: string): boolean => existsSync(join(DATA, 'candles', `${name}.parquet`));

const YEARS = 2;
const { config } = loadConfig({ overrides: ['walk_forward.holdout_days=0'] });
const source = createParquetSource({ root: DATA, marks: config.data });
const signal = new AbortController().signal;

async function load(symbols: readonly string[], data = config.data): Promise<readonly SymbolMarket[]> {
  const { markets, failure } = await loadMarkets({ source, symbols, data, signal });
  if (failure !== undefined) throw failure;
  return markets;
}

/** The primary signal alone, whose losses would soon pause it. */
const settingsOf = (overrides: readonly string[] = []): VariantSettings => ({
  ...variantsOf(['moderate'], ['guard.enabled=false', 'risk.drawdown_limit=0.9', ...overrides])[0],
  metaModel: 'off',
});

function simulate(market: SymbolMarket, beside: readonly SymbolMarket[], settings = settingsOf()): BacktestResult {
  const plans = planSuite({ markets: [...beside, market], walkForward: config.walkForward, years: YEARS });
  const { windows } = plans[plans.length - 1];
  const folds = windows.map((window) => ({ window, model: undefined }));
  const strategy = strategyOf(settings, market.series.intervalMs);
  return simulateVariant({ market, settings, strategy, folds, ambiguity: 'worst' });
}

describe('delisted contracts', () => {
  it.skipIf(!['BTCUSDT-1h', 'WAVESUSDT-1h'].every(has))(
    'are traded to their last candle, left at its price, and their last fold is kept (skipped without stored candles)',
    async () => {
      const [btc, waves] = await load(['BTCUSDT', 'WAVESUSDT']);
      const { series } = waves;
      const lastClose = series.openTime[series.length - 1] + HOUR_MS;
      expect(lastClose).toBeLessThan(btc.series.openTime[btc.series.length - 1] - 300 * DAY_MS);
      expect(listedAtOf(waves)).toBeLessThan(series.openTime[0] - 300 * DAY_MS);
      const [, { windows }] = planSuite({ markets: [btc, waves], walkForward: config.walkForward, years: YEARS });
      expect(windows[windows.length - 1].testEnd).toBe(lastClose);
      const { state, curve } = simulate(waves, [btc]);
      expect(curve.time[curve.time.length - 1]).toBe(lastClose);
      expect(state.symbols[0]).toMatchObject({ trade: undefined });
      expect(state.roundTrips.length).toBeGreaterThan(50);
      for (const { exitTime, quantity, decidedAt } of state.roundTrips) {
        expect(exitTime).toBeLessThanOrEqual(lastClose);
        const bar = firstBarAtOrAfter(series, decidedAt);
        const traded = series.volume.slice(bar - 24, bar).reduce((sum, each) => sum + each, 0);
        expect(quantity).toBeLessThanOrEqual(0.01 * traded * (1 + 1e-12));
      }
      // Where a position is held to the very end: the candles are cut inside the last trade.
      const last = state.roundTrips.findLast(({ entryTime, exitTime }) => exitTime - entryTime > 3 * HOUR_MS);
      const length = firstBarAtOrAfter(series, last?.entryTime ?? NaN) + 2;
      const trade = simulate({ ...waves, series: { ...series, length } }, [btc]).state.roundTrips.at(-1);
      expect(trade).toMatchObject({ reason: 'end-of-data', exitTime: series.openTime[length - 1] + HOUR_MS });
      expect(Math.abs((trade?.exitPrice ?? NaN) / series.close[length - 1] - 1)).toBeLessThan(0.01);
      expect(trade?.slippage).toBeGreaterThan(0);
    },
  );

  it.skipIf(!['BTCUSDT-1h', 'RAYUSDT-1h'].every(has))(
    'that ended before the wanted span are left out with their reason (skipped without stored candles)',
    async () => {
      const whole = await load(['BTCUSDT', 'RAYUSDT']);
      const terms = { isOpened: false, walkForward: config.walkForward, years: YEARS, leaveOutShort: true };
      const { markets, leftOut } = usableMarkets(whole, { ...terms, holdout: holdoutOf(whole, 0) });
      expect(markets.map(({ symbol }) => symbol)).toEqual(['BTCUSDT']);
      expect(leftOut).toMatchObject([{ symbol: 'RAYUSDT', reason: expect.stringMatching(/^0\.0 days/) }]);
    },
  );
});

/** Bars of `a` with the same open, high, low and close in `b`, and those that `b` has too. */
function agreement(
  a: Omit<CandleSeries, 'flags'>,
  b: CandleSeries,
): { readonly equal: number; readonly common: number } {
  let equal = 0;
  let common = 0;
  for (let index = 0; index < a.length; index += 1) {
    const at = firstBarAtOrAfter(b, a.openTime[index]);
    if (at >= b.length || b.openTime[at] !== a.openTime[index]) continue;
    common += 1;
    if ((['open', 'high', 'low', 'close'] as const).every((name) => a[name][index] === b[name][at])) equal += 1;
  }
  return { equal, common };
}

describe('resampled candles', () => {
  it.skipIf(!['BTCUSDT-1m', 'BTCUSDT-1h'].every(has))(
    'of real minutes are the real hours, whole ones only (skipped without stored candles)',
    async () => {
      const minutes = await source.candles('BTCUSDT', '1m');
      const hours = await source.candles('BTCUSDT', '1h');
      if (minutes === undefined || hours === undefined) expect.fail('they are stored');
      expect(agreement(resampleCandles(minutes, HOUR_MS), hours)).toEqual({ equal: 719, common: 719 });
    },
  );

  it.skipIf(!has('BTCUSDT-1h'))(
    'carry a simulation in which hours stay hours (skipped without stored candles)',
    async () => {
      const overrides = ['data.interval=4h', 'features.return_hours=[4,24]'];
      const data = { ...config.data, interval: '4h' };
      const [market] = await load(['BTCUSDT'], data);
      expect([market.series.intervalMs, market.finer.at(-1)?.intervalMs]).toEqual([4 * HOUR_MS, HOUR_MS]);
      const { state, curve } = simulate(market, [], settingsOf(overrides));
      const timed = state.roundTrips.filter(({ reason }) => reason === 'time-exit');
      expect(timed.length).toBeGreaterThan(10);
      for (const { entryTime, exitTime } of timed) expect(exitTime - entryTime).toBe(24 * HOUR_MS);
      for (const { decidedAt } of state.roundTrips) expect(decidedAt % (4 * HOUR_MS)).toBe(0);
      expect(curve.time[1] - curve.time[0]).toBe(4 * HOUR_MS);
      // What a 4-hour bar touched first is mostly decided by the hours in it.
      expect(state.roundTrips.filter(({ ambiguous }) => ambiguous).length).toBeLessThan(state.roundTrips.length / 50);
      const row = strategyOf(settingsOf(overrides), 4 * HOUR_MS).rowNames;
      expect(row.some((name) => /24/.test(name))).toBe(true);
    },
  );
});
