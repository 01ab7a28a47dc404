// Does time run from event to event, in order, and do those who watch hear of every candle once?
import { describe, expect, it } from 'vitest';
import {
  done,
  exchangeOver,
  heard,
  hours,
  marketOrder,
  orderNow,
  tapeSymbol,
  type Prices,
} from '../../../test/scenarios/exchange-market.ts';
import {
  candleAt,
  COSTS,
  fundingEvery,
  HOUR,
  INSTRUMENT,
  seriesOf,
  START,
  SYMBOL,
} from '../../../test/scenarios/simulated-market.ts';
import { toAtoms } from '../../domain/money.ts';

const QUIET: Prices = [100, 101, 99, 100];
const quiet = (count: number): Prices[] => Array.from({ length: count }, () => QUIET);

describe('the price', () => {
  it('is the open at the opening, follows the path, and is the close just before the next open', () => {
    const exchange = exchangeOver([
      [100, 103, 97, 102],
      [105, 106, 104, 105],
    ]);
    const last = () => exchange.quote(SYMBOL).last;
    expect(last()).toBe(100);
    exchange.advanceTo(START + HOUR / 6);
    expect(last()).toBe(98.5);
    exchange.advanceTo(START + HOUR / 3);
    expect(last()).toBe(97);
    exchange.advanceTo(START + (2 * HOUR) / 3);
    expect(last()).toBe(103);
    exchange.advanceTo(START + HOUR - 1);
    expect(last()).toBe(102);
    exchange.advanceTo(START + HOUR);
    expect(last()).toBe(105);
    expect(exchange.quote(SYMBOL)).toMatchObject({
      mark: 105,
      bid: 105,
      ask: 105.1,
      open24h: 100,
      high24h: 105,
      low24h: 97,
    });
  });

  it('stands still in a hole, and time does not', () => {
    const candles = seriesOf([candleAt(0, QUIET), candleAt(3, [110, 111, 109, 110])]);
    const exchange = exchangeOver([QUIET], { tape: { symbols: [tapeSymbol(candles)] } });
    exchange.advanceTo(START + 2 * HOUR);
    expect(exchange.now).toBe(START + 2 * HOUR);
    expect(exchange.quote(SYMBOL).last).toBe(100);
    expect(exchange.nextTime()).toBe(START + 3 * HOUR);
    expect(exchange.nextClose()).toBe(START + 4 * HOUR);
    const order = done(exchange.place(marketOrder()));
    exchange.advanceTo(START + 3 * HOUR);
    expect(orderNow(exchange, order.orderId).status).toBe('filled');
    expect(exchange.executions({})).toMatchObject([{ price: 110 }]);
  });
});

describe('time', () => {
  it('does nothing in the past, and refuses to run inside itself', () => {
    const exchange = exchangeOver(quiet(3));
    exchange.advanceTo(START + HOUR);
    exchange.advanceTo(START);
    expect(exchange.now).toBe(START + HOUR);
    exchange.listen(() => exchange.advanceTo(Infinity));
    expect(() => exchange.advanceTo(START + 2 * HOUR)).toThrow('time is running already');
    expect(() => exchange.advanceTo(NaN)).toThrow('time must be a number');
  });

  it('knows what comes next', () => {
    const exchange = exchangeOver([[100, 101, 97, 98], QUIET]);
    expect(exchange.nextTime()).toBe(START + HOUR);
    done(exchange.place(marketOrder({ stopPrice: 98.5 })));
    const touch = exchange.nextTime();
    expect(touch).toBeLessThan(START + HOUR);
    exchange.advanceTo(touch - 1);
    expect(exchange.position(SYMBOL).quantity).toBe(1);
    exchange.advanceTo(touch);
    expect(exchange.position(SYMBOL).quantity).toBe(0);
  });

  it('leaves a gap to whoever acts at the open first', () => {
    const prices: Prices[] = [QUIET, [90, 91, 89, 90], QUIET];
    const stopped = exchangeOver(prices);
    done(stopped.place(marketOrder({ stopPrice: 95 })));
    stopped.advanceTo(START + HOUR);
    expect(stopped.position(SYMBOL).quantity).toBe(1);
    stopped.advanceTo(START + HOUR + 1);
    expect(stopped.executions({}).at(-1)).toMatchObject({ price: 90, time: START + HOUR, source: 'attached-stop' });

    const quicker = exchangeOver(prices);
    done(quicker.place(marketOrder({ stopPrice: 95 })));
    quicker.advanceTo(START + HOUR);
    done(quicker.place(marketOrder({ side: 'sell', reduceOnly: true })));
    quicker.advanceTo(START + 2 * HOUR);
    expect(quicker.executions({}).map(({ source }) => source)).toEqual(['client', 'client']);
  });

  it('liquidates on arrival what opens beyond its liquidation price', () => {
    const exchange = exchangeOver([QUIET, [70, 71, 69, 70], QUIET]);
    done(exchange.place(marketOrder({ stopPrice: 95 })));
    exchange.advanceTo(START + HOUR);
    expect(exchange.executions({}).at(-1)).toMatchObject({ kind: 'liquidation', time: START + HOUR, price: 80 });
  });
});

