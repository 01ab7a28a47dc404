// Which orders does the exchange refuse, and with which reason?
import { describe, expect, it } from 'vitest';
import { done, exchangeOver, marketOrder, reasonOf } from '../../../test/scenarios/exchange-market.ts';
import type { Prices } from '../../../test/scenarios/exchange-market.ts';
import { INSTRUMENT, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import type { PlaceRequest } from './order-record.ts';

const QUIET: Prices = [100, 101, 99, 100];

describe('an order is refused', () => {
  const cases: readonly (readonly [string, Partial<PlaceRequest>])[] = [
    ['unknown-symbol', { symbol: 'NOUSDT' }],
    ['bad-parameter', { quantity: 0 }],
    ['bad-parameter', { quantity: -1 }],
    ['bad-parameter', { quantity: NaN }],
    ['bad-parameter', { type: 'limit' }],
    ['bad-parameter', { type: 'limit', price: 0 }],
    ['bad-parameter', { reduceOnly: true, side: 'sell', stopPrice: 90 }],
    ['off-tick', { type: 'limit', price: 99.95 }],
    ['off-tick', { triggerPrice: 104.05 }],
    ['off-tick', { stopPrice: 95.05 }],
    ['off-lot', { quantity: 1.0005 }],
    ['above-maximum-quantity', { quantity: 1_001 }],
    ['below-minimum-notional', { quantity: 0.049 }],
    ['below-minimum-notional', { quantity: 0.05, type: 'limit', price: 90 }],
    ['price-out-of-range', { type: 'limit', price: 151 }],
    ['price-out-of-range', { type: 'limit', side: 'sell', price: 49 }],
    ['position-index-mismatch', { positionIndex: 1 }],
    ['nothing-to-reduce', { reduceOnly: true, side: 'sell' }],
    ['protection-on-wrong-side', { stopPrice: 100 }],
    ['protection-on-wrong-side', { targetPrice: 99 }],
    ['protection-on-wrong-side', { side: 'sell', stopPrice: 99 }],
    ['protection-on-wrong-side', { type: 'limit', price: 90, stopPrice: 95 }],
    ['stop-beyond-liquidation', { stopPrice: 70 }],
  ];
  it.each(cases)('%s: %j', (reason, more) => {
    const exchange = exchangeOver([QUIET]);
    expect(reasonOf(exchange.place(marketOrder({ clientOrderId: 'x', ...more })))).toBe(reason);
    expect(exchange.openOrders({})).toEqual([]);
    expect(exchange.closedOrders({})).toEqual([]);
    // What was refused has not used up its name.
    expect(reasonOf(exchange.place(marketOrder({ clientOrderId: 'x' })))).toBe('done');
  });

  it('when its client id has been used, even by an order long ended', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder({ clientOrderId: 'x' })));
    expect(reasonOf(exchange.place(marketOrder({ clientOrderId: 'x' })))).toBe('duplicate-client-id');
    done(exchange.place(marketOrder()));
    expect(reasonOf(exchange.place(marketOrder()))).toBe('done');
  });

  it('when the margin is not there, or a tier forbids its size or leverage', () => {
    const exchange = exchangeOver([QUIET], { deposit: 1_000 });
    expect(reasonOf(exchange.place(marketOrder({ quantity: 50 })))).toBe('done');
    expect(reasonOf(exchange.place(marketOrder({ quantity: 0.1 })))).toBe('insufficient-margin');
    const rich = exchangeOver([QUIET], { deposit: 1e9, defaultLeverage: 25 });
    expect(reasonOf(rich.place(marketOrder({ quantity: 200 })))).toBe('leverage-above-tier');
    done(rich.setLeverage(SYMBOL, 1));
    const large = { ...INSTRUMENT, maxMarketQuantity: Infinity };
    rich.fate.changeInstrument(SYMBOL, { maxMarketQuantity: large.maxMarketQuantity });
    expect(reasonOf(rich.place(marketOrder({ quantity: 20_000 })))).toBe('above-largest-tier');
  });

  it('when more than ten conditional or five hundred other orders rest', () => {
    const exchange = exchangeOver([QUIET], { deposit: 1e9 });
    const conditional = () => reasonOf(exchange.place(marketOrder({ triggerPrice: 110 })));
    const limit = () => reasonOf(exchange.place(marketOrder({ type: 'limit', price: 90, quantity: 0.1 })));
    for (let index = 0; index < 10; index += 1) expect(conditional()).toBe('done');
    expect(conditional()).toBe('too-many-conditional-orders');
    for (let index = 0; index < 500; index += 1) expect(limit()).toBe('done');
    expect(limit()).toBe('too-many-orders');
    exchange.cancelAll(SYMBOL, true);
    expect(conditional()).toBe('done');
  });
});

