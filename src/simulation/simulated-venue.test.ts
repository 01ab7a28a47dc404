// Does the whole venue agree with the price path it was made from, and with the ledger, to the atom?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candleAt,
  COSTS,
  fundingEvery,
  HOUR,
  INSTRUMENT,
  orderOf,
  seriesOf,
  START,
  SYMBOL,
} from '../../test/scenarios/simulated-market.ts';
import type { Candle } from '../domain/candle.ts';
import type { Fill, VenueEvent } from '../domain/fill.ts';
import {
  bookFill,
  bookFunding,
  createLedger,
  entryPriceOf,
  exactEquity,
  heldQuantity,
  ledgerTotals,
  markPosition,
} from '../domain/ledger.ts';
import { productAtoms, toAtoms } from '../domain/money.ts';
import type { Ambiguity } from './simulated-venue-book.ts';
import { createSimulatedVenue } from './simulated-venue.ts';

const POINTS = 60;
const BARS = 4;
const STEP = HOUR / POINTS;
const ZERO_FUNDING = new Map([[SYMBOL, fundingEvery(8 * HOUR, 0)]]);

/** Hourly candles of a path of points, each a whole number of ticks. */
function hourly(path: readonly number[]): Candle[] {
  const candles: Candle[] = [];
  for (let from = 0; from + POINTS <= path.length; from += POINTS) {
    const points = path.slice(from, from + POINTS);
    const prices = [points[0], Math.max(...points), Math.min(...points), points[POINTS - 1]].map((ticks) => ticks / 10);
    candles.push(candleAt(from / POINTS, [prices[0], prices[1], prices[2], prices[3]]));
  }
  return candles;
}

/** Every point as a bar of its own: the path with nothing left out. */
function points(path: readonly number[]): Candle[] {
  return path.map((ticks, index) =>
    candleAt(index, [ticks / 10, ticks / 10, ticks / 10, ticks / 10], { intervalMs: STEP }),
  );
}

interface Levels {
  readonly direction: 1 | -1;
  readonly stop: number | undefined;
  readonly target: number;
  readonly liquidation: number;
}

type Outcome = { readonly kind: 'stop' | 'target' | 'liquidation'; readonly bar: number } | undefined;

/** What the path touches first, point by point. Levels in ticks. */
function firstTouch(path: readonly number[], { direction, stop, target, liquidation }: Levels): Outcome {
  for (let index = 0; index < path.length - (path.length % POINTS); index += 1) {
    const bar = Math.floor(index / POINTS);
    const gain = direction * path[index];
    if (gain <= direction * liquidation) return { kind: 'liquidation', bar };
    if (stop !== undefined && gain <= direction * stop) return { kind: 'stop', bar };
    if (gain >= direction * target) return { kind: 'target', bar };
  }
  return undefined;
}

interface Walk {
  readonly direction: 1 | -1;
  readonly steps: readonly number[];
  readonly drift: readonly number[];
  /** Undefined: no protection, so that only liquidation can end the trade. */
  readonly stopTicks: number | undefined;
  readonly targetTicks: number;
}

const walk: fc.Arbitrary<Walk> = fc.record({
  direction: fc.constantFrom(1 as const, -1 as const),
  steps: fc.array(fc.constantFrom(-1, 1), { minLength: BARS * POINTS, maxLength: BARS * POINTS }),
  drift: fc.array(fc.constantFrom(-1, 0, 0, 1), { minLength: BARS, maxLength: BARS }),
  stopTicks: fc.option(fc.integer({ min: 2, max: 7 }), { nil: undefined }),
  targetTicks: fc.integer({ min: 2, max: 7 }),
});

/** A path that moves by one tick per point, so that every level is met exactly. */
function pathOf({ steps, drift }: { readonly steps: readonly number[]; readonly drift: readonly number[] }): number[] {
  const path = [1000];
  steps.forEach((step, index) => {
    const push = drift[Math.floor(index / POINTS)];
    path.push(path[index] + (push !== 0 && index % 3 !== 0 ? push : step));
  });
  return path;
}

interface Trade {
  readonly exit: Fill;
  readonly pnl: bigint;
  readonly liquidation: number;
}

