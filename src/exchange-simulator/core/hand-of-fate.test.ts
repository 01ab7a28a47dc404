// Does each act of fate do what it says, and is every atom still accounted for?
import { describe, expect, it } from 'vitest';
import {
  done,
  exchangeOver,
  heard,
  marketOrder,
  orderNow,
  reasonOf,
  type Prices,
} from '../../../test/scenarios/exchange-market.ts';
import { COSTS, fundingEvery, HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { toAtoms } from '../../domain/money.ts';

const QUIET: Prices = [100, 101, 99, 100];
const quiet = (count: number): Prices[] => Array.from({ length: count }, () => QUIET);
const CRASH: Prices[] = [[100, 101, 90, 91], QUIET];

describe('the venue takes from a position', () => {
  it('by deleveraging: at the mark price, without a client id, and orders follow', () => {
    const exchange = exchangeOver([QUIET], { costs: COSTS });
    done(exchange.place(marketOrder({ quantity: 3, stopPrice: 90 })));
    exchange.fate.setDeleverageRank(SYMBOL, 5);
    expect(exchange.position(SYMBOL).deleverageRank).toBe(5);
    const events = heard(exchange);
    exchange.fate.deleverage(SYMBOL, 1.0007);
    expect(exchange.executions({}).at(-1)).toMatchObject({
      kind: 'deleverage',
      source: 'deleverage',
      clientOrderId: '',
      side: 'sell',
      quantity: 1,
      price: 100,
      closedQuantity: 1,
    });
    expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 2, status: 'normal' });
    expect(exchange.openOrders({})).toMatchObject([{ quantity: 2 }]);
    expect(events.map(({ kind }) => kind)).toEqual(['order', 'order', 'execution', 'position', 'wallet', 'order']);
    exchange.fate.deleverage(SYMBOL, 99);
    expect(exchange.position(SYMBOL).quantity).toBe(0);
    expect(exchange.openOrders({})).toEqual([]);
    expect(() => exchange.fate.deleverage(SYMBOL, 1)).toThrow('nothing of TESTUSDT');
  });

  it('by liquidation: all of the margin and the fee, orders cancelled before', () => {
    const exchange = exchangeOver([QUIET], { costs: { ...COSTS, slippageBps: 0, takerFeeBps: 0 } });
    done(exchange.place(marketOrder({ quantity: 10, stopPrice: 90 })));
    const rest = done(exchange.place(marketOrder({ type: 'limit', price: 80 })));
    exchange.fate.liquidate(SYMBOL);
    const execution = exchange.executions({}).at(-1);
    expect(execution).toMatchObject({ kind: 'liquidation', price: 80, fee: toAtoms(4), realised: toAtoms(-200) });
    expect(orderNow(exchange, rest.orderId).cancelReason).toBe('before-liquidation');
    expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 0, status: 'normal' });
    expect(() => exchange.fate.liquidate(SYMBOL)).toThrow('nothing of TESTUSDT');
  });

  it('by liquidation in a cross account: its maintenance margin', () => {
    const exchange = exchangeOver([QUIET], { marginMode: 'cross' });
    done(exchange.place(marketOrder({ quantity: 10 })));
    exchange.fate.liquidate(SYMBOL);
    expect(exchange.executions({}).at(-1)).toMatchObject({ kind: 'liquidation', price: 99 });
  });
});

describe('a person', () => {
  it('trades by hand without a client id, within the rules', () => {
    const exchange = exchangeOver([QUIET]);
    exchange.fate.tradeByHand(SYMBOL, 'sell', 2);
    expect(exchange.executions({})).toMatchObject([{ source: 'by-hand', clientOrderId: '', quantity: 2 }]);
    expect(exchange.position(SYMBOL).quantity).toBe(-2);
    expect(() => exchange.fate.tradeByHand(SYMBOL, 'buy', 0.0001)).toThrow('off-lot');
    expect(() => exchange.fate.tradeByHand('NOUSDT', 'buy', 1)).toThrow('does not list NOUSDT');
  });

  it('changes leverage and modes whatever is held', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder({ quantity: 10 })));
    exchange.fate.setLeverageByHand(SYMBOL, 20);
    expect(exchange.position(SYMBOL)).toMatchObject({ leverage: 20, margin: 50 });
    const events = heard(exchange);
    exchange.fate.setModesByHand({ marginMode: 'cross' });
    expect(exchange.account()).toEqual({ marginMode: 'cross', positionMode: 'one-way' });
    expect(events.map(({ kind }) => kind)).toEqual(['position', 'settings']);
    // 20,000 behind 10 units at 100: no price above 0 reaches it.
    expect(exchange.position(SYMBOL).liquidationPrice).toBeUndefined();
    exchange.fate.setModesByHand({ marginMode: 'isolated' });
    expect(exchange.position(SYMBOL).liquidationPrice).toBeGreaterThan(90);
  });

  it('moves money in and out', () => {
    const exchange = exchangeOver([QUIET]);
    const events = heard(exchange);
    exchange.fate.transfer(12.5);
    exchange.fate.transfer(-0.25);
    expect(exchange.wallet()).toMatchObject({ wallet: toAtoms(100_012.25), realisedEver: 0n });
    expect(events).toMatchObject([{ kind: 'wallet', cause: 'transfer' }, { cause: 'transfer' }]);
    expect(exchange.ledger.lines.map(({ kind }) => kind)).toEqual(['deposit', 'deposit']);
  });
});

