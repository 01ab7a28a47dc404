// Do conditional orders wait for their price, and close what they are meant to close?
import { describe, expect, it } from 'vitest';
import { done, exchangeOver, heard, marketOrder, orderNow, reasonOf } from '../../../test/scenarios/exchange-market.ts';
import type { Prices } from '../../../test/scenarios/exchange-market.ts';
import { COSTS, HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import type { PlaceRequest } from './order-record.ts';

const NEXT: Prices = [100, 101, 99, 100];
const when = (triggerPrice: number, more: Partial<PlaceRequest> = {}): PlaceRequest =>
  marketOrder({ triggerPrice, ...more });

describe('a conditional market order', () => {
  it('meets the market when the price gets to its trigger, with slippage', () => {
    const exchange = exchangeOver([[100, 105, 99, 104], NEXT], { costs: COSTS });
    const order = done(exchange.place(when(103)));
    expect(order).toMatchObject({ status: 'untriggered', triggerDirection: 'up', conditional: true });
    const events = heard(exchange);
    exchange.advanceTo(START + HOUR - 1);
    const states = events.flatMap((event) => (event.kind === 'order' ? [event.order.status] : []));
    expect(states).toEqual(['triggered', 'filled']);
    expect(exchange.executions({})).toMatchObject([{ price: 103.2, maker: false, orderId: order.orderId }]);
    // From the low at a third, 4 of the 6 to the high at two thirds.
    expect(exchange.executions({})[0].time).toBe(START + HOUR / 3 + (HOUR / 3) * (4 / 6));
  });

  it('meets the open of a candle that opens beyond its trigger', () => {
    const exchange = exchangeOver([NEXT, [106, 107, 105, 106]]);
    done(exchange.place(when(103)));
    exchange.advanceTo(START + HOUR);
    expect(exchange.executions({})).toEqual([]);
    exchange.advanceTo(START + HOUR + 1);
    expect(exchange.executions({})).toMatchObject([{ price: 106, time: START + HOUR }]);
  });

  it('must lie on the side it is reached from', () => {
    const exchange = exchangeOver([NEXT]);
    expect(reasonOf(exchange.place(when(103, { triggerDirection: 'down' })))).toBe('trigger-on-wrong-side');
    expect(reasonOf(exchange.place(when(100)))).toBe('trigger-on-wrong-side');
    expect(reasonOf(exchange.place(when(97, { triggerDirection: 'down', triggerSource: 'mark' })))).toBe('done');
  });

  it('whose margin is gone when it triggers is cancelled', () => {
    const exchange = exchangeOver([[100, 105, 99, 104], NEXT], { deposit: 1_000 });
    const order = done(exchange.place(when(103, { quantity: 40 })));
    done(exchange.place(marketOrder({ quantity: 40 })));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, order.orderId)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'margin-at-trigger',
      filledQuantity: 0,
    });
  });

  it('brings up its stop when it has filled', () => {
    const exchange = exchangeOver([[100, 105, 99, 104], NEXT]);
    done(exchange.place(when(103, { clientOrderId: 'c', stopPrice: 101 })));
    exchange.advanceTo(START + HOUR);
    expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 1, stopPrice: 101 });
  });
});

it('a conditional limit order goes to the book when it triggers', () => {
  const exchange = exchangeOver([
    [100, 105, 99, 104],
    [102, 103, 100, 101],
  ]);
  const order = done(exchange.place(when(103, { type: 'limit', price: 101 })));
  exchange.advanceTo(START + HOUR);
  expect(orderNow(exchange, order.orderId)).toMatchObject({ status: 'new', conditional: false });
  exchange.advanceTo(START + 2 * HOUR);
  expect(exchange.executions({})).toMatchObject([{ price: 101, maker: true }]);
});

describe('an order that closes the position', () => {
  it('closes whatever is held when it triggers', () => {
    const exchange = exchangeOver([[100, 105, 97, 104], NEXT], { costs: COSTS });
    const stop = done(exchange.place(when(98, { side: 'sell', quantity: 0, closesPosition: true, reduceOnly: true })));
    done(exchange.place(marketOrder({ quantity: 2.5 })));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, stop.orderId)).toMatchObject({ status: 'filled', filledQuantity: 2.5, quantity: 2.5 });
    // As research fills a stop: its price, slipped against us.
    expect(exchange.executions({}).at(-1)).toMatchObject({ price: 97.9, closedQuantity: 2.5 });
  });

  it('goes when there is nothing to close', () => {
    const exchange = exchangeOver([[100, 105, 97, 104], NEXT]);
    const stop = done(exchange.place(when(98, { side: 'sell', quantity: 0, closesPosition: true, reduceOnly: true })));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, stop.orderId)).toMatchObject({ status: 'cancelled', cancelReason: 'position-closed' });
  });

  it('counts before a target that the same candle touches, as in research', () => {
    // A rising candle is at its low first, but this one falls: its path is at the target before the stop.
    const exchange = exchangeOver([[100, 105, 97, 99], NEXT]);
    done(exchange.place(marketOrder({ targetPrice: 104 })));
    const stop = done(exchange.place(when(98, { side: 'sell', quantity: 0, closesPosition: true, reduceOnly: true })));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, stop.orderId).status).toBe('filled');
    expect(exchange.closedOrders({}).find(({ source }) => source === 'attached-target')).toMatchObject({
      status: 'cancelled',
      cancelReason: 'position-closed',
    });
  });

  it('counts so even when it was there before the position', () => {
    const exchange = exchangeOver([[100, 105, 97, 99], NEXT]);
    const stop = done(exchange.place(when(98, { side: 'sell', quantity: 0, closesPosition: true, reduceOnly: true })));
    done(exchange.place(marketOrder({ targetPrice: 104 })));
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, stop.orderId)).toMatchObject({ status: 'filled', filledQuantity: 1 });
  });

  it('as a target it meets the market as a taker', () => {
    const exchange = exchangeOver([[100, 105, 99, 104], NEXT], { costs: COSTS });
    done(exchange.place(marketOrder()));
    done(exchange.place(when(104, { side: 'sell', quantity: 0, closesPosition: true, reduceOnly: true })));
    exchange.advanceTo(START + HOUR);
    expect(exchange.executions({}).at(-1)).toMatchObject({ price: 103.8, maker: false, closedQuantity: 1 });
  });

  it('a reduce-only order for a part closes that part and no more than is held', () => {
    const exchange = exchangeOver([[100, 105, 97, 104], NEXT]);
    done(exchange.place(marketOrder({ quantity: 3 })));
    done(exchange.place(when(98, { side: 'sell', quantity: 1, reduceOnly: true })));
    exchange.advanceTo(START + HOUR);
    expect(exchange.position(SYMBOL).quantity).toBe(2);
  });
});
