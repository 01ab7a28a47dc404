// When does a limit order take, rest, fill or go?
import { describe, expect, it } from 'vitest';
import { done, exchangeOver, marketOrder, orderNow, reasonOf } from '../../../test/scenarios/exchange-market.ts';
import type { Prices } from '../../../test/scenarios/exchange-market.ts';
import { COSTS, HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import type { PlaceRequest } from './order-record.ts';

const limit = (price: number, more: Partial<PlaceRequest> = {}): PlaceRequest =>
  marketOrder({ type: 'limit', price, ...more });
const NEXT: Prices = [100, 101, 99, 100];

describe('a resting limit order', () => {
  it('fills as a maker at its price once the market has traded a tick beyond it', () => {
    const exchange = exchangeOver([[100, 101, 97.9, 100.5], NEXT], { costs: COSTS });
    const order = done(exchange.place(limit(98)));
    expect(order).toMatchObject({ status: 'new', timeInForce: 'gtc' });
    exchange.advanceTo(START + HOUR - 1);
    expect(orderNow(exchange, order.orderId)).toMatchObject({ status: 'filled', filledQuantity: 1 });
    expect(exchange.executions({})).toMatchObject([{ price: 98, maker: true, rate: 0.0002, orderPrice: 98 }]);
    expect(exchange.executions({})[0].time).toBe(START + HOUR / 3);
  });

  it('does not fill when the market only touches its price', () => {
    const exchange = exchangeOver([[100, 101, 98, 100.5], NEXT]);
    const order = done(exchange.place(limit(98)));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, order.orderId).status).toBe('new');
  });

  it('that a candle opens beyond fills at its own price, without improvement, when time goes on', () => {
    const exchange = exchangeOver([
      [100, 101, 99, 100],
      [95, 96, 94, 95],
    ]);
    const order = done(exchange.place(limit(98)));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, order.orderId).status).toBe('new');
    exchange.advanceTo(START + HOUR + 1);
    expect(exchange.executions({})).toMatchObject([{ price: 98, maker: true, time: START + HOUR }]);
  });

  it('between the market and what a market order pays waits until the market has moved beyond where it stood', () => {
    const exchange = exchangeOver([[100, 101, 99.5, 100.5], NEXT], { costs: COSTS });
    const order = done(exchange.place(limit(100)));
    expect(order.status).toBe('new');
    exchange.advanceTo(START + HOUR / 2);
    expect(exchange.executions({})).toMatchObject([{ price: 100, maker: true }]);
  });
});

it.each([
  ['buy', 100.3, 99.9],
  ['sell', 99.7, 100.1],
] as const)(
  'a %s order at %d, short of what a market order pays, is no gift: it waits for %d',
  (side, price, beyond) => {
    const wide = { ...COSTS, slippageBps: 50 };
    const still = exchangeOver(
      [
        [100, 100, 100, 100.0],
        [100, 100, 100, 100],
      ],
      { costs: wide },
    );
    done(still.place(limit(price, { side })));
    still.advanceTo(START + HOUR);
    expect(still.executions({})).toEqual([]);
    const moving = exchangeOver([[100, Math.max(100, beyond), Math.min(100, beyond), 100], NEXT], { costs: wide });
    done(moving.place(limit(price, { side })));
    moving.advanceTo(START + HOUR);
    expect(moving.executions({})).toMatchObject([{ price, maker: true }]);
  },
);

describe('a limit order that the market meets', () => {
  it('takes at what a market order pays', () => {
    const exchange = exchangeOver([NEXT], { costs: COSTS });
    const order = done(exchange.place(limit(100.5)));
    expect(order.status).toBe('filled');
    expect(exchange.executions({})).toMatchObject([{ price: 100.1, maker: false, rate: 0.0005 }]);
  });

  it('is cancelled when it wanted only to make, and is accepted as such', () => {
    const exchange = exchangeOver([NEXT]);
    const order = done(exchange.place(limit(100.5, { timeInForce: 'post-only' })));
    expect(order).toMatchObject({ status: 'cancelled', cancelReason: 'post-only-would-take' });
    expect(done(exchange.place(limit(99.9, { timeInForce: 'post-only' }))).status).toBe('new');
  });

  it.each(['ioc', 'fok'] as const)('fills at once or goes when it is %s', (timeInForce) => {
    const exchange = exchangeOver([NEXT], { costs: COSTS });
    expect(done(exchange.place(limit(101, { timeInForce }))).status).toBe('filled');
    expect(done(exchange.place(limit(99, { timeInForce })))).toMatchObject({
      status: 'cancelled',
      cancelReason: 'no-liquidity',
      filledQuantity: 0,
    });
  });

  it('in a thin book: ioc keeps a part, fok nothing, gtc rests with what is left', () => {
    const exchange = exchangeOver([[100, 101, 97, 100.5], NEXT]);
    exchange.fate.thinBook(SYMBOL, 0.4);
    const ioc = done(exchange.place(limit(101, { timeInForce: 'ioc', quantity: 10 })));
    expect(ioc).toMatchObject({ status: 'cancelled', cancelReason: 'no-liquidity', filledQuantity: 4 });
    const fok = done(exchange.place(limit(101, { timeInForce: 'fok', quantity: 10 })));
    expect(fok).toMatchObject({ status: 'cancelled', filledQuantity: 0 });
    const gtc = done(exchange.place(limit(101, { quantity: 10 })));
    expect(gtc).toMatchObject({ status: 'partly-filled', filledQuantity: 4 });
    exchange.advanceTo(START + HOUR / 2);
    expect(orderNow(exchange, gtc.orderId)).toMatchObject({ status: 'filled', filledQuantity: 10 });
  });
});