describe('orders meet with', () => {
  it('a lost stop: it is gone without a word', () => {
    const exchange = exchangeOver(CRASH);
    done(exchange.place(marketOrder({ stopPrice: 95, targetPrice: 110 })));
    const events = heard(exchange);
    exchange.fate.dropProtection(SYMBOL);
    expect(events).toEqual([]);
    expect(exchange.openOrders({})).toEqual([]);
    expect(exchange.closedOrders({})).toHaveLength(1);
    expect(exchange.position(SYMBOL)).toMatchObject({ stopPrice: undefined, targetPrice: undefined });
    exchange.advanceTo(START + HOUR);
    expect(exchange.position(SYMBOL).quantity).toBe(1);
  });

  it('protection that never comes up', () => {
    const exchange = exchangeOver([QUIET]);
    exchange.fate.refuseProtection(SYMBOL, true);
    expect(done(exchange.place(marketOrder({ stopPrice: 95 })))).toMatchObject({ status: 'filled', attachedStop: 95 });
    expect(exchange.openOrders({})).toEqual([]);
    expect(reasonOf(exchange.protect({ symbol: SYMBOL, stopPrice: 95 }))).toBe('done');
    exchange.fate.refuseProtection(SYMBOL, false);
    done(exchange.place(marketOrder({ stopPrice: 96 })));
    expect(exchange.position(SYMBOL).stopPrice).toBe(96);
  });

  it('stops that fail when it is their turn', () => {
    const exchange = exchangeOver(CRASH);
    exchange.fate.rejectAtTrigger(SYMBOL, true);
    done(exchange.place(marketOrder({ stopPrice: 95 })));
    const [stop] = exchange.openOrders({});
    const other = done(
      exchange.place(marketOrder({ triggerPrice: 93, side: 'sell', reduceOnly: true, quantity: 0.5 })),
    );
    exchange.advanceTo(START + HOUR);
    for (const { orderId } of [stop, other]) {
      expect(orderNow(exchange, orderId)).toMatchObject({ status: 'rejected', cancelReason: 'margin-at-trigger' });
    }
    expect(exchange.position(SYMBOL)).toMatchObject({ quantity: 1, stopPrice: undefined });
  });

  it('a thin book: only a share fills, the rest is cancelled', () => {
    const exchange = exchangeOver([QUIET]);
    exchange.fate.thinBook(SYMBOL, 0.25);
    expect(done(exchange.place(marketOrder({ quantity: 2, stopPrice: 90 })))).toMatchObject({
      status: 'cancelled',
      cancelReason: 'no-liquidity',
      filledQuantity: 0.5,
    });
    expect(exchange.openOrders({})).toMatchObject([{ source: 'attached-stop', quantity: 0.5 }]);
    exchange.fate.thinBook(SYMBOL, 0);
    expect(done(exchange.place(marketOrder()))).toMatchObject({ status: 'cancelled', filledQuantity: 0 });
    expect(() => exchange.fate.thinBook(SYMBOL, 2)).toThrow('a share of 2');
  });

  it('several executions instead of one, which sum to the same', () => {
    const exchange = exchangeOver([QUIET], { costs: COSTS });
    exchange.fate.splitFills(SYMBOL, 4);
    const order = done(exchange.place(marketOrder({ quantity: 1.001 })));
    const executions = exchange.executions({ orderId: order.orderId });
    expect(executions.map(({ quantity }) => quantity)).toEqual([0.25, 0.25, 0.25, 0.251]);
    expect(order.fees).toBe(executions.reduce((sum, { fee }) => sum + fee, 0n));
    expect(order.filledValue).toBe(executions.reduce((sum, { value }) => sum + value, 0n));
    expect(new Set(executions.map(({ price }) => price)).size).toBe(1);
    // A quantity of two lots has no more than two parts.
    exchange.fate.changeInstrument(SYMBOL, { minNotional: 0 });
    const tiny = done(exchange.place(marketOrder({ quantity: 0.002 })));
    expect(exchange.executions({ orderId: tiny.orderId })).toHaveLength(2);
    expect(() => exchange.fate.splitFills(SYMBOL, 1.5)).toThrow('1.5 parts');
  });

  it('a market that reaches them now', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder({ stopPrice: 95 })));
    const [stop] = exchange.openOrders({});
    const limit = done(exchange.place(marketOrder({ type: 'limit', price: 90 })));
    exchange.fate.fillNow(SYMBOL, limit.orderId);
    expect(orderNow(exchange, limit.orderId).status).toBe('filled');
    exchange.fate.fillNow(SYMBOL, stop.orderId, 80);
    expect(exchange.executions({}).at(-1)).toMatchObject({ price: 80, quantity: 2, source: 'attached-stop' });
    expect(() => exchange.fate.fillNow(SYMBOL, stop.orderId)).toThrow('no order');
  });
});

