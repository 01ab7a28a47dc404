// Does an exchange that follows a market do what one does that knows it? Marks, rates, stamps, ranges in which nothing happens.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketOrder } from '../../../test/scenarios/exchange-market.ts';
import {
  candleAt,
  COSTS,
  HOUR,
  INSTRUMENT,
  seriesOf,
  START,
  SYMBOL,
} from '../../../test/scenarios/simulated-market.ts';
import { createFollowedExchange, type FollowedExchange } from './create-followed-exchange.ts';
import type { ExchangeSetup } from './exchange.ts';
import type { Beat, SeenSymbol } from './follow-market.ts';

const FREE = { ...COSTS, slippageBps: 0, takerFeeBps: 0, makerFeeBps: 0, liquidationFeeBps: 0 };
const BEGIN = START + 10 * HOUR;

function followed(more: Partial<ExchangeSetup> = {}): FollowedExchange {
  const candles = seriesOf(Array.from({ length: 10 }, (_, index) => candleAt(index, [100, 101, 99, 100])));
  const symbol = { instrument: INSTRUMENT, baseCurrency: 'TEST', candles, finer: [], funding: undefined };
  return createFollowedExchange({
    tape: { symbols: [{ ...symbol, fundingIntervalHours: 8, listedAt: undefined, delisted: false }] },
    from: BEGIN,
    costs: FREE,
    deposit: 10_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 10,
    seed: 1,
    ...more,
  });
}

const beat = (low: number, high: number, close: number): Beat => ({ low, high, close, volume: 5 });

/** Looks a second later, or at a time. */
function look(market: FollowedExchange, seen: SeenSymbol, until = market.exchange.now + 1_000): void {
  market.follow({ until, symbols: new Map([[SYMBOL, seen]]) });
}

const fillsOf = ({ exchange }: FollowedExchange) =>
  exchange.executions({}).map(({ kind, source, price }) => `${kind} ${source} ${price}`);

const marked = (low: number, close: number): SeenSymbol => ({
  beat: beat(99, 100, 99.5),
  mark: beat(low, 100, close),
});

const paid = ({ exchange }: FollowedExchange) =>
  exchange
    .executions({})
    .flatMap(({ kind, time, fee, quantity }) =>
      kind === 'funding' ? [{ time, fee: Number(fee) / 1e12, quantity }] : [],
    );

describe('prices that are seen', () => {
  it('move the market, and an order meets the last of them', () => {
    const market = followed();
    look(market, { beat: beat(98, 103, 102) });
    market.exchange.place(marketOrder());
    expect(fillsOf(market)).toEqual(['trade client 102']);
    expect(market.exchange.now).toBe(BEGIN + 1_000);
  });

  it('fill a stop inside of what was seen, and at the open when the market goes on behind it', () => {
    for (const { seen, price } of [
      { seen: { beat: beat(94, 100, 96) }, price: 95 },
      { seen: { open: 93 }, price: 93 },
    ]) {
      const market = followed();
      market.exchange.place(marketOrder({ stopPrice: 95 }));
      look(market, seen);
      look(market, {});
      expect(fillsOf(market)).toEqual(['trade client 100', `trade attached-stop ${price}`]);
    }
  });

  it('meet the book where it is told, until time goes on', () => {
    const market = followed();
    look(market, { book: { bid: 99.8, ask: 100.3 } });
    market.exchange.place(marketOrder({ quantity: 2 }));
    market.exchange.place(marketOrder({ side: 'sell' }));
    look(market, {});
    market.exchange.place(marketOrder({ side: 'sell' }));
    expect(fillsOf(market)).toEqual(['trade client 100.3', 'trade client 99.8', 'trade client 100']);
  });
});

