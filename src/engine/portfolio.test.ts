// Does the engine trade what the portfolio layer selects, the same in any order, and one symbol as if it were off?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  marketOf,
  prove,
  randomScript,
  type Proof,
  type TestMarket,
} from '../../test/scenarios/engine/random-backtest.ts';
import { paramsOf, type Script, type Settings } from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import { ledgerEquity } from '../domain/ledger.ts';
import { HOUR_MS } from '../domain/time.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import type { EngineParams } from './state.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];

const withPortfolio = (portfolio: PortfolioParams | undefined, more: Settings = {}): EngineParams => ({
  ...paramsOf(more),
  portfolio,
});

/** The symbols of the market in another order, with the script turned accordingly. */
function turned(market: TestMarket, script: Script, order: readonly number[]): { market: TestMarket; script: Script } {
  return {
    market: {
      instruments: order.map((index) => market.instruments[index]),
      series: order.map((index) => market.series[index]),
      funding: order.map((index) => market.funding[index]),
    },
    script: (bar, symbol, ...rest) => script(bar, order[symbol], ...rest),
  };
}

/** Signals that depend on symbol and bar alone, whatever else was asked before. */
const steady: Script = (bar, symbol) => ({
  signal: (bar * 7 + symbol * 3) % 11 === 0 ? 1 : (bar * 5 + symbol) % 13 === 0 ? -1 : 0,
});

const facts = ({ result }: Proof) => ({
  trades: result.state.roundTrips.map((trade) => JSON.stringify(trade)).toSorted(),
  equity: result.curve.equity,
  notes: result.notes,
});

describe('the order of the symbols', () => {
  it('changes no trade, no equity and no rebalance, even where the account cannot hold all entries', () => {
    const market = marketOf(SYMBOLS, 5000, 5900);
    const params = withPortfolio(
      portfolioParams({ crossSectional: { topK: 3, allocation: 'inverse_volatility' }, limits: { maxGross: 0.5 } }),
      { risk: { maxOpenPositions: 2 } },
    );
    const straight = prove({ market, script: steady, params });
    expect(straight.result.state.roundTrips.length).toBeGreaterThan(30);
    const other = prove({ ...turned(market, steady, [2, 0, 3, 1]), params });
    expect(facts(other)).toEqual(facts(straight));
  });
});

describe('one symbol', () => {
  it('with the portfolio on is traded as by the single-symbol bot, bit by bit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom('equal' as const, 'inverse_volatility' as const, 'risk_parity' as const),
        (seed, allocation) => {
          const market = marketOf(['BRAVOUSDT'], 5000, 5600);
          const alone = prove({ market, script: randomScript(String(seed), 6), params: paramsOf() });
          const params = withPortfolio(
            portfolioParams({ crossSectional: { allocation, topK: 3 }, selection: { onLeaving: 'close' } }),
          );
          const both = prove({ market, script: randomScript(String(seed), 6), params });
          const withoutShare = both.result.state.roundTrips.map(({ sizing: { share, ...sizing }, ...trade }) => {
            expect(share).toBe(1);
            return { ...trade, sizing };
          });
          expect(withoutShare).toEqual(alone.result.state.roundTrips);
          expect(both.result.curve).toEqual(alone.result.curve);
          expect([...both.orders.values()]).toEqual([...alone.orders.values()]);
          expect(withoutShare.length).toBeGreaterThan(10);
        },
      ),
      { seed: 51, numRuns: 6 },
    );
  });
});

/** Runs that rebalance every four hours, checked at every slice. */
const runs = (increase: boolean, look: (run: Proof) => void) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e6 }),
      fc.constantFrom('own_exit' as const, 'close' as const),
      (seed, onLeaving) => {
        const market = marketOf(SYMBOLS, 5000, 5400);
        const portfolio = portfolioParams({
          crossSectional: { topK: 3, rebalanceIntervalHours: 4, allocation: 'risk_parity' },
          selection: { onLeaving },
          rebalancing: { noTradeBand: 0.02, increase },
          covariance: { lookbackDays: 1 },
        });
        const held = new Map<string, number>();
        const params = withPortfolio(portfolio, {
          risk: { maxOpenPositions: 4 },
          exits: { maxHoldBars: 40, stopFraction: 0.05, targetFraction: 0.1 },
        });
        const script = randomScript(String(seed), 4);
        const run = prove({
          market,
          script,
          params,
          check(state, venue, time) {
            const isRebalanced = (time / HOUR_MS - 1) % 4 === 0;
            for (const { trade, index } of state.symbols) {
              const { quantity = 0, entryPrice, stopPrice = NaN, liquidationPrice } = venue.position(index) ?? {};
              expect(quantity).toBe((trade?.quantity ?? 0) * (trade?.direction ?? 1));
              if (trade === undefined) continue;
              expect(trade.heldPrice / (entryPrice ?? NaN)).toBeCloseTo(1, 12);
              const far = -trade.direction * Infinity;
              expect(trade.direction * (stopPrice - (liquidationPrice ?? far))).toBeGreaterThan(0);
              const key = `${index} ${trade.entryTime}`;
              const before = held.get(key) ?? Infinity;
              if (!increase || !isRebalanced) expect(trade.quantity).toBeLessThanOrEqual(before);
              held.set(key, trade.quantity);
            }
          },
        });
        expect(run.result.venueEvents.filter(({ kind }) => kind === 'order-refused')).toEqual([]);
        look(run);
      },
    ),
    { seed: 53, numRuns: 6 },
  );
};
const fills = ({ result }: Proof, purpose: 'reduce' | 'increase') =>
  result.venueEvents.flatMap((event) =>
    event.kind === 'fill' && event.clientOrderId.endsWith(purpose) ? [event] : [],
  );

describe('a whole run with rebalances every four hours', () => {
  it('holds what the venue holds, adds only what the rebalance before asked for, and no order is refused', () => {
    runs(true, (run) => {
      expect(fills(run, 'reduce').length).toBeGreaterThan(3);
      const added = fills(run, 'increase');
      expect(added.length).toBeGreaterThan(3);
      const rebalances = run.result.notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));
      for (const { clientOrderId, symbol } of added) {
        const decidedAt = run.orders.get(clientOrderId)?.decidedAt;
        expect(rebalances.find(({ time }) => time === decidedAt)?.selected).toContain(symbol);
      }
      const { ledger, roundTrips } = run.result.state;
      const netPnl = roundTrips.reduce((total, trade) => total + trade.netPnl, 0);
      expect(netPnl).toBeCloseTo(ledgerEquity(ledger) - 100_000, 6);
    });
  });

  it('adds to nothing where the settings say so', () => {
    runs(false, (run) => {
      expect(fills(run, 'reduce').length).toBeGreaterThan(3);
      expect(fills(run, 'increase')).toEqual([]);
    });
  });
});