describe('amending', () => {
  it('moves price and quantity, and takes when the new price meets the market', () => {
    const exchange = exchangeOver([NEXT]);
    const { orderId } = done(exchange.place(limit(95)));
    const moved = done(exchange.amend(SYMBOL, { orderId }, { price: 96, quantity: 2 }));
    expect(moved).toMatchObject({ price: 96, quantity: 2, status: 'new' });
    expect(done(exchange.amend(SYMBOL, { orderId }, { price: 101 }))).toMatchObject({ status: 'filled' });
  });

  it('keeps the rules', () => {
    const exchange = exchangeOver([NEXT]);
    const { orderId } = done(exchange.place(limit(95, { clientOrderId: 'a' })));
    const amend = (change: Parameters<typeof exchange.amend>[2]) =>
      reasonOf(exchange.amend(SYMBOL, { clientOrderId: 'a' }, change));
    expect(amend({ price: 95 })).toBe('not-modified');
    expect(amend({ price: 95.05 })).toBe('off-tick');
    expect(amend({ quantity: 1.0005 })).toBe('off-lot');
    expect(amend({ quantity: 0 })).toBe('bad-parameter');
    expect(amend({ quantity: 0.01 })).toBe('below-minimum-notional');
    expect(amend({ quantity: 5_000 })).toBe('above-maximum-quantity');
    expect(amend({ triggerPrice: 90 })).toBe('bad-parameter');
    expect(amend({ quantity: 900 })).toBe('done');
    expect(amend({ quantity: 1_000, price: 1_000 })).toBe('insufficient-margin');
    expect(reasonOf(exchange.amend(SYMBOL, { orderId: 'x' }, { price: 94 }))).toBe('unknown-order');
    exchange.cancel(SYMBOL, { orderId });
    expect(amend({ price: 94 })).toBe('order-final');
  });
});

describe('cancelling', () => {
  it('ends an order once, by either name', () => {
    const exchange = exchangeOver([NEXT]);
    done(exchange.place(limit(95, { clientOrderId: 'a' })));
    expect(done(exchange.cancel(SYMBOL, { clientOrderId: 'a' }))).toMatchObject({ cancelReason: 'by-client' });
    expect(reasonOf(exchange.cancel(SYMBOL, { clientOrderId: 'a' }))).toBe('order-final');
    expect(reasonOf(exchange.cancel(SYMBOL, { clientOrderId: 'b' }))).toBe('unknown-order');
    expect(reasonOf(exchange.cancel('NOUSDT', { clientOrderId: 'a' }))).toBe('unknown-symbol');
  });

  it('all at once takes one book or both, of one symbol', () => {
    const exchange = exchangeOver([NEXT]);
    done(exchange.place(limit(95)));
    done(exchange.place(marketOrder({ triggerPrice: 105 })));
    expect(exchange.cancelAll('NOUSDT', undefined)).toEqual([]);
    expect(exchange.cancelAll(SYMBOL, true)).toMatchObject([{ conditional: true, status: 'cancelled' }]);
    expect(exchange.cancelAll(undefined, undefined)).toMatchObject([{ conditional: false }]);
    expect(exchange.openOrders({})).toEqual([]);
  });
});

describe('a reduce-only limit order', () => {
  it('is capped at the position, trimmed with it and gone when it is flat', () => {
    const exchange = exchangeOver([[100, 101, 99, 100.5], NEXT]);
    done(exchange.place(marketOrder({ quantity: 3 })));
    const exit = done(exchange.place(limit(110, { side: 'sell', reduceOnly: true, quantity: 5 })));
    expect(exit.quantity).toBe(3);
    done(exchange.place(marketOrder({ side: 'sell', reduceOnly: true, quantity: 1 })));
    expect(orderNow(exchange, exit.orderId)).toMatchObject({ quantity: 2, status: 'new' });
    done(exchange.place(marketOrder({ side: 'sell', reduceOnly: true, quantity: 2 })));
    expect(orderNow(exchange, exit.orderId)).toMatchObject({ status: 'cancelled', cancelReason: 'reduce-only-excess' });
  });

  it('never turns the position, and needs one', () => {
    const exchange = exchangeOver([NEXT]);
    expect(reasonOf(exchange.place(limit(110, { side: 'sell', reduceOnly: true })))).toBe('nothing-to-reduce');
    done(exchange.place(marketOrder()));
    expect(reasonOf(exchange.place(limit(90, { side: 'buy', reduceOnly: true })))).toBe('nothing-to-reduce');
    const close = done(exchange.place(marketOrder({ side: 'sell', reduceOnly: true, quantity: 7 })));
    expect(close).toMatchObject({ status: 'filled', quantity: 1 });
    expect(exchange.position(SYMBOL).quantity).toBe(0);
  });
});
