// Is every limit of the portfolio kept, by each entry, and by everything that is held once a rebalance has been carried out?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketOf, prove, randomScript } from '../../test/scenarios/engine/random-backtest.ts';
import { botWith, feed, PATIENT, wave } from '../../test/scenarios/engine/rebalancing-bot.ts';
import {
  A,
  B,
  calm,
  ordersOf,
  paramsOf,
  type Bot,
  type BotSetup,
  type Settings,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import { HOUR_MS } from '../domain/time.ts';
import type { PortfolioParams } from '../portfolio/portfolio-params.ts';
import type { EngineParams, EngineState, SymbolState } from './state.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];

const withPortfolio = (portfolio: PortfolioParams | undefined, more: Settings = {}): EngineParams => ({
  ...paramsOf(more),
  portfolio,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Gross, net and the largest group of what is held at the last close and under way, as multiples of equity. */
function exposureIn(state: EngineState, equity: number) {
  const notional = state.symbols.map(({ trade, pending, close }) => {
    const held = trade === undefined ? 0 : trade.quantity * close * trade.direction;
    return held + (pending?.decision === undefined ? 0 : pending.remaining * close * pending.decision.direction);
  });
  const groups = Map.groupBy(notional.keys(), (index) => state.portfolio?.group(index));
  return {
    gross: sum(notional.map(Math.abs)) / equity,
    net: Math.abs(sum(notional)) / equity,
    group:
      Math.max(...[...groups.values()].map((members) => sum(members.map((index) => Math.abs(notional[index]))))) /
      equity,
    symbol: Math.max(...notional.map(Math.abs)) / equity,
  };
}

describe('the limits of the portfolio', () => {
  it('are never exceeded by an entry, after rounding to lots', () => {
    const limits = fc.record({
      maxGross: fc.double({ min: 0.05, max: 1, noNaN: true }),
      maxNet: fc.double({ min: 0.05, max: 1, noNaN: true }),
      maxGroup: fc.double({ min: 0.05, max: 1, noNaN: true }),
      groupCorrelation: fc.constantFrom(0.1, 0.9),
    });
    const market = marketOf(SYMBOLS, 5000, 5400);
    const reached = { 'gross-limit': 0, 'net-limit': 0, 'group-limit': 0 };
    fc.assert(
      fc.property(
        limits,
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        fc.integer({ min: 0, max: 1e6 }),
        (bounds, maxSymbolRisk, seed) => {
          const portfolio = portfolioParams({ crossSectional: { topK: 4, maxSymbolRisk }, limits: bounds });
          let open = new Set<number>();
          const { result } = prove({
            market,
            script: randomScript(String(seed), 3),
            params: withPortfolio(portfolio, { risk: { maxOpenPositions: 4, basePositionFraction: 0.3 } }),
            check(state) {
              const entering = state.symbols.filter(({ pending }) => pending?.decision !== undefined);
              const known = new Set(entering.map(({ index }) => index));
              if (entering.some(({ index }) => !open.has(index))) {
                const { gross, net, group } = exposureIn(state, state.limits.lastEquity);
                const tiny = 1 + 1e-12;
                // An entry against what is held lowers the net, so only what entered can be held against it.
                expect(gross).toBeLessThanOrEqual(bounds.maxGross * tiny + drift(state, bounds.maxGross));
                expect(group).toBeLessThanOrEqual(bounds.maxGroup * tiny + drift(state, bounds.maxGroup));
                expect(net).toBeLessThanOrEqual(bounds.maxNet * tiny + drift(state, bounds.maxNet));
                for (const { pending, close } of entering) {
                  const margin = ((pending?.remaining ?? 0) * close) / (pending?.order.leverage ?? NaN);
                  expect(margin).toBeLessThanOrEqual(maxSymbolRisk * state.limits.lastEquity * tiny);
                }
              }
              open = known;
            },
          });
          for (const { funnel } of result.state.symbols) {
            for (const name of ['gross-limit', 'net-limit', 'group-limit'] as const)
              reached[name] += funnel.refused[name];
          }
        },
      ),
      { seed: 52, numRuns: 12 },
    );
    expect(Math.min(...Object.values(reached))).toBeGreaterThan(0);
  });
});

/** Positions that were held before may have outgrown a limit: no entry made them. */
function drift(state: EngineState, limit: number): number {
  const held = state.symbols.reduce(
    (sum, { trade, close }) => sum + (trade === undefined ? 0 : trade.quantity * close),
    0,
  );
  return Math.max(0, held / state.limits.lastEquity - limit);
}

/** Base units held when the order under way has filled, or, where it would add some, has not. */
function unitsOf({ trade, pending }: SymbolState, isAdded: boolean): number {
  const held = (trade?.quantity ?? 0) * (trade?.direction ?? 1);
  if (pending === undefined || (!isAdded && !pending.order.reduceOnly)) return held;
  return held + pending.remaining * (pending.order.side === 'buy' ? 1 : -1);
}

/** The four limits as they will be used at the last closes, over what they allow. */
function usedIn(state: EngineState, { limits, crossSectional }: PortfolioParams, isAdded: boolean) {
  const equity = state.limits.lastEquity;
  const notional = state.symbols.map((symbol) => unitsOf(symbol, isAdded) * symbol.close);
  const groups = Map.groupBy(notional.keys(), (index) => state.portfolio?.group(index));
  const margins = state.symbols.map(({ trade, pending }, index) => {
    return Math.abs(notional[index]) / (trade?.leverage ?? pending?.order.leverage ?? 1);
  });
  const gross = (indices: Iterable<number>): number => sum([...indices].map((index) => Math.abs(notional[index])));
  return {
    symbol: Math.max(...margins) / equity / crossSectional.maxSymbolRisk,
    group: Math.max(...[...groups.values()].map(gross)) / equity / limits.maxGroup,
    gross: gross(notional.keys()) / equity / limits.maxGross,
    net: Math.abs(sum(notional)) / equity / limits.maxNet,
  };
}

const atBar20: BotSetup['script'] = (bar) => ({ signal: bar === 20 ? 1 : 0 });

/** Long of 2,000 in each of two symbols at prices of 100, with 10,000, four hours before a rebalance. */
function grown(more: Parameters<typeof portfolioParams>[0], instruments = [A, B]): Bot {
  const crossSectional = { rebalanceIntervalHours: 6 };
  const bot = botWith(portfolioParams({ crossSectional, ...more }), { script: atBar20, instruments });
  feed(bot, 26, (hour) => [wave(hour), -wave(hour)]);
  return bot;
}

describe('what outgrew a limit by its price', () => {
  it('is within all of them once the orders of a rebalance have filled, at the prices of its close', () => {
    const multiple = fc.integer({ min: 5, max: 80 }).map((hundredths) => hundredths / 100);
    const bounds = fc.record({
      maxGross: multiple,
      maxNet: multiple,
      maxGroup: multiple,
      groupCorrelation: fc.constantFrom(0.1, 0.9),
    });
    const market = marketOf(SYMBOLS, 5000, 5400);
    const end = Math.max(...market.series[0].openTime) + HOUR_MS;
    const exceeded = { symbol: 0, group: 0, gross: 0, net: 0 };
    const names = ['symbol', 'group', 'gross', 'net'] as const;
    const counts = { rebalances: 0, increase: 0, reduce: 0 };
    fc.assert(
      fc.property(
        bounds,
        fc.integer({ min: 2, max: 30 }).map((hundredths) => hundredths / 100),
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom('equal' as const, 'risk_parity' as const),
        (limits, maxSymbolRisk, seed, allocation) => {
          const portfolio = portfolioParams({
            crossSectional: { topK: 3, rebalanceIntervalHours: 4, maxSymbolRisk, allocation },
            rebalancing: { noTradeBand: 0.05 },
            covariance: { lookbackDays: 1 },
            limits,
          });
          prove({
            market,
            script: randomScript(String(seed), 3),
            params: withPortfolio(portfolio, {
              risk: { maxOpenPositions: 4, basePositionFraction: 0.3 },
              exits: { stopFraction: 0.2, targetFraction: undefined, maxHoldBars: 60 },
            }),
            check(state, _, time) {
              // At the very end nothing is decided.
              if ((time / HOUR_MS) % 4 !== 0 || time === end) return;
              counts.rebalances += 1;
              for (const { pending } of state.symbols) {
                if (pending?.purpose === 'increase' || pending?.purpose === 'reduce') counts[pending.purpose] += 1;
              }
              const before = usedIn(
                { ...state, symbols: state.symbols.map((symbol) => ({ ...symbol, pending: undefined })) },
                portfolio,
                false,
              );
              for (const isAdded of [true, false]) {
                const used = usedIn(state, portfolio, isAdded);
                for (const name of names) expect(used[name], `${name} at ${time}`).toBeLessThanOrEqual(1 + 1e-12);
              }
              for (const name of names) if (before[name] > 1) exceeded[name] += 1;
            },
          });
        },
      ),
      { seed: 54, numRuns: 20 },
    );
    expect(Math.min(...Object.values(exceeded))).toBeGreaterThan(20);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(20);
  });

  it('is cut to whole lots of the limit', () => {
    const bot = grown({ crossSectional: { rebalanceIntervalHours: 6, maxSymbolRisk: 0.11 } });
    const [trade] = bot.state.symbols.map((symbol) => symbol.trade);
    feed(bot, 4, () => [0.04, 0]);
    const [cut, ...none] = ordersOf(bot.commands).filter(({ reduceOnly }) => reduceOnly);
    expect(none).toEqual([]);
    expect(cut).toMatchObject({ symbol: 'AUSDT', reason: 'rebalance' });
    const most = 0.11 * 2 * bot.state.limits.lastEquity;
    const kept = (trade?.quantity ?? NaN) - cut.quantity;
    expect(kept * cut.decisionPrice).toBeLessThanOrEqual(most);
    expect((kept + 0.001) * cut.decisionPrice).toBeGreaterThan(most);
  });

  it('is cut although it is not selected any more', () => {
    const seats = { topK: 1, sharpeLookbackDays: 1, scoreWeights: { sharpe: 1, adx: 0, confidence: 0, volatility: 0 } };
    const bot = grown({ crossSectional: { ...seats, rebalanceIntervalHours: 6, maxSymbolRisk: 0.11 } });
    expect(bot.state.symbols.map(({ trade }) => trade !== undefined)).toEqual([false, true]);
    // What is held rises, the other one still more.
    feed(bot, 4, () => [0.05, 0.04]);
    const last = bot.notes.findLast((note) => note.kind === 'rebalance');
    expect(last?.rebalance).toMatchObject({ selected: ['AUSDT'], left: ['BUSDT'] });
    const cuts = ordersOf(bot.commands).filter(({ reduceOnly }) => reduceOnly);
    expect(cuts).toMatchObject([{ symbol: 'BUSDT', reason: 'rebalance' }]);
    expect(cuts[0].quantity).toBeLessThan(bot.state.symbols[1].trade?.quantity ?? 0);
  });

  it('is closed where the venue would not take what is left', () => {
    const coarse = { ...A, minNotional: 1_990 };
    const bot = grown({ limits: { maxNet: 0.405, groupCorrelation: 1 } }, [coarse, B]);
    feed(bot, 5, () => [0, 0.02]);
    expect(bot.state.roundTrips.map(({ symbol, reason }) => [symbol, reason])).toEqual([['AUSDT', 'rebalance']]);
  });
});

/** A at bar 20, B three bars later. */
const shortThenLong: BotSetup['script'] = (bar, symbol) => ({
  signal: symbol === 0 && bar === 20 ? -1 : symbol === 1 && bar === 23 ? 1 : 0,
});

describe('a symbol without a candle yet', () => {
  it('takes no room from the others', () => {
    const bot = botWith(portfolioParams(), { script: () => ({ signal: 1 }) });
    for (let hour = 0; hour < 3; hour += 1) bot.bar(calm(100), undefined);
    expect(bot.state.symbols.map(({ trade }) => trade?.quantity)).toEqual([20, undefined]);
  });
});

describe('an entry beside a position that leaves at the same close', () => {
  it('finds no room in the net that goes with it', () => {
    // A is short and leaves after twelve bars; B wants to be long at the same close, with 1,000 of net room.
    const settings: Settings = { ...PATIENT, exits: { ...PATIENT.exits, maxHoldBars: 3 } };
    const portfolio = portfolioParams({ crossSectional: { topK: 2 }, limits: { maxNet: 0.1, groupCorrelation: 1 } });
    const bot = botWith(portfolio, { script: shortThenLong }, settings);
    feed(bot, 25, (hour) => [wave(hour), -wave(hour)]);
    const orders = ordersOf(bot.commands);
    const [short, exit, long] = ['entry', 'time-exit', 'entry'].map((reason, at) =>
      orders.find((order) => order.reason === reason && order.symbol === (at === 2 ? 'BUSDT' : 'AUSDT')),
    );
    expect(exit?.decidedAt).toBe(long?.decidedAt);
    expect((short?.quantity ?? 0) * (short?.decisionPrice ?? 0)).toBeGreaterThan(990);
    expect((long?.quantity ?? NaN) * (long?.decisionPrice ?? NaN)).toBeLessThanOrEqual(
      0.1 * bot.state.limits.peakEquity,
    );
  });
});