describe('a contract gets', () => {
  it('other steps and minimums, which count from then on', () => {
    const exchange = exchangeOver([QUIET]);
    const events = heard(exchange);
    exchange.fate.changeInstrument(SYMBOL, { tickSize: 0.5, lotSize: 0.01, minNotional: 200 });
    expect(events.map(({ kind }) => kind)).toEqual(['instrument']);
    expect(exchange.contract(SYMBOL)?.instrument).toMatchObject({ tickSize: 0.5, lotSize: 0.01, minNotional: 200 });
    expect(reasonOf(exchange.place(marketOrder({ quantity: 2.001 })))).toBe('off-lot');
    expect(reasonOf(exchange.place(marketOrder({ type: 'limit', price: 99.9, quantity: 3 })))).toBe('off-tick');
    expect(reasonOf(exchange.place(marketOrder({ quantity: 1 })))).toBe('below-minimum-notional');
    expect(() => exchange.fate.changeInstrument(SYMBOL, { tickSize: 0 })).toThrow('tick and lot size');
  });

  it('lower tiers, and leverage is lowered with them', () => {
    const exchange = exchangeOver([QUIET], { defaultLeverage: 20 });
    done(exchange.place(marketOrder({ quantity: 10 })));
    const events = heard(exchange);
    exchange.fate.changeInstrument(SYMBOL, {
      tiers: [{ maxNotional: 1e9, maintenanceRate: 0.05, deduction: 0, maxLeverage: 8 }],
    });
    expect(exchange.position(SYMBOL)).toMatchObject({ leverage: 8, margin: 125, maintenanceMargin: 50 });
    expect(events.map(({ kind }) => kind)).toContain('settings');
    expect(reasonOf(exchange.setLeverage(SYMBOL, 10))).toBe('leverage-above-tier');
  });

  it('another funding interval', () => {
    const funding = fundingEvery(8 * HOUR, 0.001);
    const exchange = exchangeOver(quiet(5), { symbol: { funding } });
    done(exchange.place(marketOrder()));
    exchange.fate.changeInstrument(SYMBOL, { fundingIntervalHours: 1 });
    expect(exchange.contract(SYMBOL)?.fundingIntervalHours).toBe(1);
    expect(exchange.quote(SYMBOL).nextFundingTime).toBe(START + HOUR);
    exchange.advanceTo(START + 3 * HOUR);
    const payments = exchange.executions({}).filter(({ kind }) => kind === 'funding');
    expect(payments.map(({ time, fee }) => [time, fee])).toEqual(
      [1, 2, 3].map((hour) => [START + hour * HOUR, toAtoms(0.1)]),
    );
    expect(() => exchange.fate.changeInstrument(SYMBOL, { fundingIntervalHours: 0 })).toThrow('interval of 0');
  });

  it('another rate at the next stamp', () => {
    const exchange = exchangeOver(quiet(10));
    done(exchange.place(marketOrder({ side: 'sell' })));
    exchange.fate.setNextFundingRate(SYMBOL, -0.02);
    expect(exchange.quote(SYMBOL)).toMatchObject({ fundingRate: -0.02, nextFundingTime: START + 8 * HOUR });
    exchange.advanceTo(START + 8 * HOUR);
    expect(exchange.executions({}).at(-1)).toMatchObject({
      kind: 'funding',
      fee: toAtoms(2),
      side: 'buy',
      rate: -0.02,
    });
    expect(exchange.funding(SYMBOL, START + 1, Infinity)).toEqual([{ time: START + 8 * HOUR, rate: -0.02 }]);
  });

  it('a status: reduce-only takes only what reduces', () => {
    const exchange = exchangeOver([QUIET]);
    done(exchange.place(marketOrder()));
    exchange.fate.setStatus(SYMBOL, 'reduce-only');
    expect(reasonOf(exchange.place(marketOrder()))).toBe('reduce-only-symbol');
    expect(reasonOf(exchange.place(marketOrder({ side: 'sell', reduceOnly: true })))).toBe('done');
    exchange.fate.setStatus(SYMBOL, 'trading');
    exchange.fate.setReduceOnly(SYMBOL, true);
    expect(exchange.position(SYMBOL).reduceOnly).toBe(true);
    expect(reasonOf(exchange.place(marketOrder()))).toBe('reduce-only-symbol');
    exchange.fate.setReduceOnly(SYMBOL, false);
    exchange.fate.setStatus(SYMBOL, 'closing');
    expect(reasonOf(exchange.place(marketOrder()))).toBe('not-trading');
  });

  it.each(['closing', 'closed'] as const)(
    '%s in the middle of its series: time goes on, and it may trade again',
    (status) => {
      const exchange = exchangeOver(quiet(6));
      exchange.advanceTo(START + 1.5 * HOUR);
      const times: number[] = [];
      exchange.listen(({ time }) => times.push(time));
      exchange.fate.setStatus(SYMBOL, status);
      exchange.advanceTo(START + 3.5 * HOUR);
      expect(exchange.now).toBe(START + 3.5 * HOUR);
      expect(exchange.nextClose()).toBeGreaterThan(exchange.now);
      exchange.fate.setStatus(SYMBOL, 'trading');
      exchange.advanceTo(START + 4.5 * HOUR);
      expect(exchange.now).toBe(START + 4.5 * HOUR);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(reasonOf(exchange.place(marketOrder()))).toBe('done');
    },
  );
});

