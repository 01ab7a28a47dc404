// Which orders fill, at what price, and which are refused with which reason?
import { describe, expect, it } from 'vitest';
import {
  candleAt,
  feed,
  HOUR,
  INSTRUMENT,
  orderOf,
  START,
  SYMBOL,
  venueOf,
} from '../../test/scenarios/simulated-market.ts';
import type { OrderIntent } from '../domain/order.ts';

const CALM = [100, 100.2, 99.8, 100] as const;
const candles = (count: number, from = 0) => Array.from({ length: count }, (_, index) => candleAt(from + index, CALM));

describe('orders', () => {
  it('fill at the open of the next candle, slipped to the tick against us', () => {
    const venue = venueOf();
    venue.place(orderOf({ decidedAt: START + HOUR }));
    expect(feed(venue, candles(1))).toEqual([]);
    expect(feed(venue, [candleAt(1, [100.3, 101, 100, 100.5])])).toEqual([
      {
        kind: 'fill',
        time: START + HOUR,
        symbol: SYMBOL,
        clientOrderId: 'order-1',
        side: 'buy',
        quantity: 1,
        // 100.3 × 1.001 = 100.4003
        price: 100.5,
        fee: 0.05025,
        slippage: 0.2,
        liquidity: 'taker',
        reason: 'entry',
        // 100.5 × 0.98 = 98.49 and × 1.04 = 104.52
        stopPrice: 98.5,
        targetPrice: 104.6,
        // (100.5 - 50.25) / 0.985 = 51.015…
        liquidationPrice: 51.1,
        ambiguous: false,
      },
    ]);
  });

  it('slip more when the closes before the candle were wild', () => {
    const bars = [100, 100.1, 100, 100.1, 100, 100.1, 100, 100.1, 103, 98, 104].map((close, index) =>
      candleAt(index, [close, close, close, close]),
    );
    const venue = venueOf();
    feed(venue, bars);
    venue.place(orderOf({ decidedAt: START + 11 * HOUR, protection: undefined }));
    const [fill] = feed(venue, [candleAt(11, CALM)]);
    expect(fill).toMatchObject({ price: expect.closeTo(100.3, 9) });
  });

  it('wait through a hole and through the end, until they are cancelled', () => {
    const venue = venueOf();
    venue.place(orderOf());
    venue.place(orderOf({ clientOrderId: 'second' }));
    expect(venue.cancel(SYMBOL, 'second')).toBe(true);
    expect(venue.cancel(SYMBOL, 'second')).toBe(false);
    expect(feed(venue, [candleAt(50, CALM)])).toMatchObject([{ time: START + 50 * HOUR, clientOrderId: 'order-1' }]);
    venue.place(orderOf({ clientOrderId: 'third' }));
    expect(venue.cancelAll().map((order) => order.clientOrderId)).toEqual(['third']);
    expect(feed(venue, candles(1, 51))).toEqual([]);
  });

  it.each<[string, Partial<OrderIntent>, Partial<typeof INSTRUMENT>]>([
    ['not-on-lot-grid', { quantity: 1.0005 }, {}],
    ['not-on-lot-grid', { quantity: 0 }, {}],
    ['below-minimum-quantity', { quantity: 0.5 }, { minQuantity: 0.6 }],
    ['below-minimum-notional', { quantity: 0.04 }, {}],
    ['above-maximum-quantity', { quantity: 1_001 }, {}],
    ['above-largest-tier', { quantity: 1_000, decisionPrice: 1_001 }, {}],
    ['leverage-above-tier', { quantity: 99, leverage: 51, protection: undefined }, {}],
    ['leverage-above-tier', { quantity: 101, leverage: 21, protection: undefined }, {}],
    ['leverage-above-tier', { leverage: 0 }, {}],
    ['stop-beyond-liquidation', { leverage: 45 }, {}],
    ['stop-beyond-liquidation', { leverage: 45, side: 'sell' }, {}],
    ['nothing-to-reduce', { reduceOnly: true }, {}],
  ])('are refused: %s', (reason, order, instrument) => {
    const venue = venueOf({ instrument: { ...INSTRUMENT, ...instrument } });
    venue.place(orderOf(order));
    expect(feed(venue, candles(2))).toMatchObject([{ kind: 'order-refused', clientOrderId: 'order-1', reason }]);
    expect(venue.position(0)).toBeUndefined();
  });

  it('may have the stop just before liquidation, and are refused when the fill lifts them into a tier of less leverage', () => {
    // 40x at 100: liquidated at (100 - 2.5) / 0.985 -> 99.0; at the fill of 100.1: 97.5975 / 0.985 -> 99.1.
    const protection = { stopFraction: 0.0095, targetFraction: undefined, trailingFraction: undefined };
    const venue = venueOf();
    venue.place(orderOf({ leverage: 40, protection }));
    expect(feed(venue, [candleAt(0, [100, 100.2, 99.8, 100])])).toMatchObject([{ kind: 'fill', stopPrice: 99.2 }]);
    const other = venueOf();
    other.place(orderOf({ leverage: 40, quantity: 99, decisionPrice: 100, protection }));
    expect(feed(other, [candleAt(0, [102, 102, 102, 102])])).toMatchObject([
      { kind: 'order-refused', reason: 'leverage-above-tier', time: START },
    ]);
  });

  it('reduce only what is there, and close a rest below the minimum', () => {
    const venue = venueOf();
    venue.place(orderOf());
    feed(venue, candles(1));
    const reduce = { side: 'sell', reduceOnly: true, reason: 'time-exit', protection: undefined } as const;
    venue.place(orderOf({ ...reduce, clientOrderId: 'part', quantity: 0.999 }));
    expect(feed(venue, candles(1, 1))).toMatchObject([{ quantity: 0.999, price: 99.9, stopPrice: undefined }]);
    expect(venue.position(0)).toMatchObject({
      quantity: 0.001,
      stopPrice: 98.1,
      targetPrice: 104.2,
      liquidationPrice: 50.9,
    });
    expect(venue.position(0)!.margin).toBeCloseTo(0.05005, 12);
    venue.place(orderOf({ ...reduce, clientOrderId: 'rest', quantity: 5 }));
    expect(feed(venue, candles(1, 2))).toMatchObject([{ quantity: 0.001, reason: 'time-exit' }]);
    expect(venue.position(0)).toBeUndefined();
    venue.place(orderOf({ ...reduce, clientOrderId: 'same-side', side: 'buy' }));
    expect(feed(venue, candles(1, 3))).toMatchObject([{ reason: 'nothing-to-reduce' }]);
  });

  it('add to a position at the average entry, and flip it where they are not reduce-only', () => {
    const venue = venueOf();
    venue.place(orderOf({ protection: undefined }));
    feed(venue, candles(1));
    venue.place(orderOf({ clientOrderId: 'add', quantity: 3, leverage: 4 }));
    feed(venue, [candleAt(1, [102, 102, 101, 102])]);
    // 102 × 1.001 = 102.102 -> 102.2; (100.1 + 3 × 102.2) / 4 = 101.675; margin 50.05 + 76.65
    expect(venue.position(0)).toMatchObject({ quantity: 4, entryPrice: expect.closeTo(101.675, 9), stopPrice: 100.2 });
    expect(venue.position(0)!.margin).toBeCloseTo(126.7, 9);
    venue.place(orderOf({ clientOrderId: 'flip', side: 'sell', quantity: 5 }));
    const [flip] = feed(venue, [candleAt(2, [102, 102, 101.5, 102])]);
    expect(flip).toMatchObject({ kind: 'fill', quantity: 5, price: 101.8, stopPrice: 103.8, targetPrice: 97.7 });
    expect(venue.position(0)).toMatchObject({ quantity: -1, entryPrice: 101.8, margin: 50.9 });
  });

  it('that add without protection leave the exits that rest where they are, and where they trailed to', () => {
    const venue = venueOf();
    const protection = { stopFraction: 0.02, targetFraction: 0.5, trailingFraction: 0.03 };
    venue.place(orderOf({ protection }));
    feed(venue, candles(1));
    feed(venue, [candleAt(1, [104, 110, 104, 110])]);
    expect(venue.position(0)).toMatchObject({ quantity: 1, stopPrice: 106.7, targetPrice: 150.2 });
    venue.place(orderOf({ clientOrderId: 'add', quantity: 0.5, protection: undefined, reason: 'rebalance' }));
    const [fill] = feed(venue, [candleAt(2, [110, 110, 109, 110])]);
    // 110 × 1.00x, the slippage of a wild bar; liquidated where (cost - margin) / 1.5 / 0.985.
    expect(fill).toMatchObject({ kind: 'fill', quantity: 0.5, stopPrice: 106.7, targetPrice: 150.2 });
    const { price } = fill as { price: number };
    const cost = 100.1 + 0.5 * price;
    const held = venue.position(0);
    expect(held).toMatchObject({ quantity: 1.5, stopPrice: 106.7, targetPrice: 150.2 });
    expect(held?.entryPrice).toBeCloseTo(cost / 1.5, 9);
    expect(held?.margin).toBeCloseTo(cost / 2, 9);
    expect(held?.liquidationPrice).toBeCloseTo(cost / 2 / 1.5 / 0.985, 0);
    // The best price is still 110, not the one that was paid for what was added.
    expect(feed(venue, [candleAt(3, [107, 107, 106, 106])])).toMatchObject([
      { reason: 'trailing-stop', quantity: 1.5, clientOrderId: 'order-1:stop' },
    ]);
  });

  it.each<['buy' | 'sell', number]>([
    ['buy', 106],
    ['sell', 94],
  ])('that add are refused where the stop that rests would lie beyond liquidation (%s)', (side, later) => {
    const sign = side === 'buy' ? 1 : -1;
    const protection = { stopFraction: 0.02, targetFraction: undefined, trailingFraction: undefined };
    const hold = () => {
      const venue = venueOf();
      venue.place(orderOf({ side, leverage: 20, protection }));
      feed(venue, candles(1));
      return venue;
    };
    const add = { side, clientOrderId: 'add', leverage: 20, protection: undefined, reason: 'rebalance' } as const;
    const placed = hold();
    placed.place(orderOf({ ...add, decisionPrice: later }));
    expect(feed(placed, candles(1, 1))).toMatchObject([{ reason: 'stop-beyond-liquidation' }]);
    const filled = hold();
    filled.place(orderOf(add));
    expect(feed(filled, [candleAt(1, [later, later, later, later])])).toMatchObject([
      { kind: 'order-refused', reason: 'stop-beyond-liquidation' },
    ]);
    expect(filled.position(0)).toMatchObject({ quantity: sign });
    const small = hold();
    small.place(orderOf({ ...add, quantity: 0.1, decisionPrice: later }));
    expect(feed(small, [candleAt(1, [later, later, later, later])])).toMatchObject([{ kind: 'fill' }]);
    const { stopPrice = NaN, liquidationPrice = NaN } = small.position(0) ?? {};
    expect(sign * (stopPrice - liquidationPrice)).toBeGreaterThan(0);
  });

  it('meet a position that the open has liquidated: nothing is left to reduce', () => {
    const venue = venueOf();
    venue.place(orderOf({ leverage: 10, protection: undefined }));
    feed(venue, candles(1));
    venue.place(orderOf({ side: 'sell', reduceOnly: true, clientOrderId: 'late' }));
    const events = feed(venue, [candleAt(1, [80, 81, 79, 80])]);
    expect(events).toMatchObject([{ reason: 'liquidation' }, { kind: 'order-refused', reason: 'nothing-to-reduce' }]);
  });

  it('go before a stop that the same open gaps through: one fill, one reason', () => {
    const venue = venueOf();
    venue.place(orderOf());
    feed(venue, candles(1));
    venue.place(orderOf({ side: 'sell', reduceOnly: true, clientOrderId: 'out', reason: 'time-exit' }));
    expect(feed(venue, [candleAt(1, [97, 98, 96, 97])])).toMatchObject([{ reason: 'time-exit', price: 96.9 }]);
  });
});

