// Is the shipped strategy ever accused of looking ahead? Whatever risk level and sensitivity, on invented and real candles. (R11)
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadMarkets, openStore } from '../../src/cli/compose-markets.ts';
import { settingsOf } from '../../src/cli/compose-variants.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { sliceSeries } from '../../src/domain/candle.ts';
import { checkAll, marketOf, marks, settingsWith } from './leak-soil.ts';

describe('the shipped strategy', () => {
  const variants = ['relaxed', 'standard', 'strict'].flatMap((sensitivity) =>
    ['conservative', 'aggressive'].map((level) => ({ sensitivity, level })),
  );
  it.each(variants)('is not accused: $level, $sensitivity', ({ sensitivity, level }) => {
    const own = settingsWith([`regime.sensitivity=${sensitivity}`, 'regime.allow_ranging=true'], level);
    const report = checkAll({ market: marketOf(sensitivity), settings: own, cuts: 15 });
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ cuts: 15, wholeCuts: 4, noModel: undefined });
    expect(report.ordersCompared).toBeGreaterThan(1_000);
  });
});

const stored = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const isStored = existsSync(stored);
if (!isStored) console.warn('no stored market data: the look-ahead check on real candles is skipped');

describe('the shipped strategy on real candles', () => {
  it.skipIf(!isStored)('is not accused, whatever the sensitivity', async () => {
    const source = await openStore(stored, marks);
    const data = { ...marks, finerIntervals: [] };
    const { markets } = await loadMarkets({
      source,
      symbols: ['ETHUSDT'],
      data,
      signal: new AbortController().signal,
    });
    expect(markets).toHaveLength(1);
    const [{ series }] = markets;
    const real = { ...markets[0], series: sliceSeries(series, series.length - 2_600, series.length) };
    for (const sensitivity of ['relaxed', 'standard', 'strict']) {
      const own = settingsOf(
        'moderate',
        loadConfig({ riskLevel: 'moderate', overrides: [`regime.sensitivity=${sensitivity}`] }),
      );
      const report = checkAll({ market: real, settings: own, trainBars: 1_600, cuts: 6 });
      expect(report.findings).toEqual([]);
      expect(report.ordersCompared).toBeGreaterThan(100);
    }
  });
});