describe('market data are', () => {
  it('revised after the candle closed, and sent again when announced', () => {
    const exchange = exchangeOver(quiet(3));
    exchange.advanceTo(START + HOUR);
    const events = heard(exchange);
    exchange.fate.reviseCandle(SYMBOL, START, { close: 100.7, volume: 9 }, false);
    expect(events).toEqual([]);
    exchange.fate.reviseCandle(SYMBOL, START, { high: 102 }, true);
    expect(events).toMatchObject([
      { kind: 'candle', closed: true, candle: { openTime: START, close: 100.7, high: 102, volume: 9 } },
    ]);
    const range = { symbol: SYMBOL, intervalMs: HOUR, from: START, until: START, price: 'last' } as const;
    expect(exchange.candles(range)).toMatchObject([{ close: 100.7, high: 102, low: 99 }]);
    expect(() => exchange.fate.reviseCandle(SYMBOL, START + HOUR, { close: 1 }, true)).toThrow('no closed candle');
  });

  it('false for whoever looks, and true for whoever trades', () => {
    const exchange = exchangeOver([QUIET]);
    const events = heard(exchange);
    exchange.fate.setFalsePrice(SYMBOL, 0.1);
    expect(exchange.quote(SYMBOL)).toMatchObject({ last: 0.1, mark: 100 });
    expect(events).toMatchObject([
      { kind: 'candle', closed: false, candle: { close: 0.1, low: 0.1 } },
      { kind: 'price' },
    ]);
    done(exchange.place(marketOrder()));
    expect(exchange.executions({})).toMatchObject([{ price: 100 }]);
    exchange.fate.setFalsePrice(SYMBOL, undefined);
    expect(exchange.quote(SYMBOL).last).toBe(100);
  });
});

it('maintenance refuses new orders, lets orders be cancelled, and is told', () => {
  const exchange = exchangeOver([QUIET]);
  const order = done(exchange.place(marketOrder({ type: 'limit', price: 90 })));
  const events = heard(exchange);
  exchange.fate.beginMaintenance();
  exchange.fate.beginMaintenance();
  expect(reasonOf(exchange.place(marketOrder()))).toBe('not-trading');
  expect(reasonOf(exchange.amend(SYMBOL, { orderId: order.orderId }, { price: 91 }))).toBe('not-trading');
  expect(reasonOf(exchange.cancel(SYMBOL, { orderId: order.orderId }))).toBe('done');
  exchange.fate.endMaintenance();
  expect(events.flatMap((event) => (event.kind === 'maintenance' ? [event.state] : []))).toEqual(['begun', 'ended']);
  expect(reasonOf(exchange.place(marketOrder()))).toBe('done');
});