function tradeOn(world: Walk, ambiguity: Ambiguity, withPoints: boolean): Trade {
  const path = pathOf(world);
  const venue = createSimulatedVenue({
    instruments: [INSTRUMENT],
    costs: { ...COSTS, slippageBps: 0 },
    funding: ZERO_FUNDING,
    finer: withPoints ? new Map([[SYMBOL, [seriesOf(points(path))]]]) : undefined,
    ambiguity,
  });
  const { direction, stopTicks, targetTicks } = world;
  const protection =
    stopTicks === undefined
      ? undefined
      : { stopFraction: stopTicks / 1000, targetFraction: targetTicks / 1000, trailingFraction: undefined };
  // Half a percent from liquidation where nothing else can happen, far from it where there is a stop.
  const leverage = stopTicks === undefined ? 50 : 5;
  venue.place(orderOf({ side: direction === 1 ? 'buy' : 'sell', leverage, protection }));
  const events: VenueEvent[] = [];
  for (const candle of hourly(path)) venue.onCandle(0, candle, events);
  venue.closeAtLastPrice(SYMBOL, 'end-of-data', events);
  const fills = events.filter((event): event is Fill => event.kind === 'fill');
  expect(fills).toHaveLength(2);
  const ledger = createLedger(1000);
  for (const fill of fills) bookFill(ledger, fill);
  return { exit: fills[1], pnl: ledger.wallet - ledger.start, liquidation: fills[0].liquidationPrice! };
}

function outcomeOf(fill: Fill): Outcome {
  if (fill.reason !== 'stop' && fill.reason !== 'target' && fill.reason !== 'liquidation') return undefined;
  return { kind: fill.reason, bar: Math.floor((fill.time - START) / HOUR) };
}

describe('exits against the price path', () => {
  it('are those of the path when its points are stored, and never outside the worst and the best case', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(walk, (world) => {
        const { direction, stopTicks, targetTicks } = world;
        const [exact, worst, best] = [
          tradeOn(world, 'worst', true),
          tradeOn(world, 'worst', false),
          tradeOn(world, 'best', false),
        ];
        const levels = {
          direction,
          stop: stopTicks === undefined ? undefined : 1000 - direction * stopTicks,
          target: stopTicks === undefined ? direction * Infinity : 1000 + direction * targetTicks,
          liquidation: Math.round(exact.liquidation * 10),
        };
        const expected = firstTouch(pathOf(world), levels);
        const { exit } = exact;
        expect(outcomeOf(exit)).toEqual(expected);
        expect(exit.ambiguous).toBe(false);
        if (expected?.kind === 'stop') expect(exit.price).toBe(levels.stop! / 10);
        if (expected?.kind === 'target') expect(exit.price).toBe(levels.target / 10);
        expect(best.pnl >= worst.pnl).toBe(true);
        expect(exact.pnl >= worst.pnl && exact.pnl <= best.pnl).toBe(true);
        expect(worst.exit.ambiguous).toBe(best.exit.ambiguous);
        if (!worst.exit.ambiguous) expect(worst.pnl).toBe(best.pnl);
        else expect(best.pnl > worst.pnl).toBe(true);
        const kind = worst.exit.ambiguous ? 'ambiguous' : (expected?.kind ?? 'none');
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { seed: 13, numRuns: 500 },
    );
    for (const kind of ['stop', 'target', 'liquidation', 'ambiguous']) expect(seen.get(kind)).toBeGreaterThan(20);
  });
});