describe('the venue', () => {
  it('refuses cross margin and instruments without tiers', () => {
    expect(() => venueOf({ marginMode: 'cross' })).toThrow(/cross margin is not simulated/);
    expect(() => venueOf({ instrument: { ...INSTRUMENT, tiers: [] } })).toThrow(/TESTUSDT: it has no margin tier/);
  });

  it('closes at the last price with costs when a symbol is delisted or the data ends', () => {
    const venue = venueOf();
    venue.place(orderOf());
    const events = feed(venue, candles(1));
    venue.place(orderOf({ clientOrderId: 'never', side: 'sell', reduceOnly: true }));
    venue.closeAtLastPrice(SYMBOL, 'delisting', events);
    expect(events[1]).toMatchObject({
      side: 'sell',
      price: 99.9,
      time: START + HOUR,
      reason: 'delisting',
      liquidity: 'taker',
      clientOrderId: 'order-1:delisting',
    });
    venue.closeAtLastPrice(SYMBOL, 'delisting', events);
    expect(events).toHaveLength(2);
    expect(venue.cancelAll()).toEqual([]);
  });

  it('does not know other symbols', () => {
    expect(() => venueOf().place(orderOf({ symbol: 'OTHER' }))).toThrow(/does not list OTHER/);
  });
});
