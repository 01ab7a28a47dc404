// Do the faults of orders do what the catalogue says, on a real exchange? Rows 10, 25 to 32 and 46.
import { describe, expect, it } from 'vitest';
import { faultDesk, requestView, type FaultDesk } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';
import {
  done,
  exchangeOver,
  marketOrder,
  orderNow,
  reasonOf,
  type Prices,
} from '../../../../test/scenarios/exchange-market.ts';
import { HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';
import { atomsToNumber } from '../../../domain/money.ts';

const AT_ONE = new Date(START + HOUR).toISOString();
const at = (hour: number): number => START + hour * HOUR;

/** A long position of 1 with a stop at 95, entered before anything happens. */
function enter(desk: FaultDesk): string {
  done(desk.exchange.place(marketOrder({ clientOrderId: 'entry', stopPrice: 95 })));
  const [stop] = desk.exchange.openOrders({ symbol: SYMBOL });
  return stop.orderId;
}

const held = ({ exchange }: FaultDesk): number => exchange.position(SYMBOL).quantity;

describe('orders at the exchange', () => {
  it('row 10: are not found by queries while they are young', () => {
    const desk = faultDesk([{ fault: 10, request: 2, lag_ms: 700, for_wall: '5s' }]);
    desk.create();
    expect(desk.faults.orderLagMs()).toBe(0);
    desk.create();
    expect(desk.faults.orderLagMs()).toBe(700);
    desk.clock.advance(5_000);
    expect(desk.faults.orderLagMs()).toBe(0);
  });

  it('row 25: fill in several executions, the order of the n-th request alone', () => {
    const desk = faultDesk([{ fault: 25, request: 1, parts: 4 }]);
    desk.create();
    done(desk.exchange.place(marketOrder()));
    expect(desk.exchange.executions({}).map(({ quantity }) => quantity)).toEqual([0.25, 0.25, 0.25, 0.25]);
    desk.create();
    done(desk.exchange.place(marketOrder()));
    expect(desk.exchange.executions({})).toHaveLength(5);
  });

  it('row 26: fill in part, and the rest is cancelled', () => {
    const desk = faultDesk([{ fault: 26, at: AT_ONE, share: 0.3, for: '1h' }]);
    desk.advance(at(1));
    const { orderId } = done(desk.exchange.place(marketOrder()));
    expect(orderNow(desk.exchange, orderId)).toMatchObject({ status: 'cancelled', filledQuantity: 0.3 });
    desk.advance(at(2));
    const later = done(desk.exchange.place(marketOrder()));
    expect(orderNow(desk.exchange, later.orderId)).toMatchObject({ status: 'filled', filledQuantity: 1 });
  });

  it('row 26: or do not fill at all', () => {
    const desk = faultDesk([{ fault: 26, request: 1, share: 0 }]);
    desk.create();
    const { orderId } = done(desk.exchange.place(marketOrder()));
    expect(orderNow(desk.exchange, orderId)).toMatchObject({ status: 'cancelled', filledQuantity: 0 });
  });

  it('row 27: a stop is jumped over and fills far beyond its trigger', () => {
    const desk = faultDesk([{ fault: 27, at: AT_ONE, gap: 0.1 }]);
    const stopId = enter(desk);
    desk.advance(at(1));
    expect(held(desk)).toBe(0);
    expect(orderNow(desk.exchange, stopId)).toMatchObject({ status: 'filled', triggerPrice: 95 });
    const [, exit] = desk.exchange.executions({});
    expect(exit.price).toBeCloseTo(85.5, 9);
    expect(exit.orderId).toBe(stopId);
    expect(atomsToNumber(exit.realised)).toBeCloseTo(-14.5, 9);
  });

  it('row 27: of a short position upwards', () => {
    const desk = faultDesk([{ fault: 27, at: AT_ONE, gap: 0.1 }]);
    done(desk.exchange.place(marketOrder({ side: 'sell', stopPrice: 105 })));
    desk.advance(at(1));
    expect(desk.exchange.executions({})[1].price).toBeCloseTo(115.5, 9);
  });

  it('row 28: a stop triggers while the private stream is away, which hears nothing of it', () => {
    const desk = faultDesk([{ fault: 28, at: AT_ONE, for_wall: '1s' }]);
    const frames: string[] = [];
    desk.exchange.listen((event) => {
      if (event.kind === 'execution') frames.push(...desk.frame('execution', event.execution.executionId).map(String));
    });
    enter(desk);
    expect(frames).toHaveLength(1);
    desk.advance(at(1));
    expect(held(desk)).toBe(0);
    expect(frames).toHaveLength(1);
    const isDropped = (connection: number, channel: 'private' | 'public') =>
      desk.faults.dropsConnection({ connection, channel });
    expect([isDropped(1, 'private'), isDropped(1, 'public'), isDropped(2, 'private')]).toEqual([true, false, true]);
    desk.clock.advance(1_000);
    expect(isDropped(3, 'private')).toBe(false);
  });

  it('row 28: waits for a position that has a stop', () => {
    const desk = faultDesk([{ fault: 28, at: AT_ONE, for: '3h' }]);
    desk.frame('order', 'x');
    desk.advance(at(2));
    expect(desk.faults.dropsConnection({ connection: 1, channel: 'private' })).toBe(false);
    enter(desk);
    desk.advance(at(3));
    expect(held(desk)).toBe(0);
    expect(desk.faults.dropsConnection({ connection: 1, channel: 'private' })).toBe(true);
  });

  it('row 29: an entry fills and its stop never comes up', () => {
    const desk = faultDesk([{ fault: 29, request: 1 }]);
    desk.create();
    done(desk.exchange.place(marketOrder({ stopPrice: 95 })));
    expect(held(desk)).toBe(1);
    expect(desk.exchange.openOrders({})).toEqual([]);
    desk.create();
    done(desk.exchange.place(marketOrder({ stopPrice: 96 })));
    expect(desk.exchange.openOrders({})).toHaveLength(1);
  });

  it('row 29: or is lost without a word later', () => {
    const desk = faultDesk([{ fault: 29, kind: 'lost', at: AT_ONE }]);
    enter(desk);
    const events: string[] = [];
    desk.exchange.listen(({ kind }) => events.push(kind));
    desk.advance(at(1));
    expect(desk.exchange.openOrders({})).toEqual([]);
    expect(desk.exchange.position(SYMBOL)).toMatchObject({ quantity: 1, stopPrice: undefined });
    expect(events).not.toContain('order');
  });

  it('row 29: or is refused as a request of its own', () => {
    const refused = { kind: 'refuse', commit: false, refusal: 'trigger-refused' };
    const bybit = faultDesk([{ fault: 29, kind: 'refused', request: 1 }]);
    expect(bybit.request('/v5/position/trading-stop', { method: 'POST' })).toEqual(refused);
    const binance = faultDesk([{ fault: 29, kind: 'refused' }], { venue: 'binance' });
    expect(binance.request('/fapi/v1/order', { method: 'POST' }).kind).toBe('pass');
    expect(binance.request('/fapi/v1/algoOrder', { method: 'POST' })).toEqual(refused);
  });

  it('row 30: a stop that triggers is rejected, and the position stays', () => {
    const prices: Prices[] = [
      [100, 101, 99, 100],
      [100, 101, 90, 92],
      [92, 93, 91, 92],
    ];
    const desk = faultDesk([{ fault: 30, at: AT_ONE }], { prices });
    const stopId = enter(desk);
    desk.advance(at(2));
    expect(orderNow(desk.exchange, stopId)).toMatchObject({ status: 'rejected', cancelReason: 'margin-at-trigger' });
    expect(held(desk)).toBe(1);
  });

  it('row 31: an order fills just before it is cancelled, and the stream may tell of it twice', () => {
    const desk = faultDesk([{ fault: 31, request: 1 }]);
    const resting = marketOrder({ clientOrderId: 'rests', type: 'limit', price: 99, timeInForce: 'gtc' });
    const { orderId } = done(desk.exchange.place(resting));
    const frames: string[] = [];
    desk.exchange.listen((event) => {
      if (event.kind !== 'order') return;
      const payload = JSON.stringify({ topic: 'order', data: [{ orderId, orderStatus: event.order.status }] });
      frames.push(...desk.frame('order', payload).map(() => event.order.status));
    });
    const body = JSON.stringify({ symbol: SYMBOL, orderLinkId: 'rests', category: 'linear' });
    expect(desk.faults.request(requestView('/v5/order/cancel', { method: 'POST', body })).kind).toBe('pass');
    expect(held(desk)).toBe(1);
    expect(frames).toEqual(['filled', 'filled']);
    expect(reasonOf(desk.exchange.cancel(SYMBOL, { clientOrderId: 'rests' }))).toBe('order-final');
  });

  it('row 31: at Binance by client order id; an order that is not there is not filled', () => {
    const desk = faultDesk([{ fault: 31, twice: false }], { venue: 'binance' });
    done(desk.exchange.place(marketOrder({ clientOrderId: 'rests', type: 'limit', price: 99, timeInForce: 'gtc' })));
    const cancel = (id: string) =>
      desk.request('/fapi/v1/order', { method: 'DELETE', query: new URLSearchParams({ origClientOrderId: id }) });
    cancel('other');
    expect(held(desk)).toBe(0);
    cancel('rests');
    expect(held(desk)).toBe(1);
    expect(desk.rows()).toEqual([31]);
  });

  it('row 32: the money is gone when the order arrives that was sized with it', () => {
    const desk = faultDesk([{ fault: 32, request: 2, share: 0.9 }], {
      exchange: exchangeOver(
        [
          [100, 101, 99, 100],
          [100, 101, 99, 100],
        ],
        { deposit: 100 },
      ),
    });
    desk.create();
    expect(atomsToNumber(desk.exchange.wallet().available)).toBe(100);
    desk.create();
    expect(atomsToNumber(desk.exchange.wallet().available)).toBe(10);
    expect(reasonOf(desk.exchange.place(marketOrder({ quantity: 3 })))).toBe('insufficient-margin');
    done(desk.exchange.place(marketOrder({ quantity: 0.4 })));
    desk.create();
    expect(atomsToNumber(desk.exchange.wallet().wallet)).toBe(10);
  });

  it('row 32: and comes back at the end, where told so', () => {
    const desk = faultDesk([{ fault: 32, at: AT_ONE, for: '1h', share: 0.5, returned: true }]);
    desk.advance(at(1));
    expect(atomsToNumber(desk.exchange.wallet().wallet)).toBe(50_000);
    desk.advance(at(2));
    expect(atomsToNumber(desk.exchange.wallet().wallet)).toBe(100_000);
  });

  it('row 46: a position shrinks below a reduce-only order that rests, which never turns it over', () => {
    const prices: Prices[] = [
      [100, 101, 99, 100],
      [100, 101, 99, 100],
      [100, 112, 99, 111],
    ];
    const desk = faultDesk([{ fault: 46, at: AT_ONE, share: 0.5 }], { prices });
    done(desk.exchange.place(marketOrder()));
    const exit = marketOrder({ side: 'sell', type: 'limit', price: 110, timeInForce: 'gtc', reduceOnly: true });
    done(desk.exchange.place(exit));
    desk.advance(at(1));
    expect(held(desk)).toBe(0.5);
    desk.advance(at(3));
    expect(held(desk)).toBe(0);
  });
});
