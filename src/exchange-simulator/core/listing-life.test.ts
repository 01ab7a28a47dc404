// Do symbols come, go and settle as the data and fate have it?
import { describe, expect, it } from 'vitest';
import {
  done,
  exchangeOver,
  heard,
  hours,
  marketOrder,
  reasonOf,
  tapeSymbol,
  type Prices,
} from '../../../test/scenarios/exchange-market.ts';
import {
  candleAt,
  COSTS,
  HOUR,
  INSTRUMENT,
  seriesOf,
  START,
  SYMBOL,
} from '../../../test/scenarios/simulated-market.ts';
import { DAY_MS } from '../../domain/time.ts';

const QUIET: Prices = [100, 101, 99, 100];
const quiet = (count: number): Prices[] => Array.from({ length: count }, () => QUIET);
const OTHER = 'OTHERUSDT';
const other = { symbol: OTHER, instrument: { ...INSTRUMENT, symbol: OTHER } };

describe('a symbol that is listed late', () => {
  it('is not traded before its first candle, and told of when it comes', () => {
    const late = seriesOf([candleAt(2, QUIET), candleAt(3, QUIET)]);
    const symbols = [tapeSymbol(seriesOf(hours(quiet(4)))), tapeSymbol(late, other)];
    const exchange = exchangeOver([QUIET], { tape: { symbols } });
    const events = heard(exchange);
    expect(exchange.contract(OTHER)).toMatchObject({ status: 'pre-launch', listedAt: START + 2 * HOUR });
    expect(exchange.quote(OTHER).last).toBeNaN();
    expect(reasonOf(exchange.place(marketOrder({ symbol: OTHER })))).toBe('not-trading');
    exchange.advanceTo(START + 2 * HOUR);
    expect(exchange.contract(OTHER)?.status).toBe('trading');
    expect(events.filter(({ kind }) => kind === 'instrument')).toEqual([
      { kind: 'instrument', time: START + 2 * HOUR, symbol: OTHER },
    ]);
    expect(reasonOf(exchange.place(marketOrder({ symbol: OTHER })))).toBe('done');
  });
});

describe('a symbol that ends', () => {
  it('with its delisting is settled at the last price as research closes it, and its orders are cancelled', () => {
    const symbols = [
      tapeSymbol(seriesOf(hours(quiet(4)))),
      tapeSymbol(seriesOf(hours([QUIET, [100, 112, 99, 111]])), { ...other, delisted: true }),
    ];
    const exchange = exchangeOver([QUIET], { tape: { symbols }, costs: COSTS });
    done(exchange.place(marketOrder({ symbol: OTHER, clientOrderId: 'e', stopPrice: 90 })));
    const rest = done(exchange.place(marketOrder({ symbol: OTHER, type: 'limit', price: 80 })));
    expect(exchange.contract(OTHER)?.delistingAt).toBe(START + 2 * HOUR);
    const statuses: string[] = [];
    exchange.listen((event) => {
      if (event.kind === 'execution' && event.execution.kind === 'settlement') {
        statuses.push(`settled at ${event.execution.price}`);
      }
    });
    exchange.advanceTo(START + 2 * HOUR);
    expect(exchange.executions({ symbol: OTHER }).at(-1)).toMatchObject({
      kind: 'settlement',
      source: 'settlement',
      side: 'sell',
      price: 110.8,
      closedQuantity: 1,
      rate: 0.0005,
    });
    expect(exchange.contract(OTHER)?.status).toBe('closed');
    expect(exchange.closedOrders({ orderId: rest.orderId })).toMatchObject([{ cancelReason: 'delisting' }]);
    expect(exchange.openOrders({ symbol: OTHER })).toEqual([]);
    expect(reasonOf(exchange.place(marketOrder({ symbol: OTHER })))).toBe('not-trading');
    expect(exchange.ended).toBe(false);
    expect(exchange.nextClose()).toBe(START + 3 * HOUR);
    expect(statuses).toEqual(['settled at 110.8']);
  });

  it('is announced a week before', () => {
    const count = 10 * 24;
    const symbols = [
      tapeSymbol(seriesOf(hours(quiet(count + 5)))),
      tapeSymbol(seriesOf(hours(quiet(count))), { ...other, delisted: true }),
    ];
    const exchange = exchangeOver([QUIET], { tape: { symbols } });
    const end = START + count * HOUR;
    expect(exchange.contract(OTHER)?.delistingAt).toBeUndefined();
    exchange.advanceTo(end - 7 * DAY_MS - HOUR);
    expect(exchange.contract(OTHER)?.delistingAt).toBeUndefined();
    exchange.advanceTo(end - 7 * DAY_MS);
    expect(exchange.contract(OTHER)?.delistingAt).toBe(end);
  });

  it('merely because its data do ends time for all, and nothing is settled', () => {
    const symbols = [tapeSymbol(seriesOf(hours(quiet(4)))), tapeSymbol(seriesOf(hours(quiet(2))), other)];
    const exchange = exchangeOver([QUIET], { tape: { symbols } });
    done(exchange.place(marketOrder({ symbol: OTHER })));
    exchange.advanceTo(Infinity);
    expect(exchange).toMatchObject({ ended: true, now: START + 2 * HOUR });
    expect(exchange.position(OTHER).quantity).toBe(1);
    expect(exchange.quote(OTHER).last).toBe(100);
  });

  it('by fate is settled at the next close of a candle', () => {
    const exchange = exchangeOver(quiet(4));
    done(exchange.place(marketOrder()));
    exchange.fate.delist(SYMBOL, START + HOUR / 2);
    expect(exchange.contract(SYMBOL)).toMatchObject({ status: 'trading', delistingAt: START + HOUR });
    exchange.advanceTo(START + HOUR);
    expect(exchange.contract(SYMBOL)?.status).toBe('closed');
    expect(exchange.executions({}).at(-1)).toMatchObject({ kind: 'settlement', price: 100 });
    exchange.advanceTo(START + 2 * HOUR);
    expect(exchange.quote(SYMBOL).last).toBe(100);
    expect(
      exchange.candles({ symbol: SYMBOL, intervalMs: HOUR, from: 0, until: Infinity, price: 'last' }),
    ).toHaveLength(1);
  });
});

it('time stops at `until`, on the grid', () => {
  const exchange = exchangeOver(quiet(9), { until: START + 3 * HOUR + 1 });
  exchange.advanceTo(Infinity);
  expect(exchange).toMatchObject({ ended: true, now: START + 3 * HOUR });
  expect([exchange.nextTime(), exchange.nextClose()]).toEqual([Infinity, Infinity]);
});

it.each([
  ['the exchange lists no symbol', { tape: { symbols: [] } }],
  ['not a moment at which', { from: START + 1 }],
  ['leverage 0.5 is below 1', { defaultLeverage: 0.5 }],
  ['tick and lot size must be positive', { symbol: { instrument: { ...INSTRUMENT, tickSize: 0 } } }],
])('a setup that cannot be is refused: %s', (text, more) => {
  expect(() => exchangeOver([QUIET], more)).toThrow(text);
});