describe('the mark price', () => {
  it('fires the exits that look at it, and they meet the last price', () => {
    const market = followed();
    look(market, { mark: beat(100, 100, 100) });
    market.exchange.place(marketOrder({ stopPrice: 98, stopTrigger: 'mark' }));
    look(market, { beat: beat(97, 100, 99), mark: beat(99, 100, 99) });
    expect(fillsOf(market)).toEqual(['trade client 100']);
    look(market, marked(97.5, 98.5));
    expect(fillsOf(market)).toEqual(['trade client 100', 'trade attached-stop 99.5']);
  });

  it('leaves the exits alone that look at the last price', () => {
    const market = followed();
    market.exchange.place(marketOrder({ stopPrice: 98 }));
    look(market, marked(97, 97.5));
    expect(fillsOf(market)).toEqual(['trade client 100']);
    expect(market.exchange.position(SYMBOL).markPrice).toBe(97.5);
  });

  it('liquidates, and the last price does not', () => {
    const market = followed();
    look(market, { mark: beat(100, 100, 100) });
    market.exchange.place(marketOrder({ quantity: 10 }));
    const { liquidationPrice = NaN } = market.exchange.position(SYMBOL);
    look(market, { beat: beat(liquidationPrice - 2, 100, 99), mark: beat(99, 100, 99) });
    expect(market.exchange.position(SYMBOL).quantity).toBe(10);
    look(market, { mark: beat(liquidationPrice - 0.1, 99, 99) });
    expect(market.exchange.position(SYMBOL).quantity).toBe(0);
    expect(market.exchange.executions({}).at(-1)?.kind).toBe('liquidation');
  });

  it('and the last price are waited for apart, each by what looks at it', () => {
    const market = followed();
    look(market, { mark: beat(100, 100, 100) });
    market.exchange.place(marketOrder({ stopPrice: 97, targetPrice: 104, targetTrigger: 'mark' }));
    const { liquidationPrice } = market.exchange.position(SYMBOL);
    expect(market.quietRange(SYMBOL)).toEqual({
      last: { lower: 97, upper: Infinity },
      mark: { lower: liquidationPrice, upper: 104 },
    });
  });

  it('fires conditional orders that look at it', () => {
    const market = followed();
    look(market, { mark: beat(100, 100, 100) });
    market.exchange.place(marketOrder({ triggerPrice: 98, triggerSource: 'mark' }));
    look(market, { beat: beat(97, 100, 99), mark: beat(99, 100, 99) });
    expect(fillsOf(market)).toEqual([]);
    look(market, marked(97.9, 98));
    expect(market.exchange.executions({})).toHaveLength(1);
  });
});

describe('funding', () => {
  const stamp = START + 16 * HOUR;
  it('is paid at its stamp when the rate is known by then', () => {
    const market = followed();
    market.exchange.place(marketOrder({ quantity: 3 }));
    market.tellRate(SYMBOL, stamp, 0.001);
    look(market, { beat: beat(95, 102, 101) }, stamp + 5_000);
    expect(paid(market)).toEqual([{ time: stamp, fee: 0.303, quantity: 3 }]);
  });

  it('waits for its rate, and is paid on what was held at the stamp', () => {
    const market = followed();
    market.exchange.place(marketOrder({ quantity: 3 }));
    look(market, {}, stamp + 5_000);
    expect(paid(market)).toEqual([]);
    expect(market.ratesMissing()).toEqual([{ symbol: SYMBOL, time: stamp }]);
    market.exchange.place(marketOrder({ side: 'sell', quantity: 3, reduceOnly: true }));
    market.tellRate(SYMBOL, stamp, -0.001);
    expect(paid(market)).toEqual([{ time: stamp + 5_000, fee: -0.3, quantity: 3 }]);
    expect(market.ratesMissing()).toEqual([]);
    market.tellRate(SYMBOL, stamp, -0.001);
    expect(paid(market)).toHaveLength(1);
  });

  it('that is told late stands at its stamp, where nothing was executed since', () => {
    const market = followed();
    market.exchange.place(marketOrder({ quantity: 3 }));
    look(market, {}, stamp + 5_000);
    market.tellRate(SYMBOL, stamp, 0.001);
    expect(paid(market)).toEqual([{ time: stamp, fee: 0.3, quantity: 3 }]);
  });

  it('is charged when nobody will ever tell the rate', () => {
    const market = followed();
    market.exchange.place(marketOrder({ side: 'sell', quantity: 2 }));
    look(market, {}, stamp);
    market.tellRate(SYMBOL, stamp, NaN);
    expect(paid(market)).toEqual([{ time: stamp, fee: (2 * 100 * COSTS.missingFundingBps) / 10_000, quantity: 2 }]);
  });

  it('is not paid by what a limit order opens after the stamp, nor by what left before it', () => {
    const market = followed();
    market.exchange.place(marketOrder({ stopPrice: 95 }));
    look(market, { beat: beat(94, 100, 96) }, stamp + 60_000);
    expect(market.ratesMissing()).toEqual([]);
  });
});

