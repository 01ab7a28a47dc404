// Do market orders, their stops and targets, and the passing of time do what the exchange promises?
import { describe, expect, it } from 'vitest';
import { done, exchangeOver, heard, marketOrder, orderNow } from '../../../test/scenarios/exchange-market.ts';
import { COSTS, HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { toAtoms } from '../../domain/money.ts';

describe('a market order', () => {
  it('fills at once at the open with slippage and fee, and is told in order', () => {
    const exchange = exchangeOver([[100, 101, 99, 100.5]], { costs: COSTS });
    const events = heard(exchange);
    const order = done(exchange.place(marketOrder({ clientOrderId: 'a-1', quantity: 2 })));
    expect(order.status).toBe('filled');
    const [execution] = exchange.executions({ clientOrderId: 'a-1' });
    expect(execution).toMatchObject({ price: 100.1, quantity: 2, time: START, maker: false, rate: 0.0005 });
    expect(execution.fee).toBe(100_100_000_000n);
    expect(events.map(({ kind }) => kind)).toEqual(['order', 'order', 'execution', 'position', 'wallet']);
    expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 2, entryPrice: 100.1, leverage: 5 });
    expect(exchange.wallet().wallet).toBe(100_000_000_000_000_000n - execution.fee);
  });

  it('brings up its stop and target, and the stop ends the position on the path', () => {
    const exchange = exchangeOver([
      [100, 101, 97, 100.5],
      [100, 101, 99, 100],
    ]);
    const entry = marketOrder({ clientOrderId: 'a-1', stopPrice: 98, targetPrice: 104 });
    done(exchange.place(entry));
    const [stop, target] = exchange.openOrders({ symbol: SYMBOL });
    expect(stop).toMatchObject({ source: 'attached-stop', triggerPrice: 98, status: 'untriggered', quantity: 1 });
    expect(target).toMatchObject({ source: 'attached-target', parentClientOrderId: 'a-1', triggerDirection: 'up' });
    exchange.advanceTo(START + HOUR);
    expect(orderNow(exchange, stop.orderId).status).toBe('filled');
    expect(orderNow(exchange, target.orderId)).toMatchObject({ status: 'cancelled', cancelReason: 'sibling-filled' });
    // A rising candle falls to its low in the first third: two thirds of the way from 100 to 97.
    expect(exchange.executions({}).at(-1)).toMatchObject({ price: 98, time: START + 800_000, source: 'attached-stop' });
    expect(exchange.position(SYMBOL).quantity).toBe(0);
  });
});

it('results begin anew with a position; one that turns shares the fee between the old and the new', () => {
  const exchange = exchangeOver([[100, 101, 99, 100.5]], { costs: { ...COSTS, slippageBps: 0 } });
  const since = () => exchange.position(SYMBOL).realisedSinceOpen;
  done(exchange.place(marketOrder({ quantity: 2 })));
  expect(since()).toBe(toAtoms(-0.1));
  done(exchange.place(marketOrder({ quantity: 1, side: 'sell', reduceOnly: true })));
  expect(since()).toBe(toAtoms(-0.15));
  done(exchange.place(marketOrder({ quantity: 4, side: 'sell' })));
  expect(since()).toBe(toAtoms(-0.15));
  expect(exchange.position(SYMBOL)).toMatchObject({ quantity: -3, realisedEver: toAtoms(-0.35), openedAt: START });
});

describe('time', () => {
  it('closes candles, opens the next ones and ends with the data', () => {
    const exchange = exchangeOver([
      [100, 101, 97, 100.5],
      [102, 103, 99, 100],
    ]);
    const events = heard(exchange);
    expect(exchange.nextClose()).toBe(START + HOUR);
    exchange.advanceTo(START + HOUR);
    expect(exchange.quote(SYMBOL)).toMatchObject({ last: 102, mark: 102, time: START + HOUR });
    exchange.advanceTo(Infinity);
    expect(exchange.now).toBe(START + 2 * HOUR);
    expect(exchange.ended).toBe(true);
    expect(exchange.nextClose()).toBe(Infinity);
    expect(events.map(({ kind }) => kind)).toEqual(['candle', 'candle', 'price', 'candle', 'end']);
  });
});
