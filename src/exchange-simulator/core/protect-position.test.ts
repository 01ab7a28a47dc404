// Are stop, target and trailing distance set, moved, sized and taken away as a position needs them?
import { describe, expect, it } from 'vitest';
import { done, exchangeOver, marketOrder, orderNow, reasonOf } from '../../../test/scenarios/exchange-market.ts';
import type { Prices } from '../../../test/scenarios/exchange-market.ts';
import { HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import type { ProtectRequest } from './order-record.ts';

const QUIET: Prices = [100, 101, 99, 100];
const protect = (more: Partial<ProtectRequest>): ProtectRequest => ({ symbol: SYMBOL, ...more });

describe('stop and target', () => {
  it('are set, moved in place and taken away with 0', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder()));
    expect(done(exchange.protect(protect({ stopPrice: 95, targetPrice: 110, stopTrigger: 'mark' })))).toMatchObject({
      stopPrice: 95,
      stopTrigger: 'mark',
      targetPrice: 110,
      targetTrigger: 'last',
    });
    const [stop] = exchange.openOrders({});
    done(exchange.protect(protect({ stopPrice: 96 })));
    expect(orderNow(exchange, stop.orderId)).toMatchObject({ triggerPrice: 96, triggerSource: 'mark' });
    done(exchange.protect(protect({ stopPrice: 0 })));
    expect(orderNow(exchange, stop.orderId)).toMatchObject({ status: 'cancelled', cancelReason: 'by-client' });
    expect(exchange.position(SYMBOL)).toMatchObject({ stopPrice: undefined, targetPrice: 110 });
  });

  it('are refused with a reason, and then nothing has changed', () => {
    const exchange = exchangeOver([QUIET]);
    const ask = (more: Partial<ProtectRequest>) => reasonOf(exchange.protect(protect(more)));
    expect(ask({ stopPrice: 95 })).toBe('no-position');
    done(exchange.place(marketOrder({ stopPrice: 95 })));
    expect(ask({})).toBe('bad-parameter');
    expect(ask({ stopPrice: -1 })).toBe('bad-parameter');
    expect(ask({ stopPrice: 95.05 })).toBe('off-tick');
    expect(ask({ stopPrice: 95 })).toBe('not-modified');
    expect(ask({ targetPrice: 0 })).toBe('not-modified');
    expect(ask({ stopPrice: 101 })).toBe('protection-on-wrong-side');
    expect(ask({ stopPrice: 96, targetPrice: 99 })).toBe('protection-on-wrong-side');
    expect(ask({ stopPrice: 70 })).toBe('stop-beyond-liquidation');
    expect(ask({ stopPrice: 96, positionIndex: 1 })).toBe('position-index-mismatch');
    expect(reasonOf(exchange.protect({ symbol: 'NOUSDT', stopPrice: 95 }))).toBe('unknown-symbol');
    expect(exchange.position(SYMBOL).stopPrice).toBe(95);
  });

  it('have the size of the position whatever happens to it', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder({ quantity: 2, stopPrice: 95, targetPrice: 110 })));
    const sizes = () => exchange.openOrders({}).map(({ quantity }) => quantity);
    done(exchange.place(marketOrder({ quantity: 1 })));
    expect(sizes()).toEqual([3, 3]);
    done(exchange.place(marketOrder({ side: 'sell', quantity: 0.5, reduceOnly: true })));
    expect(sizes()).toEqual([2.5, 2.5]);
    done(exchange.place(marketOrder({ side: 'sell', quantity: 2.5, reduceOnly: true })));
    expect(exchange.openOrders({})).toEqual([]);
    expect(exchange.closedOrders({}).filter(({ cancelReason }) => cancelReason === 'position-closed')).toHaveLength(2);
  });

  it('that come with an added order take the place of those that rest', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder({ clientOrderId: 'a', stopPrice: 95 })));
    done(exchange.place(marketOrder({ clientOrderId: 'b', stopPrice: 96 })));
    const open = exchange.openOrders({});
    expect(open).toMatchObject([{ triggerPrice: 96, quantity: 2, parentClientOrderId: 'b' }]);
  });

  it('of a position that turns go, and those of the new one come', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder({ stopPrice: 95 })));
    done(exchange.place(marketOrder({ side: 'sell', quantity: 3, stopPrice: 105 })));
    expect(exchange.openOrders({})).toMatchObject([
      { triggerPrice: 105, side: 'buy', quantity: 2, triggerDirection: 'up' },
    ]);
    expect(exchange.position(SYMBOL).quantity).toBe(-2);
  });

  it('in several fills come up with the first and grow with the rest', () => {
    const exchange = exchangeOver([QUIET]);
    const sizes: number[] = [];
    exchange.listen((event) => {
      if (event.kind === 'order' && event.order.source === 'attached-stop') sizes.push(event.order.quantity);
    });
    exchange.fate.splitFills(SYMBOL, 3);
    done(exchange.place(marketOrder({ quantity: 3, stopPrice: 95 })));
    expect(sizes).toEqual([1, 2, 3]);
    expect(exchange.executions({}).map(({ quantity, leavesQuantity }) => [quantity, leavesQuantity])).toEqual([
      [1, 2],
      [1, 1],
      [1, 0],
    ]);
  });
});

describe('a trailing distance', () => {
  const rise: Prices[] = [
    [100, 104, 99.5, 103],
    [103, 103.5, 100, 101],
    [101, 102, 100, 101],
  ];

  it('begins at its distance from the market and follows candles that were survived', () => {
    const exchange = exchangeOver(rise);
    done(exchange.place(marketOrder()));
    expect(done(exchange.protect(protect({ trailingDistance: 2 })))).toMatchObject({
      stopPrice: 98,
      trailingDistance: 2,
    });
    const [stop] = exchange.openOrders({});
    expect(stop.source).toBe('trailing-stop');
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, stop.orderId)).toMatchObject({ triggerPrice: 102, status: 'untriggered' });
    exchange.advanceTo(START + 2 * HOUR);
    expect(exchange.executions({}).at(-1)).toMatchObject({ price: 102, source: 'trailing-stop' });
    expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 0, trailingDistance: undefined });
  });

  it('keeps a nearer fixed stop, takes its place, and goes with 0', () => {
    const exchange = exchangeOver(rise);
    done(exchange.place(marketOrder({ stopPrice: 99 })));
    const [fixed] = exchange.openOrders({});
    expect(done(exchange.protect(protect({ trailingDistance: 5 }))).stopPrice).toBe(99);
    expect(orderNow(exchange, fixed.orderId).status).toBe('cancelled');
    expect(done(exchange.protect(protect({ trailingDistance: 0 })))).toMatchObject({
      stopPrice: 99,
      trailingDistance: undefined,
    });
    expect(exchange.openOrders({})).toMatchObject([{ source: 'attached-stop', triggerPrice: 99 }]);
  });

  it('set inside a candle does not know the extreme that was before', () => {
    const exchange = exchangeOver([[100, 104, 99.5, 100], QUIET]);
    done(exchange.place(marketOrder()));
    // The candle goes open, high, low, close or the other way; it closes where it opened, so the low comes first.
    exchange.advanceTo(START + HOUR - 60_000);
    const { stopPrice } = done(exchange.protect(protect({ trailingDistance: 1 })));
    exchange.advanceTo(START + HOUR);
    expect(exchange.position(SYMBOL).stopPrice).toBe(stopPrice);
  });
});
