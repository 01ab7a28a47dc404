// Does a large order pay for its size: at the entry, the exit and the stop, by what was known before the candle of the fill?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candleAt, COSTS, HOUR, INSTRUMENT, orderOf, START, SYMBOL } from '../../test/scenarios/simulated-market.ts';
import type { Candle } from '../domain/candle.ts';
import type { Fill, VenueEvent } from '../domain/fill.ts';
import { bookFill, createLedger, ledgerTotals } from '../domain/ledger.ts';
import { productAtoms } from '../domain/money.ts';
import type { OrderIntent } from '../domain/order.ts';
import { createSimulatedVenue, type SimulatedVenue } from './simulated-venue.ts';

/** A grid fine enough that rounding hides nothing. */
const FINE = { ...INSTRUMENT, tickSize: 1e-6 };
const IMPACT = { ...COSTS, slippageMinFactor: 1, slippageMaxFactor: 1, impactCoefficient: 0.7 };
const WARM = 40;

const venueWith = (impactCoefficient = 0.7): SimulatedVenue =>
  createSimulatedVenue({
    instruments: [FINE],
    costs: { ...IMPACT, impactCoefficient },
    funding: new Map(),
    ambiguity: 'worst',
  });

/** A calm market that swings between two closes, with `volume` in every hour. */
const warm = (volume: number, bars = WARM): Candle[] =>
  Array.from({ length: bars }, (_, index) => {
    const close = index % 2 === 0 ? 100 : 101;
    return { ...candleAt(index, [close, close, close, close]), volume };
  });

const at = (hour: number, prices: Parameters<typeof candleAt>[1], volume = 1): Candle => ({
  ...candleAt(hour, prices),
  volume,
});

const fillsOf = (venue: SimulatedVenue, candles: readonly Candle[]): Fill[] => {
  const events: VenueEvent[] = [];
  for (const candle of candles) venue.onCandle(0, candle, events);
  return events.filter((event) => event.kind === 'fill');
};

/** Sample deviation of the last three log returns, a day long; 24 h of volume; the law written out. */
function expectedFraction(quantity: number, hourlyVolume: number): number {
  const step = Math.log(101 / 100);
  const returns = [step, -step, step];
  const mean = step / 3;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
  return 0.001 + 0.7 * Math.sqrt(variance * 24) * Math.sqrt(quantity / (24 * hourlyVolume));
}

const lateOrder = (more: Partial<OrderIntent> = {}): OrderIntent =>
  orderOf({ decidedAt: START + WARM * HOUR, quantity: 40, protection: undefined, ...more });

