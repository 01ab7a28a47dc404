// Whatever is done to the exchange: is every atom accounted for, does no order go backwards, and does the step of time not matter?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markSeries } from '../../../src/domain/candle-quality.ts';
import { sliceSeries } from '../../../src/domain/candle.ts';
import { exactUnrealised, ledgerTotals } from '../../../src/domain/ledger.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { ExchangeEvent } from '../../../src/exchange-simulator/core/exchange-event.ts';
import type { ExchangeSetup, SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type { OrderRecord } from '../../../src/exchange-simulator/core/order-record.ts';
import { createEmbeddedMarket } from '../../../src/simulation/embedded-market/create-embedded-market.ts';
import { FULL_COSTS, withHoles } from '../engine/random-backtest.ts';
import { exchangeOf } from './both-venues.ts';
import { operate, operationsOf } from './random-operations.ts';
import type { Operation } from './random-operations.ts';

const SYMBOLS = ['ALPHAUSDT', 'DELTAUSDT'];
const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };
const embedded = createEmbeddedMarket({ seed: 'invariants', years: 1 });
const finer = new Map(SYMBOLS.map((symbol) => [symbol, markSeries(found(embedded.finerCandles(symbol)), MARKS)]));

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market has no such contract');
  return value;
}

interface World {
  readonly seed: number;
  readonly withFiner: boolean;
  readonly marginMode: 'isolated' | 'cross';
  readonly fate: number;
  readonly deposit: number;
}

const world: fc.Arbitrary<World> = fc.record({
  seed: fc.integer({ min: 1, max: 100_000 }),
  withFiner: fc.boolean(),
  marginMode: fc.constantFrom('isolated' as const, 'cross' as const),
  fate: fc.constantFrom(0, 0.15),
  deposit: fc.constantFrom(2_000, 50_000),
});

const HOURS = 60;

function createWorld({ seed, withFiner, marginMode, deposit }: World): SimulatedExchange {
  const from = seed % 5_000;
  const instruments = SYMBOLS.map((symbol) => found(embedded.instrument(symbol)));
  const funding = SYMBOLS.map((symbol) => embedded.funding(symbol));
  const series = SYMBOLS.map((symbol) =>
    markSeries(sliceSeries(found(embedded.candles(symbol)), from, from + HOURS + 200), MARKS),
  );
  const holed = withHoles({ instruments, series, funding }, createRandom(seed));
  const setup: Partial<ExchangeSetup> = { marginMode, deposit, from: series[0].openTime[200] };
  return exchangeOf(
    {
      instruments,
      series: seed % 2 === 0 ? holed.series : series,
      finer: SYMBOLS.map((symbol) => (withFiner ? [found(finer.get(symbol))] : [])),
      funding,
      costs: { ...FULL_COSTS, fundingIntervalHours: 8 },
    },
    setup,
  );
}

function operationsIn(exchange: SimulatedExchange, { seed, fate }: World): Operation[] {
  const from = exchange.now;
  return operationsOf(String(seed), { from, until: from + HOURS * HOUR_MS, intervalMs: HOUR_MS, fate });
}

/** Wallet, equity and executions agree with the ledger to the atom. */
function expectAccounted(exchange: SimulatedExchange): void {
  const { ledger } = exchange;
  const wallet = exchange.wallet();
  const amounts = ledger.lines.reduce((sum, { amount }) => sum + amount, 0n);
  expect(wallet.wallet).toBe(ledger.start + amounts);
  const unrealised = exchange.positions().reduce((sum, position) => sum + position.unrealised, 0n);
  expect(wallet.unrealised).toBe(unrealised);
  expect(wallet.equity).toBe(wallet.wallet + unrealised);
  const totals = ledgerTotals(ledger);
  let fees = 0n;
  let funding = 0n;
  let realised = 0n;
  for (const execution of exchange.executions({})) {
    if (execution.kind === 'funding') funding += execution.fee;
    else fees += execution.fee;
    realised += execution.realised;
  }
  expect([fees, funding, realised]).toEqual([totals.fees, totals.funding, totals.realised]);
  const ever = SYMBOLS.reduce((sum, symbol) => sum + exchange.position(symbol).realisedEver, 0n);
  expect(ever).toBe(realised - fees - funding);
  expect(wallet.realisedEver).toBe(ever);
  for (const symbol of SYMBOLS) {
    const position = exchange.position(symbol);
    expect(position.unrealised).toBe(exactUnrealised(ledger, symbol));
    expect(Math.sign(position.quantity)).toBe(Math.sign(Number(position.basis)));
  }
}

const FINAL = new Set(['filled', 'cancelled', 'rejected', 'deactivated']);