describe('funding', () => {
  const funding = fundingEvery(8 * HOUR, 0.001);

  it('is settled on arrival at its stamp, on what was held before, at the open', () => {
    const prices = quiet(10);
    prices[8] = [102, 103, 101, 102];
    const exchange = exchangeOver(prices, { symbol: { funding }, costs: { ...COSTS, slippageBps: 0 } });
    done(exchange.place(marketOrder({ quantity: 2 })));
    const events = heard(exchange);
    exchange.advanceTo(START + 8 * HOUR);
    done(exchange.place(marketOrder({ quantity: 1 })));
    const payments = exchange.executions({}).filter(({ kind }) => kind === 'funding');
    expect(payments).toMatchObject([
      {
        time: START + 8 * HOUR,
        quantity: 2,
        price: 102,
        fee: toAtoms(0.204),
        rate: 0.001,
        side: 'sell',
        orderType: 'unknown',
      },
    ]);
    const at = events.filter(({ time }) => time === START + 8 * HOUR).map((event) => event.kind);
    expect(at.slice(0, 5)).toEqual(['candle', 'execution', 'position', 'wallet', 'candle']);
  });

  it('comes out of the isolated margin, so that liquidation comes nearer', () => {
    const exchange = exchangeOver(quiet(10), { symbol: { funding } });
    done(exchange.place(marketOrder({ quantity: 10 })));
    const before = exchange.position(SYMBOL);
    exchange.advanceTo(START + 8 * HOUR);
    const after = exchange.position(SYMBOL);
    expect(before.margin - after.margin).toBeCloseTo(1, 9);
    expect(after.liquidationPrice ?? NaN).toBeGreaterThan(before.liquidationPrice ?? NaN);
    expect(after.realisedSinceOpen).toBe(toAtoms(-1));
  });

  it('is served as far as it has fallen due', () => {
    const exchange = exchangeOver(quiet(20), { symbol: { funding } });
    expect(exchange.funding(SYMBOL, START - 8 * HOUR, Infinity).map(({ time }) => time)).toEqual([
      START - 8 * HOUR,
      START,
    ]);
    exchange.advanceTo(START + 9 * HOUR);
    expect(exchange.funding(SYMBOL, START, Infinity)).toHaveLength(2);
    expect(exchange.quote(SYMBOL)).toMatchObject({ fundingRate: 0.001, nextFundingTime: START + 16 * HOUR });
  });
});

const candlesOf = (events: ReturnType<typeof heard>, intervalMs: number, closed: boolean) =>
  events.flatMap((event) =>
    event.kind === 'candle' && event.intervalMs === intervalMs && event.closed === closed ? [event] : [],
  );