describe('what the size of an order costs', () => {
  it.each([1, 40, 90])('follows the square-root law at the entry: %s base units', (quantity) => {
    const venue = venueWith();
    fillsOf(venue, warm(50));
    venue.place(lateOrder({ quantity }));
    const [fill] = fillsOf(venue, [at(WARM, [100, 100, 100, 100])]);
    expect(fill.price).toBeCloseTo(100 * (1 + expectedFraction(quantity, 50)), 4);
  });

  it('is paid at a market exit, a stop and the end of the data, never at a target', () => {
    const protection = { stopFraction: 0.05, targetFraction: 0.05, trailingFraction: undefined };
    const exitOf = (order: Partial<OrderIntent>, candle: Candle | undefined): Fill => {
      const venue = venueWith();
      fillsOf(venue, warm(50));
      venue.place(lateOrder({ protection, ...order }));
      fillsOf(venue, [at(WARM, [101, 101, 101, 101], 50)]);
      if (candle === undefined) {
        const events: VenueEvent[] = [];
        venue.closeAtLastPrice(SYMBOL, 'delisting', events);
        return events.find((event) => event.kind === 'fill') ?? expect.fail('nothing was closed');
      }
      venue.place(lateOrder({ side: 'sell', reduceOnly: true, reason: 'time-exit' }));
      const [fill] = fillsOf(venue, [candle]);
      return fill;
    };
    const market = exitOf({}, at(WARM + 1, [101, 101, 101, 101]));
    expect(market.reason).toBe('time-exit');
    expect(market.slippage / (40 * 101)).toBeGreaterThan(0.0015);
    // The entry's own candle closed at 101 after 101: the last three returns are known, as is its volume.
    const last = exitOf({}, undefined);
    expect(last).toMatchObject({ reason: 'delisting', price: market.price, slippage: market.slippage });

    const venue = venueWith();
    fillsOf(venue, warm(50));
    venue.place(lateOrder({ protection }));
    const [entry, stop] = fillsOf(venue, [at(WARM, [101, 101, 90, 101])]);
    expect([entry.reason, stop.reason]).toEqual(['entry', 'stop']);
    const stopPrice = entry.stopPrice ?? NaN;
    expect(stop.price).toBeCloseTo(stopPrice * (1 - expectedFraction(40, 50)), 4);
    const other = venueWith();
    fillsOf(other, warm(50));
    other.place(lateOrder({ protection }));
    const [, target] = fillsOf(other, [at(WARM, [101, 120, 101, 101])]);
    expect(target).toMatchObject({ reason: 'target', slippage: 0 });
  });

  it('is the base at its largest factor where volume or volatility is not known yet', () => {
    const costs = { ...IMPACT, slippageMaxFactor: 5 };
    const first = (candles: readonly Candle[]): Fill => {
      const venue = createSimulatedVenue({ instruments: [FINE], costs, funding: new Map(), ambiguity: 'worst' });
      fillsOf(venue, candles);
      venue.place(lateOrder({ decidedAt: START + candles.length * HOUR }));
      return fillsOf(venue, [at(candles.length, [100, 100, 100, 100])])[0];
    };
    expect(first([]).price).toBeCloseTo(100.5, 6);
    expect(first(warm(50, 3)).price).toBeCloseTo(100.5, 6);
    expect(first(warm(NaN)).price).toBeCloseTo(100.5, 6);
    expect(first(warm(0)).price).toBeCloseTo(100.5, 6);
  });
});

const bars = fc.array(fc.tuple(fc.integer({ min: 90, max: 110 }), fc.integer({ min: 1, max: 1_000 })), {
  minLength: 70,
  maxLength: 70,
});

const candle = ([close, volume]: readonly [number, number], index: number): Candle =>
  at(index, [100, Math.max(100, close), Math.min(100, close), close], volume);

describe('nothing of the candle of the fill or a later one', () => {
  it('matters for what a market order pays (property)', () => {
    fc.assert(
      fc.property(
        bars,
        bars,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 99 }),
        (seen, other, cut, size) => {
          const slippageWith = (later: readonly (readonly [number, number])[]): number => {
            const venue = venueWith();
            fillsOf(venue, seen.slice(0, cut).map(candle));
            venue.place(lateOrder({ quantity: size, decidedAt: START + cut * HOUR }));
            const rest = later.slice(cut).map((bar, index) => candle(bar, cut + index));
            return fillsOf(venue, rest)[0].slippage;
          };
          expect(slippageWith(other)).toBe(slippageWith(seen));
        },
      ),
      { seed: 23, numRuns: 150 },
    );
  });
});

it('stands in the slippage of the ledger, to the atom, and in no other line', () => {
  const venue = venueWith();
  const ledger = createLedger(100_000);
  fillsOf(venue, warm(50));
  venue.place(lateOrder());
  venue.place(lateOrder({ clientOrderId: 'out', side: 'sell', reduceOnly: true, reason: 'time-exit' }));
  const fills = fillsOf(venue, [at(WARM, [100, 100, 100, 100])]);
  for (const fill of fills) bookFill(ledger, fill);
  const [entry, exit] = fills;
  const lost = productAtoms(40, entry.price) - productAtoms(40, exit.price);
  const { slippage, realised, fees } = ledgerTotals(ledger);
  expect(slippage).toBe(lost);
  expect(realised).toBe(-lost);
  expect(ledger.wallet).toBe(ledger.start + realised - fees);
});