describe('a symbol that the venue closes', () => {
  it('is settled at its last price and takes no orders any more', () => {
    const market = followed();
    market.exchange.place(marketOrder({ stopPrice: 95 }));
    market.tellStatus(SYMBOL, 'closed');
    look(market, { beat: beat(99, 104, 104) });
    expect(fillsOf(market)).toEqual(['trade client 100', 'settlement settlement 104']);
    expect(market.exchange.openOrders({})).toEqual([]);
    expect(market.exchange.place(marketOrder())).toMatchObject({ reason: 'not-trading' });
    look(market, {});
  });

  it('takes what reduces only while it is being wound up, and still moves', () => {
    const market = followed();
    market.exchange.place(marketOrder());
    market.tellStatus(SYMBOL, 'reduce-only');
    look(market, { beat: beat(99, 104, 104) });
    expect(market.exchange.place(marketOrder())).toMatchObject({ reason: 'reduce-only-symbol' });
    market.exchange.place(marketOrder({ side: 'sell', reduceOnly: true }));
    expect(fillsOf(market)).toEqual(['trade client 100', 'trade client 104']);
  });
});

describe('the range in which nothing happens', () => {
  const level = fc.integer({ min: 850, max: 1_150 }).map((ticks) => ticks / 10);
  const order = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    type: fc.constantFrom('market' as const, 'limit' as const),
    price: level,
    triggerPrice: fc.option(level, { nil: undefined }),
    stopPrice: fc.option(level, { nil: undefined }),
    targetPrice: fc.option(level, { nil: undefined }),
    reduceOnly: fc.boolean(),
  });

  it('is no narrower and no wider than what is there: inside nothing happens, at its ends something does', () => {
    const ends = { touched: 0, still: 0 };
    fc.assert(
      fc.property(fc.array(order, { minLength: 1, maxLength: 6 }), fc.boolean(), (orders, isUp) => {
        const market = followed();
        for (const each of orders) market.exchange.place(marketOrder({ ...each, quantity: 1 }));
        look(market, {});
        const range = market.quietRange(SYMBOL);
        const before = market.exchange.openOrders({});
        const count = market.exchange.executions({}).length;
        if (range === undefined) {
          expect([before, market.exchange.positions()]).toEqual([[], []]);
          return;
        }
        const low = Math.max(80, range.last.lower + 0.1);
        const high = Math.min(120, range.last.upper - 0.1);
        if (low > 100 || high < 100) return;
        look(market, { beat: beat(low, high, 100) });
        expect(market.exchange.openOrders({})).toEqual(before);
        expect(market.exchange.executions({})).toHaveLength(count);
        ends.still += 1;
        const end = isUp ? range.last.upper : range.last.lower;
        if (!Number.isFinite(end)) return;
        look(market, { beat: beat(Math.min(100, end), Math.max(100, end), end) });
        const after = [market.exchange.openOrders({}), market.exchange.executions({}).length];
        expect(after).not.toEqual([before, count]);
        ends.touched += 1;
      }),
      { numRuns: 400 },
    );
    expect(ends.still).toBeGreaterThan(100);
    expect(ends.touched).toBeGreaterThan(50);
  });
});