it('what only closes is free of the minimums: a rest can always be closed', () => {
  const exchange = exchangeOver([QUIET]);
  done(exchange.place(marketOrder({ quantity: 0.06 })));
  done(exchange.place(marketOrder({ side: 'sell', quantity: 0.059, reduceOnly: true })));
  const rest = exchange.position(SYMBOL).quantity;
  expect(rest).toBe(0.001);
  done(exchange.place(marketOrder({ side: 'sell', quantity: rest, reduceOnly: true })));
  expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 0, basis: 0n, entryPrice: 0 });
});

describe('a market order while nothing is traded', () => {
  it('waits for the next traded open', () => {
    const exchange = exchangeOver([QUIET, [100, 100, 100, 100], [102, 103, 101, 102]], { filled: [1] });
    exchange.advanceTo(START + 3_600_000);
    const order = done(exchange.place(marketOrder()));
    expect(order.status).toBe('new');
    expect(exchange.wallet().orderMargin).toBe(20_000_000_000_000n);
    exchange.advanceTo(START + 2 * 3_600_000);
    expect(exchange.executions({})).toMatchObject([{ price: 102, time: START + 2 * 3_600_000 }]);
  });

  it('and so does a limit order that would take, which is asked again there', () => {
    const exchange = exchangeOver([QUIET, [100, 100, 100, 100], [102, 103, 101, 102]], { filled: [1] });
    exchange.advanceTo(START + 3_600_000);
    const high = done(exchange.place(marketOrder({ type: 'limit', price: 105 })));
    const low = done(exchange.place(marketOrder({ type: 'limit', price: 101 })));
    expect([high.status, low.status]).toEqual(['new', 'new']);
    exchange.advanceTo(START + 2 * 3_600_000);
    expect(exchange.executions({})).toMatchObject([{ orderId: high.orderId, price: 102, maker: false }]);
    expect(exchange.openOrders({})).toMatchObject([{ orderId: low.orderId }]);
  });

  it('is cut to what is left to reduce when it fills', () => {
    const exchange = exchangeOver([QUIET, [100, 100, 100, 100], [102, 103, 101, 102]], { filled: [1] });
    done(exchange.place(marketOrder()));
    exchange.advanceTo(START + 3_600_000);
    const part = marketOrder({ side: 'sell', reduceOnly: true, quantity: 0.6 });
    done(exchange.place(part));
    const { orderId } = done(exchange.place(part));
    exchange.advanceTo(START + 2 * 3_600_000);
    expect(exchange.closedOrders({ orderId })).toMatchObject([
      { status: 'filled', quantity: 0.4, filledQuantity: 0.4 },
    ]);
    expect(exchange.position(SYMBOL).quantity).toBe(0);
  });

  it('is judged when it fills: what it would reduce may be gone', () => {
    const exchange = exchangeOver([QUIET, [100, 100, 100, 100], [102, 103, 101, 102]], { filled: [1] });
    done(exchange.place(marketOrder()));
    exchange.advanceTo(START + 3_600_000);
    const close = marketOrder({ side: 'sell', reduceOnly: true });
    done(exchange.place(close));
    done(exchange.place(close));
    exchange.advanceTo(START + 2 * 3_600_000);
    const ended = exchange.closedOrders({}).slice(1);
    expect(ended.map(({ status, rejectReason }) => [status, rejectReason])).toEqual([
      ['filled', undefined],
      ['rejected', 'nothing-to-reduce'],
    ]);
  });
});
