// Does a rehearsal through the real connector, with trained models and the portfolio on, equal research to the last digit? At both venues.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { LIVELY_PORTFOLIO } from '../../parity/lively-portfolio.ts';
import { rehearseAndBacktest, type Comparison } from '../../parity/rehearse-and-backtest.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
// In another order than that of their names, on which nothing may depend.
const SYMBOLS = ['SOLUSDT', 'BTCUSDT', 'ETHUSDT', 'BNBUSDT'];
const isStored = SYMBOLS.every((symbol) => existsSync(join(DATA, 'candles', `${symbol}-1h.parquet`)));
const folder = mkdtempSync(join(tmpdir(), 'perpilot-rehearsal-'));
const PATIENCE = 300_000;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectTheSame({ rehearsal, backtest, incidents, wallet, ...counts }: Comparison): void {
  expect(rehearsal.decisions).toEqual(backtest.decisions);
  expect(rehearsal.orders).toEqual(backtest.orders);
  expect(rehearsal.trades).toEqual(backtest.trades);
  expect(rehearsal.notes).toEqual(backtest.notes);
  expect(rehearsal.end).toBe(backtest.end);
  expect(wallet.bot).toBe(wallet.exchange);
  expect(incidents).toEqual([]);
  expect(counts.models).toBe(4);
  expect(counts.rebalances).toBeGreaterThan(10);
  expect(counts.selectionChanges).toBeGreaterThan(2);
  expect(rehearsal.trades.length).toBeGreaterThan(10);
}

describe.each(['bybit', 'binance'])('days of rehearsal at %s', (exchange) => {
  it.skipIf(!isStored)(
    'are those of the backtest on four real contracts',
    async () => {
      const comparison = await rehearseAndBacktest({
        data: DATA,
        embedded: false,
        symbols: SYMBOLS,
        from: Date.parse('2025-03-01T00:00:00Z'),
        days: 6,
        out: join(folder, exchange),
        riskLevel: 'aggressive',
        set: [...LIVELY_PORTFOLIO, `live.exchange=${exchange}`],
      });
      expectTheSame(comparison);
      expect(comparison.increases).toBeGreaterThan(1);
    },
    PATIENCE,
  );
});

it(
  'the same on the market inside the package',
  async () => {
    const comparison = await rehearseAndBacktest({
      embedded: true,
      symbols: ['ECHOUSDT', 'DELTAUSDT', 'BRAVOUSDT', 'ALPHAUSDT'],
      days: 6,
      out: join(folder, 'embedded'),
      riskLevel: 'aggressive',
      set: LIVELY_PORTFOLIO,
    });
    expectTheSame(comparison);
  },
  PATIENCE,
);
