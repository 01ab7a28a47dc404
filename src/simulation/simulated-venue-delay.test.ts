// Does an order that fills late fare exactly as one that was placed later, and is nothing else delayed?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candleAt,
  COSTS,
  feed,
  fundingEvery,
  HOUR,
  INSTRUMENT,
  orderOf,
  START,
  SYMBOL,
} from '../../test/scenarios/simulated-market.ts';
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import type { VenueEvent } from '../domain/fill.ts';
import type { OrderIntent } from '../domain/order.ts';
import { createSimulatedVenue, type SimulatedVenue } from './simulated-venue.ts';

const CALM = [100, 100.2, 99.8, 100] as const;
const BARS = 40;

const venueWith = (delayBars?: number): SimulatedVenue =>
  createSimulatedVenue({
    instruments: [INSTRUMENT],
    costs: COSTS,
    funding: new Map([[SYMBOL, fundingEvery(HOUR, 0.0003)]]),
    ambiguity: 'worst',
    delayBars,
  });

/** Feeds all candles; before the candle at `bar` the order is placed. */
function eventsOf(venue: SimulatedVenue, candles: readonly Candle[], placed: ReadonlyMap<number, OrderIntent>) {
  const events: VenueEvent[] = [];
  candles.forEach((candle, bar) => {
    const order = placed.get(bar);
    if (order !== undefined) venue.place(order);
    venue.onCandle(0, candle, events);
  });
  return events;
}

const market = fc
  .array(
    fc.tuple(
      fc.integer({ min: -15, max: 15 }),
      fc.nat({ max: 25 }),
      fc.nat({ max: 25 }),
      fc.integer({ min: -20, max: 20 }),
      fc.nat({ max: 5 }),
    ),
    { minLength: BARS, maxLength: BARS },
  )
  .map((bars) => {
    let previous = 1000;
    return bars.map(([gap, up, down, move, filled], bar) => {
      if (filled === 0) {
        const price = previous / 10;
        return candleAt(bar, [price, price, price, price], { flags: FLAG_FILLED });
      }
      const open = previous + gap;
      const close = open + Math.max(-down, Math.min(up, move));
      previous = close;
      return candleAt(bar, [open / 10, (open + up) / 10, (open - down) / 10, close / 10]);
    });
  });

/** Everything but when a refusal was told. */
const worth = (events: readonly VenueEvent[]) =>
  events.map((event) => (event.kind === 'order-refused' ? { ...event, time: 0 } : event));

describe('an order that fills late', () => {
  it('fares as the same order placed that many traded opens later: fill, protection, funding, liquidation (property)', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(
        market,
        fc.record({
          bar: fc.nat({ max: 10 }),
          exitAfter: fc.integer({ min: 1, max: 12 }),
          side: fc.constantFrom('buy' as const, 'sell' as const),
          leverage: fc.constantFrom(3, 40),
          naked: fc.boolean(),
          delay: fc.nat({ max: 4 }),
        }),
        (candles, { bar, exitAfter, side, leverage, naked, delay }) => {
          const traded = candles.flatMap(({ flags }, index) => (flags === 0 ? [index] : []));
          const from = (wanted: number): number => traded.findIndex((index) => index >= wanted);
          fc.pre(from(bar) + delay < traded.length && from(bar + exitAfter) >= 0);
          fc.pre(from(bar + exitAfter) + delay < traded.length);
          const more = naked ? { protection: undefined } : {};
          const entry = orderOf({ side, leverage, decidedAt: START, ...more });
          const exit = orderOf({
            clientOrderId: 'out',
            side: side === 'buy' ? 'sell' : 'buy',
            reduceOnly: true,
            reason: 'time-exit',
            decidedAt: START,
            protection: undefined,
          });
          const late = eventsOf(
            venueWith(delay),
            candles,
            new Map([
              [bar, entry],
              [bar + exitAfter, exit],
            ]),
          );
          const [entryAt, exitAt] = [bar, bar + exitAfter].map((wanted) => traded[from(wanted) + delay]);
          fc.pre(entryAt !== exitAt);
          const prompt = eventsOf(
            venueWith(),
            candles,
            new Map([
              [entryAt, entry],
              [exitAt, exit],
            ]),
          );
          expect(worth(late)).toEqual(worth(prompt));
          for (const event of late) {
            const kind = event.kind === 'fill' ? event.reason : event.kind;
            kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          }
        },
      ),
      { seed: 31, numRuns: 500 },
    );
    for (const kind of ['entry', 'stop', 'target', 'liquidation', 'funding', 'time-exit']) {
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(5);
    }
  });

  it('is worked by hand: two opens later, its stop and target around that fill, and only from that candle on', () => {
    const venue = venueWith(2);
    venue.place(orderOf({ protection: { stopFraction: 0.01, targetFraction: 0.02, trailingFraction: undefined } }));
    const wild = candleAt(1, [100, 110, 90, 100]);
    expect(feed(venue, [candleAt(0, CALM), wild])).toEqual([]);
    expect(feed(venue, [candleAt(2, [100.3, 100.6, 100.2, 100.3])])).toMatchObject([
      { reason: 'entry', time: START + 2 * HOUR, price: 100.5, stopPrice: 99.5, targetPrice: 102.6 },
    ]);
    expect(feed(venue, [candleAt(3, [100, 100.2, 99.4, 100])]).map(({ kind }) => kind)).toEqual(['funding', 'fill']);
  });

  it('counts only opens at or after its decision', () => {
    const venue = venueWith(1);
    venue.place(orderOf({ decidedAt: START + 2 * HOUR }));
    const fills = feed(
      venue,
      [0, 1, 2, 3].map((bar) => candleAt(bar, CALM)),
    );
    expect(fills.find(({ kind }) => kind === 'fill')).toMatchObject({ time: START + 3 * HOUR });
  });

  it('is dropped with its symbol, and can be taken back while it waits', () => {
    const venue = venueWith(3);
    venue.place(orderOf());
    feed(venue, [candleAt(0, CALM)]);
    expect(venue.cancel(SYMBOL, 'order-1')).toBe(true);
    venue.place(orderOf());
    expect(venue.cancelAll()).toHaveLength(1);
    venue.place(orderOf());
    venue.closeAtLastPrice(SYMBOL, 'delisting', []);
    expect(
      feed(
        venue,
        [1, 2, 3, 4, 5].map((bar) => candleAt(bar, CALM)),
      ),
    ).toEqual([]);
  });

  it.each([-1, 0.5, NaN])('cannot be %s bars late', (delayBars) => {
    expect(() => venueWith(delayBars)).toThrow('whole number');
  });
});
