// Do real contracts come and go in one account over all symbols? Late listings enter, delisted ones are left at their last price. (R15)
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createParquetSource } from '../../../src/adapters/parquet/parquet-source.ts';
import { composePortfolio } from '../../../src/cli/compose-portfolio.ts';
import { loadMarkets } from '../../../src/cli/compose-markets.ts';
import { usableMarkets } from '../../../src/cli/usable-markets.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { holdoutOf } from '../../../src/research/holdout.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import { planCalendar, planSuite } from '../../../src/research/plan-suite.ts';
import { rebalancesOf } from '../../../src/research/portfolio-figures.ts';
import { simulatePortfolio } from '../../../src/research/simulate-portfolio.ts';
import type { BacktestResult } from '../../../src/simulation/run-backtest.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import { composedOf, HEADLINE } from './small-research.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const DEAD = ['RAYUSDT', 'WAVESUSDT'];
const LATE = ['APTUSDT', 'INJUSDT', 'OPUSDT', 'SUIUSDT'];
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', ...DEAD, ...LATE];
const isStored = SYMBOLS.every((symbol) => existsSync(join(DATA, 'candles', `${symbol}-1h.parquet`)));

const YEARS = 3;
const { config } = loadConfig();

/** The primary signal alone, in positions so long and with stops so far away that contracts end while they are held. */
const SETTINGS = [
  'portfolio.cross_sectional.top_k=8',
  'guard.enabled=false',
  'regime.enabled=false',
  'risk.drawdown_limit=0.9',
  'risk.daily_loss_limit=0.9',
  'risk.max_open_positions=8',
  'risk.max_leverage=1',
  'risk.cooldown_hours=0',
  'exits.stop_fraction=0.5',
  'exits.target_fraction=0',
  'exits.max_hold_hours=720',
];

interface StoredAccount {
  readonly markets: readonly SymbolMarket[];
  readonly result: BacktestResult;
  /** First test of each symbol, epoch milliseconds. */
  readonly firstTests: ReadonlyMap<string, number>;
  readonly end: number;
}

async function account(allocation: string): Promise<StoredAccount> {
  const source = createParquetSource({ root: DATA, marks: config.data });
  const { signal } = new AbortController();
  const { markets: whole, failure } = await loadMarkets({ source, symbols: SYMBOLS, data: config.data, signal });
  if (failure !== undefined) throw failure;
  const { walkForward } = config;
  const holdout = holdoutOf(whole, walkForward.holdoutDays);
  const terms = { holdout, isOpened: false, walkForward, years: YEARS, leaveOutShort: true };
  const { markets } = usableMarkets(whole, terms);
  const plans = planSuite({ markets, walkForward, years: YEARS });
  const calendar = planCalendar({ markets, walkForward, years: YEARS }, plans);
  const composed = composePortfolio(composedOf(['moderate'], SETTINGS), HEADLINE);
  const own = composed.find(({ settings }) => settings.variant === `portfolio/${allocation}`);
  if (own === undefined) expect.fail(`there is no portfolio/${allocation}`);
  const settings = { ...own.settings, metaModel: 'off' } as const;
  const symbols = plans.map(({ market, windows }) => ({
    market,
    folds: windows.map((window) => ({ window, model: undefined })),
  }));
  const strategy = strategyOf(settings, HOUR_MS);
  const result = simulatePortfolio({ symbols, settings, strategy, calendar, ambiguity: 'worst' });
  const firstTests = new Map(plans.map(({ market, windows }) => [market.symbol, windows[0].testStart]));
  return { markets, result, firstTests, end: calendar[calendar.length - 1].testEnd };
}

describe('one account over real contracts', () => {
  it.skipIf(!isStored)(
    'closes the delisted at their last price, with a cost, and enters late listings with their first tests (skipped without stored candles)',
    async () => {
      const { markets, result, firstTests, end } = await account('equal');
      expect(markets.map(({ symbol }) => symbol).toSorted()).toEqual(SYMBOLS.toSorted());
      const { roundTrips } = result.state;
      for (const symbol of DEAD) {
        const { series } = markets.find((market) => market.symbol === symbol) ?? markets[0];
        const [lastClose, lastPrice] = [series.openTime[series.length - 1] + HOUR_MS, series.close[series.length - 1]];
        expect(lastClose).toBeLessThan(end - 90 * DAY_MS);
        const own = roundTrips.filter((trade) => trade.symbol === symbol);
        expect(own.filter(({ reason }) => reason === 'delisting')).toHaveLength(1);
        const last = own[own.length - 1];
        expect(last).toMatchObject({ reason: 'delisting', exitTime: lastClose });
        expect(Math.abs(last.exitPrice / lastPrice - 1)).toBeLessThan(0.02);
        expect(last.exitPrice * last.direction).toBeLessThan(lastPrice * last.direction);
        expect([last.fees > 0, last.slippage > 0]).toEqual([true, true]);
        expect(result.state.symbols.find(({ instrument }) => instrument.symbol === symbol)?.trade).toBeUndefined();
      }
      const earliest = Math.min(...firstTests.values());
      for (const symbol of LATE) {
        const first = firstTests.get(symbol) ?? NaN;
        expect(first).toBeGreaterThan(earliest + 30 * DAY_MS);
        const own = roundTrips.filter((trade) => trade.symbol === symbol);
        expect(own.length).toBeGreaterThan(5);
        expect(Math.min(...own.map(({ decidedAt }) => decidedAt))).toBeGreaterThanOrEqual(first);
      }
      // Those that are gone stand in no ranking as eligible any more.
      for (const { time, ranking } of rebalancesOf(result.notes)) {
        for (const { symbol, eligible } of ranking.filter((each) => DEAD.includes(each.symbol) && each.eligible)) {
          const { series } = markets.find((market) => market.symbol === symbol) ?? markets[0];
          expect([eligible, time <= series.openTime[series.length - 1] + HOUR_MS]).toEqual([true, true]);
        }
      }
    },
  );
});