/** Watches every order event; throws when one goes backwards. */
function watchOrders(exchange: SimulatedExchange): { readonly seen: Map<string, OrderRecord> } {
  const seen = new Map<string, OrderRecord>();
  exchange.listen((event) => {
    if (event.kind !== 'order') return;
    const { order } = event;
    const before = seen.get(order.orderId);
    seen.set(order.orderId, order);
    expect(Object.isFrozen(order)).toBe(true);
    expect(order.filledQuantity).toBeLessThanOrEqual(order.quantity);
    if (order.status === 'filled') expect(order.filledQuantity).toBe(order.quantity);
    if (before === undefined) return;
    expect(FINAL.has(before.status), `${before.status} then ${order.status}`).toBe(false);
    expect(order.filledQuantity).toBeGreaterThanOrEqual(before.filledQuantity);
    expect(order.updatedAt).toBeGreaterThanOrEqual(before.updatedAt);
  });
  return { seen };
}

/** One stop and one target at most, of the position's size; none without a position; reduce-only orders never exceed it. */
function expectOrderly(exchange: SimulatedExchange): void {
  for (const symbol of SYMBOLS) {
    const position = exchange.position(symbol);
    const held = Math.abs(position.quantity);
    const open = exchange.openOrders({ symbol });
    const attached = open.filter(({ source }) => source.startsWith('attached') || source === 'trailing-stop');
    const stops = attached.filter(({ source }) => source !== 'attached-target');
    expect(stops.length).toBeLessThanOrEqual(1);
    expect(attached.length - stops.length).toBeLessThanOrEqual(1);
    for (const order of attached) {
      expect(held).toBeGreaterThan(0);
      expect(order.quantity).toBe(held);
      expect(order.side).toBe(position.quantity > 0 ? 'sell' : 'buy');
    }
    expect(position.stopPrice).toBe(stops[0]?.triggerPrice);
    for (const order of open) {
      expect(FINAL.has(order.status)).toBe(false);
      if (!order.reduceOnly || order.conditional || order.type === 'market') continue;
      expect(order.quantity - order.filledQuantity).toBeLessThanOrEqual(held + 1e-9);
    }
  }
}

/** A reduce-only execution closes all it trades, and the position never turns by it. */
function expectReduceOnlyKept(exchange: SimulatedExchange): void {
  for (const execution of exchange.executions({})) {
    if (execution.kind === 'funding') continue;
    const [order] = exchange.closedOrders({ orderId: execution.orderId });
    if (order === undefined || !(order.reduceOnly || order.closesPosition)) continue;
    expect(execution.closedQuantity).toBeCloseTo(execution.quantity, 9);
  }
}

describe('the exchange under random acts', () => {
  it('accounts for every atom and keeps its orders in order (property)', () => {
    let executions = 0;
    fc.assert(
      fc.property(world, (each) => {
        const exchange = createWorld(each);
        const { seen } = watchOrders(exchange);
        for (const operation of operationsIn(exchange, each)) {
          exchange.advanceTo(operation.time);
          expectAccounted(exchange);
          operate(exchange, operation);
          expectAccounted(exchange);
          expectOrderly(exchange);
        }
        expectReduceOnlyKept(exchange);
        executions += exchange.executions({}).length;
        const open = exchange.openOrders({});
        for (const order of open) expect(seen.get(order.orderId)).toBe(order);
      }),
      { numRuns: 40, seed: 42 },
    );
    expect(executions).toBeGreaterThan(1_000);
  });

  it('does the same whatever the steps in which time runs, and whoever looks (property)', () => {
    fc.assert(
      fc.property(world, (each) => {
        const inOneGo = createWorld(each);
        const inSteps = createWorld(each);
        const byEvents = createWorld(each);
        const random = createRandom(`steps/${each.seed}`);
        for (const symbol of SYMBOLS) inSteps.watchInterval(symbol, 300_000);
        const told: ExchangeEvent[] = [];
        inSteps.listen((event) => told.push(event));
        for (const operation of operationsIn(inOneGo, each)) {
          inOneGo.advanceTo(operation.time);
          while (inSteps.now < operation.time && !inSteps.ended) {
            inSteps.advanceTo(Math.min(operation.time, inSteps.now + 1 + random.below(HOUR_MS / 4)));
            for (const symbol of SYMBOLS) inSteps.quote(symbol);
            inSteps.wallet();
            inSteps.nextTime();
          }
          while (byEvents.now < operation.time && !byEvents.ended) {
            byEvents.advanceTo(Math.min(operation.time, byEvents.nextTime()));
          }
          for (const exchange of [inOneGo, inSteps, byEvents]) operate(exchange, operation);
        }
        for (const other of [inSteps, byEvents]) {
          expect(other.ledger.lines).toEqual(inOneGo.ledger.lines);
          expect(other.executions({})).toEqual(inOneGo.executions({}));
          expect(other.openOrders({})).toEqual(inOneGo.openOrders({}));
          expect(other.closedOrders({})).toEqual(inOneGo.closedOrders({}));
          expect(other.positions()).toEqual(inOneGo.positions());
        }
        const times = told.map(({ time }) => time);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      { numRuns: 25, seed: 43 },
    );
  });
});
