// Does the engine trade what the portfolio layer selects, the same in any order, and one symbol as if it were off?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  marketOf,
  prove,
  randomScript,
  withHoles,
  type Proof,
  type TestMarket,
} from '../../test/scenarios/engine/random-backtest.ts';
import { modelOf, paramsOf, type Script, type Settings } from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import { ledgerEquity } from '../domain/ledger.ts';
import { createRandom } from '../domain/random.ts';
import { HOUR_MS } from '../domain/time.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { EngineEvent } from './event.ts';
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

/** Long enough held, and rebalanced often enough, for positions to be reduced, added to and cut to the limits. */
const BUSY: Settings = {
  risk: { maxOpenPositions: 3, basePositionFraction: 0.2 },
  exits: { maxHoldBars: 40, stopFraction: 0.05, targetFraction: 0.1 },
};
const busyPortfolio = portfolioParams({
  crossSectional: { topK: 3, rebalanceIntervalHours: 4, allocation: 'inverse_volatility', maxSymbolRisk: 0.15 },
  rebalancing: { noTradeBand: 0.02 },
  covariance: { lookbackDays: 1 },
  limits: { maxGross: 0.9, maxNet: 0.5, maxGroup: 0.6, groupCorrelation: 0.7 },
});
const ordersFor = ({ orders }: Proof, purpose: string): number =>
  [...orders.keys()].filter((id) => id.endsWith(purpose)).length;

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

  it.each([[[3, 2, 1, 0]], [[1, 3, 0, 2]], [[2, 0, 3, 1]]])(
    'changes nothing where positions are reduced, added to and cut: %j',
    (order) => {
      const market = marketOf(SYMBOLS, 5000, 5900);
      const params = withPortfolio(busyPortfolio, BUSY);
      const straight = prove({ market, script: steady, params });
      expect(ordersFor(straight, 'increase')).toBeGreaterThan(20);
      expect(ordersFor(straight, 'reduce')).toBeGreaterThan(20);
      expect(facts(prove({ ...turned(market, steady, order), params }))).toEqual(facts(straight));
    },
  );
});

/** What the portfolio layer adds to a trade is its share, which is 1 for one symbol. */
const withoutShare = ({ result }: Proof) =>
  result.state.roundTrips.map(({ sizing: { share, ...sizing }, ...trade }) => {
    expect(share).toBe(1);
    return { ...trade, sizing };
  });

describe('one symbol', () => {
  const allocations = fc.constantFrom('equal' as const, 'inverse_volatility' as const, 'risk_parity' as const);
  const market = marketOf(['BRAVOUSDT'], 5000, 5600);

  it('with the portfolio on is traded as by the single-symbol bot, bit by bit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        allocations,
        fc.constantFrom<Settings>({}, BUSY),
        (seed, allocation, settings) => {
          const alone = prove({ market, script: randomScript(String(seed), 6), params: paramsOf(settings) });
          const params = withPortfolio(
            portfolioParams({
              crossSectional: { allocation, topK: 3, rebalanceIntervalHours: 4 },
              selection: { onLeaving: 'close' },
              rebalancing: { noTradeBand: 0 },
            }),
            settings,
          );
          const both = prove({ market, script: randomScript(String(seed), 6), params });
          const trades = withoutShare(both);
          expect(trades).toEqual(alone.result.state.roundTrips);
          expect(both.result.curve).toEqual(alone.result.curve);
          expect([...both.orders.values()]).toEqual([...alone.orders.values()]);
          expect(trades.length).toBeGreaterThan(10);
        },
      ),
      { seed: 51, numRuns: 8 },
    );
  });

  const hour = (bar: number): number => market.series[0].openTime[0] + bar * HOUR_MS;

  const promotion = (bar: number, model: MetaModel | undefined): EngineEvent => {
    return { kind: 'model-promoted', time: hour(bar), symbol: 'BRAVOUSDT', model };
  };

  it('is so too where its model comes at an odd hour, goes, and comes back', () => {
    const schedule = [promotion(31, modelOf()), promotion(200, undefined), promotion(263, modelOf())];
    const settings: Settings = { metaModel: 'on' };
    const run = (params: EngineParams): Proof => prove({ market, script: randomScript('models', 6), params, schedule });
    const alone = run(paramsOf(settings));
    // No rebalance falls into the time without a model, and then some do.
    for (const rebalanceIntervalHours of [720, 6]) {
      const both = run(
        withPortfolio(portfolioParams({ crossSectional: { topK: 3, rebalanceIntervalHours } }), settings),
      );
      expect(withoutShare(both)).toEqual(alone.result.state.roundTrips);
      expect(both.result.curve).toEqual(alone.result.curve);
    }
    const decided = alone.result.state.roundTrips.map(({ decidedAt }) => decidedAt);
    expect(decided.filter((time) => time < hour(200)).length).toBeGreaterThan(5);
    expect(decided.filter((time) => time >= hour(263)).length).toBeGreaterThan(5);
  });
});

describe('where nobody can be selected', () => {
  it('all stays in cash, every rebalance says why, and so does the funnel', () => {
    const market = marketOf(SYMBOLS, 5000, 5200);
    const params = withPortfolio(portfolioParams({ crossSectional: { minLiquidity: 1e15 } }));
    const { result, orders } = prove({ market, script: steady, params });
    expect(orders.size).toBe(0);
    const rebalances = result.notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));
    expect(rebalances.length).toBeGreaterThan(7);
    for (const { warnings, cash } of rebalances) {
      expect(cash).toBe(1);
      expect(warnings.join()).toMatch(/no symbol can be selected, so all is held in cash: 4 (illiquid|no-volume)/);
    }
    const refused = result.state.symbols.reduce((sum, { funnel }) => sum + funnel.refused['not-selected'], 0);
    expect(refused).toBeGreaterThan(50);
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
  let late = 0;
  let bare = 0;

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

  it('holds what the venue holds, and nothing in the end, where orders fill late and holes keep them waiting', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 3 }), (seed, delayBars) => {
        const market = withHoles(marketOf(SYMBOLS, 5000, 5500), createRandom(`holes-${seed}`));
        const { result } = prove({
          market,
          script: randomScript(String(seed), 4),
          delayBars,
          params: withPortfolio(busyPortfolio, { ...BUSY, exits: { ...BUSY.exits, stopFraction: 0.02 } }),
          check(state, venue) {
            for (const { trade, index } of state.symbols) {
              const { quantity = 0 } = venue.position(index) ?? {};
              expect(quantity).toBe((trade?.quantity ?? 0) * (trade?.direction ?? 1));
            }
          },
        });
        const { state, venueEvents } = result;
        const netPnl = state.roundTrips.reduce((total, trade) => total + trade.netPnl, 0);
        expect(netPnl).toBeCloseTo(ledgerEquity(state.ledger) - 100_000, 6);
        expect(state.symbols.map(({ trade }) => trade)).toEqual(SYMBOLS.map(() => undefined));
        late += venueEvents.filter((event) => event.kind === 'fill' && event.clientOrderId.endsWith('increase')).length;
        // Without a stop: an increase that filled although its position was gone.
        bare += state.roundTrips.filter(({ initialRisk }) => Number.isNaN(initialRisk)).length;
      }),
      { seed: 55, numRuns: 12 },
    );
    expect(late).toBeGreaterThan(50);
    expect(bare).toBe(0);
  });

  it('adds to nothing where the settings say so', () => {
    runs(false, (run) => {
      expect(fills(run, 'reduce').length).toBeGreaterThan(3);
      expect(fills(run, 'increase')).toEqual([]);
    });
  });
});
