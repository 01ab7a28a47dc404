// Do stored venue files become the right contract rules, and are damaged ones refused?
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tierOf } from '../../domain/instrument.ts';
import { storedInstruments } from './stored-instruments.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const hasData = existsSync(join(DATA, 'instruments'));

const steps = {
  symbols: { AAAUSDT: { price_tick: '0.010', qty_step: '1e-3' }, CCCUSDT: { price_tick: 'x', qty_step: '1' } },
};
const bracket = (tier: object): object => ({
  maintenanceMarginRate: 0.02,
  maxLeverage: 25,
  info: { cum: '0' },
  ...tier,
});
const tiers = {
  'AAA/USDT:USDT': [
    bracket({ minNotional: 0, maxNotional: 1000 }),
    bracket({ minNotional: 1000, maxNotional: 5000, maintenanceMarginRate: 0.05, info: { cum: '30.0' } }),
  ],
  'DDD/USDT:USDT': [bracket({ minNotional: 5, maxNotional: 1000 })],
};
const contract = (symbol: string, contractType = 'LinearPerpetual'): object => ({
  symbol,
  contractType,
  leverageFilter: { maxLeverage: '50.00' },
  priceFilter: { tickSize: '0.50' },
  lotSizeFilter: { qtyStep: '0.1', minOrderQty: '0.2', maxMktOrderQty: '70', minNotionalValue: '7' },
});

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'instruments-'));
  const put = (name: string, value: unknown): Promise<void> =>
    writeFile(join(root, 'instruments', name), typeof value === 'string' ? value : JSON.stringify(value));
  await mkdir(join(root, 'instruments'));
  await put('binance-usdm-derived-steps.json', {
    ...steps,
    symbols: { ...steps.symbols, DDDUSDT: steps.symbols.AAAUSDT },
  });
  await put('binance-usdm-leverage-tiers-2024-10.json', tiers);
  const list = [contract('AAAUSDT'), contract('BBBUSDT'), contract('EEEUSDT', 'LinearFutures')];
  await put('bybit-v5-linear-instruments-info-1.json', { retCode: 0, result: { list } });
});
afterAll(() => rm(root, { recursive: true }));

describe('storedInstruments', () => {
  it('puts Binance before Bybit and says what it assumed', async () => {
    const record = await storedInstruments(root).find('AAAUSDT');
    expect(record?.instrument).toMatchObject({ tickSize: 0.01, lotSize: 0.001, minQuantity: 0.001, minNotional: 5 });
    expect(record?.instrument.tiers[1]).toEqual({
      maxNotional: 5000,
      maintenanceRate: 0.05,
      deduction: 30,
      maxLeverage: 25,
    });
    expect(record?.provenance).toMatch(/Binance.*assumed: minimum value 5 USDT/);
  });

  it('takes Bybit where Binance has nothing, perpetuals only', async () => {
    const record = await storedInstruments(root).find('BBBUSDT');
    expect(record?.instrument).toEqual({
      symbol: 'BBBUSDT',
      tickSize: 0.5,
      lotSize: 0.1,
      minQuantity: 0.2,
      maxMarketQuantity: 70,
      minNotional: 7,
      tiers: [{ maxNotional: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 }],
    });
    expect(record?.provenance).toContain('Bybit');
    expect(await storedInstruments(root).find('EEEUSDT')).toBeUndefined();
  });

  it('refuses entries of another shape and brackets that do not join', async () => {
    await expect(storedInstruments(root).find('CCCUSDT')).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(storedInstruments(root).find('DDDUSDT')).rejects.toThrow(/do not follow one another/);
  });

  it('refuses files that are no JSON and knows nothing without files', async () => {
    const other = await mkdtemp(join(tmpdir(), 'instruments-'));
    expect(await storedInstruments(other).find('AAAUSDT')).toBeUndefined();
    await mkdir(join(other, 'instruments'));
    await writeFile(join(other, 'instruments', 'binance-usdm-derived-steps.json'), '{');
    await expect(storedInstruments(other).find('AAAUSDT')).rejects.toThrow(/not JSON/);
    await rm(other, { recursive: true });
  });

  it('does not find names of the language among the symbols', async () => {
    expect(await storedInstruments(root).find('constructor')).toBeUndefined();
  });
});

describe.skipIf(!hasData)(`stored instruments of real venues${hasData ? '' : ' (skipped: no data folder)'}`, () => {
  it('has BTCUSDT as publicly known', async () => {
    const record = await storedInstruments(DATA).find('BTCUSDT');
    expect(record?.instrument).toMatchObject({
      tickSize: 0.1,
      lotSize: 0.001,
      minNotional: 100,
      maxMarketQuantity: 120,
    });
  });

  it('has deductions that make the maintenance margin of every symbol continuous', async () => {
    const store = storedInstruments(DATA);
    for (const symbol of ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'RAYUSDT', '1000SHIBUSDT', 'WAVESUSDT']) {
      const record = await store.find(symbol);
      expect(record, symbol).toBeDefined();
      const instrument = record!.instrument;
      for (const tier of instrument.tiers.slice(0, -1)) {
        const next = tierOf(instrument, tier.maxNotional + 1);
        const margin = tier.maxNotional * tier.maintenanceRate - tier.deduction;
        expect(tier.maxNotional * next.maintenanceRate - next.deduction).toBeCloseTo(margin, 6);
      }
    }
  });
});