const busyMarket = fc.record({
  bars: fc.array(
    fc.tuple(
      fc.integer({ min: -60, max: 60 }),
      fc.nat({ max: 40 }),
      fc.nat({ max: 40 }),
      fc.integer({ min: -20, max: 20 }),
    ),
    { minLength: 5, maxLength: 40 },
  ),
  orders: fc.array(
    fc.record({
      bar: fc.nat({ max: 39 }),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({ min: 100, max: 5_000 }),
      reduceOnly: fc.boolean(),
      leverage: fc.constantFrom(1, 3, 10, 30),
      stop: fc.constantFrom(0.01, 0.03),
      target: fc.constantFrom(undefined, 0.02),
      trailing: fc.constantFrom(undefined, 0.01),
      naked: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  rate: fc.integer({ min: -200, max: 200 }),
});

describe('venue and ledger', () => {
  it('agree: equity changes by exactly the cash of the events, whatever is traded', () => {
    const reasons = new Map<string, number>();
    fc.assert(
      fc.property(busyMarket, fc.constantFrom('worst' as const, 'best' as const), (world, ambiguity) => {
        const funding = new Map([[SYMBOL, fundingEvery(HOUR, (index) => (index % 7 === 3 ? NaN : world.rate / 1e6))]]);
        const venue = createSimulatedVenue({ instruments: [INSTRUMENT], costs: COSTS, funding, ambiguity });
        const ledger = createLedger(50_000);
        let cash = 0n;
        let previous = 1000;
        world.bars.forEach(([gap, up, down, move], bar) => {
          const open = previous + gap;
          const close = open + Math.max(-down, Math.min(up, move));
          const candle = candleAt(bar, [open / 10, (open + up) / 10, (open - down) / 10, close / 10]);
          previous = Math.max(200, close);
          world.orders.forEach((order, index) => {
            if (order.bar !== bar) return;
            const { stop, target, trailing, naked, lots, ...rest } = order;
            const protection = naked
              ? undefined
              : { stopFraction: stop, targetFraction: target, trailingFraction: trailing };
            const quantity = lots / 1000;
            venue.place(
              orderOf({ ...rest, quantity, protection, clientOrderId: `o${index}`, decidedAt: candle.openTime }),
            );
          });
          const events: VenueEvent[] = [];
          venue.onCandle(0, candle, events);
          for (const event of events) {
            if (event.kind === 'fill') {
              bookFill(ledger, event);
              const notional = productAtoms(event.quantity, event.price);
              cash += (event.side === 'buy' ? -notional : notional) - toAtoms(event.fee);
              reasons.set(event.reason, (reasons.get(event.reason) ?? 0) + 1);
            } else if (event.kind === 'funding') {
              bookFunding(ledger, event);
              cash -= toAtoms(event.payment);
            }
          }
          markPosition(ledger, SYMBOL, candle.close);
          const held = heldQuantity(ledger, SYMBOL);
          expect(exactEquity(ledger)).toBe(ledger.start + cash + productAtoms(held, candle.close));
          const position = venue.position(0);
          expect(held).toBe(position?.quantity ?? 0);
          if (position !== undefined) expect(entryPriceOf(ledger, SYMBOL)! / position.entryPrice).toBeCloseTo(1, 9);
          const times = events.map((event) => event.time);
          expect(times).toEqual([...times].sort((a, b) => a - b));
          for (const time of times) expect(time).toBeLessThan(candle.closeTime);
        });
        expect(ledgerTotals(ledger).slippage >= 0n).toBe(true);
      }),
      { seed: 14, numRuns: 500 },
    );
    expect([...reasons.keys()].sort()).toEqual(['entry', 'liquidation', 'stop', 'target', 'trailing-stop']);
  });

  it('lose the whole isolated margin and the fee in a liquidation, funding included', () => {
    const venue = createSimulatedVenue({
      instruments: [INSTRUMENT],
      costs: COSTS,
      funding: new Map([[SYMBOL, fundingEvery(HOUR, 0.001)]]),
      ambiguity: 'worst',
    });
    const ledger = createLedger(1000);
    const events: VenueEvent[] = [];
    venue.place(orderOf({ quantity: 2, leverage: 10, protection: undefined }));
    [[100, 100, 100, 100] as const, [100, 100, 100, 100] as const, [100, 100, 80, 90] as const].forEach(
      (prices, index) => venue.onCandle(0, candleAt(index, prices), events),
    );
    for (const event of events) {
      if (event.kind === 'fill') bookFill(ledger, event);
      else if (event.kind === 'funding') bookFunding(ledger, event);
    }
    const { realised, funding, fees } = ledgerTotals(ledger);
    expect(Number(realised - funding) / 1e12).toBeCloseTo((-2 * 100.1) / 10, 9);
    expect(funding).toBe(toAtoms(0.4));
    const liquidationFee = (2 * (100.1 - (20.02 - 0.4) / 2) * COSTS.liquidationFeeBps) / 10_000;
    expect(Number(fees) / 1e12).toBeCloseTo(2 * 100.1 * 0.0005 + liquidationFee, 9);
    expect(ledger.lines.at(-1)!.kind).toBe('liquidation');
  });
});