describe('candles are told', () => {
  it('once when they close: the replayed ones, shorter and longer ones while they are watched', () => {
    const exchange = exchangeOver(quiet(9));
    const events = heard(exchange);
    const stop = exchange.watchInterval(SYMBOL, HOUR / 4);
    exchange.watchInterval(SYMBOL, 4 * HOUR);
    exchange.watchInterval(SYMBOL, HOUR);
    exchange.advanceTo(START + 4 * HOUR);
    expect(candlesOf(events, HOUR, true).map(({ candle }) => candle)).toEqual(hours(quiet(4)));
    const quarters = candlesOf(events, HOUR / 4, true);
    expect(quarters.map(({ time }) => (time - START) / (HOUR / 4))).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    expect(quarters.every(({ time, candle, interpolated }) => interpolated && candle.closeTime === time)).toBe(true);
    expect(candlesOf(events, 4 * HOUR, true)).toMatchObject([{ candle: { volume: 4, high: 101, low: 99 } }]);
    stop();
    stop();
    exchange.advanceTo(START + 5 * HOUR);
    expect(candlesOf(events, HOUR / 4, true)).toHaveLength(16);
  });

  it('while they run, at every open and where time comes to rest', () => {
    const exchange = exchangeOver(quiet(3));
    const events = heard(exchange);
    exchange.advanceTo(START + HOUR / 3);
    exchange.advanceTo(START + HOUR);
    const running = candlesOf(events, HOUR, false);
    expect(running.map(({ candle: { close, low } }) => [close, low])).toEqual([
      [99, 99],
      [100, 100],
    ]);
    expect(events.filter(({ kind }) => kind === 'price')).toHaveLength(2);
  });

  it('to nobody who has stopped listening, and frozen', () => {
    const exchange = exchangeOver(quiet(3));
    const events: unknown[] = [];
    const end = exchange.listen((event) => {
      expect(Object.isFrozen(event)).toBe(true);
      if (event.kind === 'candle') expect(Object.isFrozen(event.candle)).toBe(true);
      events.push(event);
    });
    exchange.advanceTo(START + HOUR);
    const { length } = events;
    expect(length).toBeGreaterThan(2);
    end();
    exchange.advanceTo(START + 2 * HOUR);
    expect(events).toHaveLength(length);
  });
});

it('inside a candle, orders meet the path and exits what is left of it', () => {
  // Up to 110 first, then down: whoever buys at the top is stopped by the fall, and does not see the high again.
  const exchange = exchangeOver([[100, 110, 95, 98], QUIET]);
  exchange.advanceTo(START + HOUR / 3);
  done(exchange.place(marketOrder({ stopPrice: 97, targetPrice: 110.5 })));
  expect(exchange.executions({})).toMatchObject([{ price: 110, time: START + HOUR / 3 }]);
  exchange.advanceTo(START + HOUR);
  expect(exchange.executions({}).at(-1)).toMatchObject({ price: 97, source: 'attached-stop' });

  const late = exchangeOver([[100, 110, 95, 98], QUIET]);
  late.advanceTo(START + (2 * HOUR) / 3);
  done(late.place(marketOrder({ stopPrice: 94.9, targetPrice: 105 })));
  late.advanceTo(START + HOUR);
  expect(late.position(SYMBOL)).toMatchObject({ quantity: 1, entryPrice: 95 });
});

const ids = (seed: number): string[] => {
  const exchange = exchangeOver(quiet(3), { seed });
  const { orderId } = done(exchange.place(marketOrder()));
  return [orderId, exchange.executions({})[0].executionId];
};

it('an exit is carried out in the finer candle that decided it, though the path gets there later', () => {
  // The hour holds stop and target. Its first quarter touches the target, yet the quarters contradict the hour: they make no path.
  const quarters = [0, 1, 2, 3].map((index) =>
    candleAt(index, index === 0 ? [100, 104, 100, 103] : [103, 103, 100, 101], { intervalMs: HOUR / 4 }),
  );
  const exchange = exchangeOver([[100, 105, 97, 102], QUIET], { symbol: { finer: [seriesOf(quarters)] } });
  done(exchange.place(marketOrder({ stopPrice: 98, targetPrice: 104 })));
  exchange.advanceTo(START + HOUR);
  expect(exchange.executions({}).at(-1)).toMatchObject({
    source: 'attached-target',
    price: 104,
    time: START + HOUR / 4 - 1,
  });
});

it('the same seed names everything the same, another seed otherwise', () => {
  expect(ids(1)).toEqual(ids(1));
  expect(ids(1)).not.toEqual(ids(2));
  for (const id of ids(1)) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('what was before the beginning is known: candles, the day, slippage', () => {
  const candles = seriesOf(hours([...quiet(30), [100, 104, 99, 103]]));
  const exchange = exchangeOver([QUIET], {
    tape: { symbols: [tapeSymbol(candles, { instrument: INSTRUMENT })] },
    from: START + 28 * HOUR,
  });
  const range = { symbol: SYMBOL, intervalMs: HOUR, from: START, until: Infinity, price: 'last' } as const;
  expect(exchange.candles(range)).toHaveLength(29);
  expect(exchange.quote(SYMBOL)).toMatchObject({ volume24h: 24, turnover24h: 2_400, high24h: 101 });
  expect(exchange.contract(SYMBOL)?.status).toBe('trading');
});
